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

  @Test func aTargetOfOneValueHasNoPSNR() {
    let result = measures([([0.5, 0.0], [0.0, 0.0]), ([0.0, 0.9], [0.0, 1.0])])
    #expect(result.exact == 0)
    #expect(isClose(result.psnr, 10 * log10(1 / 0.005), relative: 1e-9))
    #expect(measures([([0.5], [0.0])]).psnr.isNaN)
  }

  @Test func accuracyIsOfTheLargestEntry() {
    let result = measures(
      [([2, 1], [1, 0]), ([2, 1], [0, 1]), ([-3, -2], [0, 1]), ([0, 0.5], [0, 1])], loss: .crossEntropy)
    #expect(result.accuracy == 0.75)
  }
}
