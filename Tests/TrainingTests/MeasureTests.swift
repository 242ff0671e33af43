import Foundation
import Testing

@testable import Training

@Suite struct MeasureTests {
  private func measures(_ pairs: [([Double], [Double])], loss: Loss = .l1) -> Measures {
    let samples = pairs.map { SampleMeasures($0.0, $0.1, size: $0.0.count, loss: loss) }
    return samples.withUnsafeBufferPointer { Measures($0, loss: loss, size: pairs[0].0.count) }
  }

  @Test func psnrIsAveragedOverWhatIsNotExact() {
    let result = measures([
      // An error of 0.1 in each entry; a range of 1, and of 0.5.
      ([0.1, 0.9], [0.0, 1.0]), ([0.6, 0.4], [0.5, 0.0 + 0.3]),
      ([0.25, 0.75], [0.25, 0.75]),
    ])
    #expect(result.exact == 1)
    #expect(isClose(result.l1, 0.2 / 3))
    let second = 10 * log10(0.2 * 0.2 / 0.01)
    #expect(isClose(result.psnr, (20 + second) / 2, relative: 1e-9))
  }

  /// scikit-image 0.26.0 and torchmetrics 1.9.0 say 20 dB with the range 1.
  @Test func psnrOfAFixedRangeBesideThatOfTheTarget() {
    let target = [0.2, 0.3, 0.5, 0.6]
    for more in [[], [(target, target)]] {
      let result = measures([(target.map { $0 + 0.1 }, target)] + more)
      #expect(isClose(result.psnr, 12.041199826559248, relative: 1e-9))
      #expect(isClose(result.psnr1, 20, relative: 1e-9))
    }
    #expect(measures([([0.5], [0.0])]).psnr1 == 20 * log10(2))
  }

  /// What scikit-learn's r2_score says of all entries with multioutput "variance_weighted".
  @Test func vectorsAreMeasuredByWhatIsExplained() throws {
    let targets = [[1.0, 10], [2.0, 14], [6.0, 12]]
    let outputs = [[1.5, 10], [2.0, 13], [5.0, 14]]
    let buffer = try Buffer<Double>(6, for: "a test")
    for (index, value) in targets.joined().enumerated() { buffer[index] = value }
    let samples = Samples<Double>(
      count: 3, inputs: [], target: Column(buffer, shape: [2]), answer: .choices(1), inputNames: [], checksum: 0)
    let each = zip(outputs, targets).map { SampleMeasures($0, $1, size: 2, loss: .mse) }
    let result = each.withUnsafeBufferPointer {
      Measures($0, loss: .mse, size: 2, spread: TargetSpread(samples))
    }
    // Squares of errors: 0.25 + 1 + 1 + 4; of targets around their means: 14 and 8, around 0: 41 and 440.
    #expect(isClose(result.r2, 1 - 6.25 / 22))
    #expect(isClose(result.relativeError, (6.25 / 481).squareRoot()))
    #expect(isClose(result.rmse, (6.25 / 6).squareRoot()))
    // Targets that do not vary explain nothing.
    #expect(measures([([1.0], [2.0])], loss: .mse).r2.isNaN)
  }

  @Test func aTargetOfOneValueHasNoPSNR() {
    let result = measures([([0.5, 0.0], [0.0, 0.0]), ([0.0, 0.9], [0.0, 1.0])])
    #expect(result.exact == 0)
    #expect(isClose(result.psnr, 10 * log10(1 / 0.005), relative: 1e-9))
    #expect(measures([([0.5], [0.0])]).psnr.isNaN)
  }

  /// An error of a tenth of the range is 20 dB, at whatever size; and one of 1e-200 is not exact.
  @Test(arguments: [1e-305, 1e-200, 1e-20, 1, 1e160, 1e300]) func doublesOfAnySize(scale: Double) {
    let result = measures([([0.1 * scale, 0.9 * scale], [0, scale])])
    #expect(result.exact == 0)
    #expect(isClose(result.psnr, 20, relative: 1e-9), "\(result.psnr)")
    #expect(measures([([scale, 0], [scale, 0])]).exact == 1)
  }

