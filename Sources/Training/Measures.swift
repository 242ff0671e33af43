import Foundation

/// What is measured of one sample's output against its target.
struct SampleMeasures: BitwiseCopyable, Sendable {
  /// Means over the entries.
  var l1 = 0.0
  var mse = 0.0
  /// The target's largest entry less its smallest.
  var range = 0.0
  /// The loss's part of its sum.
  var loss = 0.0
  /// Whether output and target have their largest entry at the same place.
  var isRight = false

  init<Real: TrainingReal>(_ output: UnsafePointer<Real>, _ target: UnsafePointer<Real>, size: Int, loss: Loss) {
    var (absolute, squares) = (0.0, 0.0)
    var (smallest, largest) = (target[0], target[0])
    var (outputAt, targetAt) = (0, 0)
    for i in 0..<size {
      let difference = Double(output[i] - target[i])
      absolute += abs(difference)
      squares += difference * difference
      smallest = min(smallest, target[i])
      if target[i] > largest { (largest, targetAt) = (target[i], i) }
      if output[i] > output[outputAt] { outputAt = i }
    }
    (l1, mse) = (absolute / Double(size), squares / Double(size))
    range = Double(largest - smallest)
    isRight = outputAt == targetAt
    self.loss = loss.sample(output, target, size: size, divisor: 1, outputBar: nil)
  }

  /// In decibel; nil where output and target are equal, and where the target has one value only.
  var psnr: Double? { mse > 0 && range > 0 ? 10 * log10(range * range / mse) : nil }
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
  /// The part of samples whose largest entry is where the target's is.
  public let accuracy: Double

  init(_ samples: UnsafeBufferPointer<SampleMeasures>, loss: Loss, size: Int) {
    var (lossSum, l1Sum, mseSum, psnrSum, psnrCount, exact, right) = (0.0, 0.0, 0.0, 0.0, 0, 0, 0)
    for sample in samples {
      lossSum += sample.loss
      l1Sum += sample.l1
      mseSum += sample.mse
      if sample.mse == 0 { exact += 1 }
      if sample.isRight { right += 1 }
      if let psnr = sample.psnr {
        psnrSum += psnr
        psnrCount += 1
      }
    }
    let count = Double(samples.count)
    self.count = samples.count
    self.loss = lossSum / Double(loss.divisor(samples: samples.count, size: size))
    (l1, mse, accuracy) = (l1Sum / count, mseSum / count, Double(right) / count)
    psnr = psnrCount > 0 ? psnrSum / Double(psnrCount) : .nan
    self.exact = exact
  }
}
