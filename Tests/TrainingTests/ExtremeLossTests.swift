import Testing

@testable import Training

/// Losses of numbers that are very large, very small or nearly equal, against their true values.
@Suite struct ExtremeLossTests {
  private func sample<Real: TrainingReal>(_ loss: Loss, _ output: [Real], _ target: [Real]) -> (Double, [Double]) {
    var bar = [Real](repeating: .nan, count: output.count)
    let divisor = loss.divisor(samples: 1, size: output.count)
    let sum = loss.sample(output, target, size: output.count, divisor: divisor, outputBar: &bar)
    return (sum / Double(divisor), bar.map { Double($0) })
  }

  @Test(arguments: [0, 1e8, -1e8, 1e16, -1e16, 1e30]) func equalLogits(logit: Double) {
    for (value, bar) in [
      sample(.crossEntropy, [logit, logit], [1, 0]), sample(.crossEntropy, [Float(logit), Float(logit)], [1, 0]),
    ] {
      #expect(isClose(value, 0.6931471805599453))
      #expect(bar == [-0.5, 0.5])
    }
    let (value, bar) = sample(.crossEntropy, [logit, logit, logit, logit], [0, 0.5, 0.5, 0])
    #expect(isClose(value, 1.3862943611198906))
    #expect(isClose(bar, [0.25, -0.25, -0.25, 0.25]))
  }

  /// log(1 + e⁻⁴⁰) and e⁻⁴⁰/(1 + e⁻⁴⁰).
  @Test func aChoiceThatIsNearlyCertain() {
    let tiny = 4.248354255291589e-18
    let (value, bar) = sample(.crossEntropy, [40.0, 0], [1, 0])
    #expect(isClose(value, tiny, absolute: 0) && isClose(bar, [-tiny, tiny], absolute: 0))
    let (other, otherBar) = sample(.crossEntropy, [1e16 + 40, 1e16] as [Double], [0, 1])
    #expect(isClose(other, 40) && isClose(otherBar, [1, -1]))
  }

  @Test func logitsFarApart() {
    #expect(sample(.crossEntropy, [1e300, -1e300], [0, 1]) == (2e300, [1, -1]))
    #expect(sample(.crossEntropy, [1e300, -1e300], [1, 0]) == (0, [0, 0]))
    #expect(sample(.crossEntropy, [3e38, -3e38] as [Float], [0, 1]) == (2 * Double(Float(3e38)), [1, -1]))
    // A class that is ruled out, and is not the target's.
    #expect(sample(.crossEntropy, [5.0, -.infinity], [1, 0]) == (0, [0, 0]))
    #expect(sample(.crossEntropy, [5.0, -.infinity], [0, 1]).0 == .infinity)
    // The loss itself is beyond doubles.
    #expect(sample(.crossEntropy, [1.5e308, -1.5e308], [0, 1]).0 == .infinity)
  }

  /// Differences of floats that are no floats, and squares of floats that are none.
  @Test func floatsNearTheirLimits() {
    let large = Double(Float(3e38))
    #expect(sample(.l1, [3e38, 0] as [Float], [-3e38, 0]) == (large, [0.5, 0]))
    let (value, bar) = sample(.mse, [3e38, 0, 0, 0] as [Float], [-3e38, 0, 0, 0])
    #expect(isClose(value, large * large) && isClose(bar, [large, 0, 0, 0]))
    let small = Double(Float(1e-37))
    #expect(isClose(sample(.mse, [1e-37] as [Float], [0]).0, small * small, absolute: 0))
  }

  @Test(arguments: Loss.allCases) func whatIsNotFiniteShows(loss: Loss) {
    for output in [[Double.nan, 1], [1, .nan], [.infinity, 1], [.infinity, .infinity], [.nan, .nan]] {
      #expect(!sample(loss, output, [0, 1]).0.isFinite, "\(output)")
    }
  }
}
