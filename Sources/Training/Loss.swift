import Foundation

/// What training makes small, as PyTorch defines it: the mean over everything.
public enum Loss: String, CaseIterable, Sendable {
  /// The mean of |y - t|, over samples and entries.
  case l1
  /// The mean of (y - t)², over samples and entries.
  case mse
  /// The mean over samples of -Σ t log softmax(y): y are logits, t is one-hot or a distribution.
  case crossEntropy = "cross-entropy"

  /// What the sum of the losses of `samples` samples with `size` entries is divided by.
  func divisor(samples: Int, size: Int) -> Int {
    switch self {
    case .l1, .mse: samples * size
    case .crossEntropy: samples
    }
  }

  /// The loss of one sample, as its part of the sum.
  ///
  /// - Parameter outputBar: where not nil, overwritten with the gradient of the loss divided by `divisor`.
  func sample<Real: TrainingReal>(
    _ output: UnsafePointer<Real>, _ target: UnsafePointer<Real>, size: Int, divisor: Int,
    outputBar: UnsafeMutablePointer<Real>?
  ) -> Double {
    switch self {
    case .l1:
      var sum = 0.0
      for i in 0..<size { sum += Double(abs(output[i] - target[i])) }
      if let outputBar {
        let step = 1 / Real(divisor)
        for i in 0..<size {
          let difference = output[i] - target[i]
          // A NaN stays one, so that it is found.
          outputBar[i] = difference > 0 ? step : difference < 0 ? -step : difference
        }
      }
      return sum
    case .mse:
      var sum = 0.0
      for i in 0..<size {
        let difference = Double(output[i] - target[i])
        sum += difference * difference
      }
      if let outputBar {
        let factor = 2 / Real(divisor)
        for i in 0..<size { outputBar[i] = factor * (output[i] - target[i]) }
      }
      return sum
    case .crossEntropy:
      var largest = -Double.infinity
      for i in 0..<size { largest = max(largest, Double(output[i])) }
      var total = 0.0
      for i in 0..<size { total += exp(Double(output[i]) - largest) }
      let logTotal = largest + log(total)
      var (sum, weight) = (0.0, 0.0)
      for i in 0..<size where target[i] != 0 {
        sum += Double(target[i]) * (logTotal - Double(output[i]))
        weight += Double(target[i])
      }
      if let outputBar {
        for i in 0..<size {
          outputBar[i] = Real((exp(Double(output[i]) - logTotal) * weight - Double(target[i])) / Double(divisor))
        }
      }
      return sum
    }
  }
}