  @Test func floatsNearTheirLimits() {
    let sample = SampleMeasures([-3e38, -3e38] as [Float], [3e38, -3e38], size: 2, loss: .l1)
    let large = Double(Float(3e38))
    #expect(isClose(sample.l1, large) && isClose(sample.mse, 2 * large * large))
    // The range is the error of one of two entries.
    #expect(isClose(sample.psnr ?? .nan, 3.010299956639812, relative: 1e-12))
  }

  @Test func aNaNIsInEveryMeasure() {
    let result = measures([([.nan, 1], [0, 1]), ([0.5, 1], [0, 1])])
    #expect(result.loss.isNaN && result.l1.isNaN && result.mse.isNaN && result.psnr.isNaN && result.exact == 0)
    let infinite = measures([([.infinity, 1], [0, 1])])
    #expect(infinite.mse == .infinity && infinite.psnr == -.infinity)
  }

  @Test func ofEqualEntriesTheFirstCounts() {
    func accuracy(_ output: [Double], _ target: [Double]) -> Double {
      measures([(output, target)], loss: .crossEntropy).accuracy
    }
    #expect(accuracy([1e16, 1e16], [1, 0]) == 1 && accuracy([1e16, 1e16], [0, 1]) == 0)
    #expect(accuracy([0, 2, 2], [0, 0.5, 0.5]) == 1)
    #expect(accuracy([.infinity, 0], [1, 0]) == 1)
    for output in [[Double.nan, .nan], [.nan, 1], [1, .nan]] {
      #expect(accuracy(output, [1, 0]) == 0 && accuracy(output, [0, 1]) == 0)
    }
  }

  @Test func accuracyIsOfTheLargestEntry() {
    let result = measures(
      [([2, 1], [1, 0]), ([2, 1], [0, 1]), ([-3, -2], [0, 1]), ([0, 0.5], [0, 1])], loss: .crossEntropy)
    #expect(result.accuracy == 0.75)
  }

  /// Of several choices all have to be right, and a loss is their mean.
  @Test func severalChoices() {
    let target = [1.0, 0, 0, 1]
    func sample(_ output: [Double], loss: Loss = .nll) -> SampleMeasures {
      SampleMeasures(output, target, size: 4, loss: loss, answer: .choices(2))
    }
    #expect(sample([0.6, 0.4, 0.1, 0.9]).isRight && !sample([0.4, 0.6, 0.1, 0.9]).isRight)
    #expect(!sample([0.6, 0.4, 0.9, 0.1]).isRight && !sample([0.6, .nan, 0.1, 0.9]).isRight)
    // The largest entry of all is no measure.
    #expect(sample([2, 1, 8, 9]).isRight)
    let outputs = [[0.6, 0.4, 0.1, 0.9], [0.5, 0.5, 0.75, 0.25]]
    let measures = outputs.map { sample($0) }.withUnsafeBufferPointer {
      Measures($0, loss: .nll, size: 4, answer: .choices(2))
    }
    #expect(isClose(measures.loss, -(log(0.6) + log(0.9) + log(0.5) + log(0.25)) / 4) && measures.accuracy == 0.5)
    // Each has a softmax of its own.
    let parts = [[1.0, 3], [2, 5]].map { logits in log(exp(logits[0]) + exp(logits[1])) }
    #expect(isClose(sample([1, 3, 2, 5], loss: .crossEntropy).loss, parts[0] - 1 + parts[1] - 5))
    var bar = [Double](repeating: 9, count: 4)
    _ = Loss.crossEntropy.sample([1, 3, 2, 5], target, size: 4, choices: 2, divisor: 2, outputBar: &bar)
    let expected = [exp(1 - parts[0]) - 1, exp(3 - parts[0]), exp(2 - parts[1]), exp(5 - parts[1]) - 1].map { $0 / 2 }
    #expect(isClose(bar, expected))
  }

  @Test func numbersAreRightWithinAPart() {
    func isRight(_ output: Double, _ target: Double) -> Bool {
      SampleMeasures([output], [target], size: 1, loss: .mse, answer: .number(within: 0.01)).isRight
    }
    #expect(isRight(100.9, 100) && isRight(-99.1, -100) && !isRight(101.1, 100) && !isRight(100, -100))
    #expect(isRight(0.111, 1.0 / 9) && !isRight(0.12, 1.0 / 9))
    #expect(isRight(0.009, 0) && !isRight(0.011, 0) && !isRight(.nan, 0) && !isRight(.infinity, 1))
  }
}
