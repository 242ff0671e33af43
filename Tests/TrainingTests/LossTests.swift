import Foundation
import Testing

@testable import Training

/// The constants are what PyTorch 1.13 computes.
@Suite struct LossTests {
  static let output = [[0.5, -1.0, 2.0], [0.25, 0.0, -3.0]]
  static let target = [[0.0, 1.0, 2.0], [1.0, 0.0, -1.5]]

  private func evaluate<Real: TrainingReal>(_ loss: Loss, _ output: [[Real]], _ target: [[Real]]) -> (Double, [Double])
  {
    let size = output[0].count
    let divisor = loss.divisor(samples: output.count, size: size)
    var sum = 0.0
    var gradient: [Double] = []
    for (output, target) in zip(output, target) {
      var bar = [Real](repeating: .nan, count: size)
      sum += loss.sample(output, target, size: size, divisor: divisor, outputBar: &bar)
      #expect(loss.sample(output, target, size: size, divisor: divisor, outputBar: nil).isFinite)
      gradient += bar.map { Double($0) }
    }
    return (sum / Double(divisor), gradient)
  }

  @Test func l1() {
    let (value, gradient) = evaluate(.l1, Self.output, Self.target)
    let sixth = 0.16666666666666666
    #expect(isClose(value, 0.7916666666666666))
    #expect(isClose(gradient, [sixth, -sixth, 0.0, -sixth, 0.0, -sixth]))
  }

  @Test func mse() {
    let (value, gradient) = evaluate(.mse, Self.output, Self.target)
    #expect(isClose(value, 1.1770833333333333))
    #expect(isClose(gradient, [0.16666666666666666, -0.6666666666666666, 0.0, -0.25, 0.0, -0.5]))
  }

  @Test func crossEntropy() {
    let (value, gradient) = evaluate(.crossEntropy, Self.output, [[0, 0, 1], [1, 0, 0]])
    #expect(isClose(value, 0.4194072433504502))
    #expect(
      isClose(
        gradient,
        [
          0.08764519607001835, 0.019556286635343725, -0.10720148270536206, -0.22490818673096002, 0.214241719590461,
          0.010666467140499018,
        ]))
  }

  @Test func crossEntropyOfLargeLogits() {
    let output = [[1000.0, -1000.0, 999.0], [-800.0, -801.0, -800.5]]
    let (value, gradient) = evaluate(.crossEntropy, output, [[0, 1, 0], [0, 0, 1]])
    #expect(isClose(value, 1000.74676567908))
    #expect(
      isClose(
        gradient,
        [
          0.36552928931500245, -0.5, 0.13447071068499755, 0.253240195527827, 0.09316186161292378, -0.3464020571407508,
        ], relative: 1e-10))
  }

  /// −log of the target's entry, and not of less than 10⁻¹²: there the slope is that of 10⁻¹².
  @Test func negativeLogLikelihood() {
    let (value, gradient) = evaluate(.nll, [[0.5, 0.5], [0, 1]], [[1, 0], [1, 0]])
    #expect(abs(value - (log(2.0) + 12 * log(10.0)) / 2) < 1e-12)
    #expect(isClose(gradient, [-1, 0, -5e11, 0], relative: 1e-12))
    #expect(evaluate(.nll, [[0.25, 0.75]], [[0.25, 0.75]]).1 == [-1, -1])
  }

  /// In single precision, and by differences.
  @Test(arguments: Loss.allCases) func gradientsAreDerivatives(loss: Loss) {
    let output =
      loss == .nll
      ? [[0.5, 0.1, 0.2, 0.2], [0.25, 0.125, 0.5, 0.125]] : [[0.5, -1.0, 2.0, 0.1], [0.25, 0.0, -3.0, 1.0]]
    let target =
      loss == .crossEntropy || loss == .nll
      ? [[0.0, 1, 0, 0], [0.25, 0, 0.5, 0.25]] : [[0.0, 1, 1, 3], [1, 1, -1.5, 0.2]]
    let (_, gradient) = evaluate(loss, output, target)
    let (_, single) = evaluate(loss, output.map { $0.map(Float.init) }, target.map { $0.map(Float.init) })
    #expect(isClose(single, gradient, relative: 1e-6, absolute: 1e-7))
    for sample in 0..<2 {
      for entry in 0..<4 {
        func value(_ change: Double) -> Double {
          var changed = output
          changed[sample][entry] += change
          return evaluate(loss, changed, target).0
        }
        let difference = (value(1e-5) - value(-1e-5)) / 2e-5
        #expect(isClose(gradient[sample * 4 + entry], difference, relative: 1e-7, absolute: 1e-9))
      }
    }
  }

  @Test(arguments: Loss.allCases) func aNaNIsNotLost(loss: Loss) {
    var bar = [Double](repeating: 0, count: 2)
    #expect(!loss.sample([.nan, 1.0], [1, 0], size: 2, divisor: 1, outputBar: &bar).isFinite)
    #expect(bar.contains { $0.isNaN })
    #expect(!loss.sample([.infinity, 1.0], [0, 1], size: 2, divisor: 1, outputBar: nil).isFinite)
  }
}
