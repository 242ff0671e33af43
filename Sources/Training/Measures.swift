import Foundation

/// What is measured of one sample's output against its target. A NaN in the output is one in every number here.
struct SampleMeasures: BitwiseCopyable, Sendable {
  /// Means over the entries.
  var l1 = 0.0
  var mse = 0.0
  /// In decibel; nil where output and target are equal, and where the target has one value only.
  var psnr: Double?
  /// The loss's part of its sum.
  var loss = 0.0
  /// Whether output and target agree in every entry.
  var isExact = false
  var isRight = false

  init<Real: TrainingReal>(
    _ output: UnsafePointer<Real>, _ target: UnsafePointer<Real>, size: Int, loss: Loss, answer: Answer = .choices(1)
  ) {
    var (absolute, squares) = (0.0, 0.0)
    var (smallest, largest) = (target[0], target[0])
    isExact = true
    for i in 0..<size {
      let difference = Double(output[i]) - Double(target[i])
      absolute += abs(difference)
      squares += difference * difference
      smallest = min(smallest, target[i])
      largest = max(largest, target[i])
      isExact = isExact && output[i] == target[i]
    }
    (l1, mse) = (absolute / Double(size), squares / Double(size))
    isRight = answer.isRight(output, target, size: size)
    let range = Double(largest) - Double(smallest)
    if !isExact && range > 0 {
      // Squares of doubles leave the range of doubles long before the differences do.
      let root = squares.isNormal ? mse.squareRoot() : Self.rootMeanSquare(output, target, size)
      psnr = range.isFinite ? 20 * (log10(range) - log10(root)) : .nan
    }
    self.loss = loss.sample(output, target, size: size, choices: answer.choices, divisor: 1, outputBar: nil)
  }

  /// Of the differences, which are scaled by the largest of them.
  private static func rootMeanSquare<Real: TrainingReal>(
    _ output: UnsafePointer<Real>, _ target: UnsafePointer<Real>, _ size: Int
  ) -> Double {
    func difference(_ i: Int) -> Double { Double(output[i]) - Double(target[i]) }
    var largest = 0.0
    for i in 0..<size { largest = max(largest, abs(difference(i))) }
    var squares = 0.0
    for i in 0..<size { squares += (difference(i) / largest) * (difference(i) / largest) }
    if largest.isInfinite { return (0..<size).contains { difference($0).isNaN } ? .nan : .infinity }
    return (squares / Double(size)).squareRoot() * largest
  }
}

/// The measures of many samples.
public struct Measures: Sendable {
  public let count: Int
  /// As the loss defines it.
  public let loss: Double
  /// The mean of |y - t|.
  public let l1: Double
  public let mse: Double
  /// The mean over the samples that have one (`exact` have not); NaN where none has.
  public let psnr: Double
  /// Samples that agree with their target in every entry.
  public let exact: Int
  /// The part of samples that are right.
  public let accuracy: Double

  init(_ samples: UnsafeBufferPointer<SampleMeasures>, loss: Loss, size: Int, answer: Answer = .choices(1)) {
    var (lossSum, l1Sum, mseSum, psnrSum, psnrCount, exact, right) = (0.0, 0.0, 0.0, 0.0, 0, 0, 0)
    for sample in samples {
      lossSum += sample.loss
      l1Sum += sample.l1
      mseSum += sample.mse
      if sample.isExact { exact += 1 }
      if sample.isRight { right += 1 }
      if let psnr = sample.psnr {
        psnrSum += psnr
        psnrCount += 1
      }
    }
    let count = Double(samples.count)
    self.count = samples.count
    self.loss = lossSum / Double(loss.divisor(samples: samples.count, size: size, choices: answer.choices))
    (l1, mse, accuracy) = (l1Sum / count, mseSum / count, Double(right) / count)
    psnr = psnrCount > 0 ? psnrSum / Double(psnrCount) : .nan
    self.exact = exact
  }
}
