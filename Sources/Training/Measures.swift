import Foundation

/// What is measured of one sample's output against its target. A NaN in the output is one in every number here.
struct SampleMeasures: BitwiseCopyable, Sendable {
  /// Means over the entries.
  var l1 = 0.0
  var mse = 0.0
  /// In decibel, relative to the range of the target; nil where output and target are equal, and where the target has one value only.
  var psnr: Double?
  /// The same relative to a range of 1; nil where output and target are equal.
  var psnr1: Double?
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
    if !isExact {
      // Squares of doubles leave the range of doubles long before the differences do.
      let root = squares.isNormal ? mse.squareRoot() : Self.rootMeanSquare(output, target, size)
      psnr1 = -20 * log10(root)
      if range > 0 { psnr = range.isFinite ? 20 * (log10(range) - log10(root)) : .nan }
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
  /// The same of `psnr1`.
  public let psnr1: Double
  /// Samples that agree with their target in every entry.
  public let exact: Int
  /// The part of samples that are right.
  public let accuracy: Double
  /// 1 - Σ(y - t)² / Σ(t - m)² over all entries, m an entry's mean over the samples; NaN where the targets do not vary.
  public let r2: Double
  /// √(Σ(y - t)² / Σt²) over all entries; NaN where the targets are 0.
  public let relativeError: Double

  /// The square root of the mean of (y - t)².
  public var rmse: Double { mse.squareRoot() }

  /// Of no samples.
  static let none = Measures(UnsafeBufferPointer(start: nil, count: 0), loss: .l1, size: 1)

  init(
    _ samples: UnsafeBufferPointer<SampleMeasures>, loss: Loss, size: Int, answer: Answer = .choices(1),
    spread: TargetSpread = TargetSpread()
  ) {
    var (lossSum, l1Sum, mseSum, psnrSum, psnrCount, exact, right) = (0.0, 0.0, 0.0, 0.0, 0, 0, 0)
    var (psnr1Sum, psnr1Count) = (0.0, 0)
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
      if let psnr1 = sample.psnr1 {
        psnr1Sum += psnr1
        psnr1Count += 1
      }
    }
    let count = Double(samples.count)
    self.count = samples.count
    self.loss = lossSum / Double(loss.divisor(samples: samples.count, size: size, choices: answer.choices))
    (l1, mse, accuracy) = (l1Sum / count, mseSum / count, Double(right) / count)
    psnr = psnrCount > 0 ? psnrSum / Double(psnrCount) : .nan
    psnr1 = psnr1Count > 0 ? psnr1Sum / Double(psnr1Count) : .nan
    self.exact = exact
    let squares = mseSum * Double(size)
    r2 = spread.aroundMean > 0 ? 1 - squares / spread.aroundMean : .nan
    relativeError = spread.aroundZero > 0 ? (squares / spread.aroundZero).squareRoot() : .nan
  }
}

/// How much the targets of some samples differ, which errors are compared with.
struct TargetSpread: Sendable {
  /// Σ(t - m)² over all entries, m an entry's mean over the samples.
  private(set) var aroundMean = 0.0
  /// Σt².
  private(set) var aroundZero = 0.0

  /// Of nothing.
  init() {}

  init<Real: TrainingReal>(_ samples: Samples<Real>) {
    let size = samples.target.size
    var means = [Double](repeating: 0, count: size)
    for sample in 0..<samples.count {
      let row = samples.target.row(sample)
      for i in 0..<size { means[i] += (Double(row[i]) - means[i]) / Double(sample + 1) }
    }
    for sample in 0..<samples.count {
      let row = samples.target.row(sample)
      for i in 0..<size {
        let value = Double(row[i])
        aroundMean += (value - means[i]) * (value - means[i])
        aroundZero += value * value
      }
    }
  }
}
