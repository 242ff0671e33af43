import Foundation

/// What training makes small, as PyTorch defines it: the mean over everything.
public enum Loss: String, CaseIterable, Sendable {
  /// The mean of |y - t|, over samples and entries.
  case l1
  /// The mean of (y - t)², over samples and entries.
  case mse
  /// The mean over choices of -Σ t log softmax(y): y are logits, t is one-hot or a distribution.
  case crossEntropy = "cross-entropy"
  /// The mean over choices of -Σ t log max(y, 10⁻¹²): y is a distribution, t is one-hot or one too.
  case nll

  /// What speaks against this loss of a model's result.
  func doubt(about output: Port) -> String? {
    switch self {
    case .l1, .mse: nil
    case .crossEntropy where output.isDistribution:
      "the model's result is a distribution, which cross-entropy takes for logits; --loss nll is for distributions"
    case .nll where !output.isDistribution:
      "--loss nll takes the model's result for a distribution, which nothing proves it to be; cross-entropy is for logits"
    case .crossEntropy, .nll: nil
    }
  }

  /// What the sum of the losses of `samples` samples with `size` entries, of so many choices each, is divided by.
  func divisor(samples: Int, size: Int, choices: Int = 1) -> Int {
    switch self {
    case .l1, .mse: samples * size
    case .crossEntropy, .nll: samples * choices
    }
  }

  /// The loss of one sample, as its part of the sum: finite for all finite floats. Doubles can be so large that it, or
  /// a difference, is infinite.
  ///
  /// - Parameters:
  ///   - choices: of how many distributions, each as large, the entries are.
  ///   - outputBar: where not nil, overwritten with the gradient of the loss divided by `divisor`.
  func sample<Real: TrainingReal>(
    _ output: UnsafePointer<Real>, _ target: UnsafePointer<Real>, size: Int, choices: Int = 1, divisor: Int,
    outputBar: UnsafeMutablePointer<Real>?
  ) -> Double {
    switch self {
    case .l1:
      var sum = 0.0
      for i in 0..<size { sum += abs(Double(output[i]) - Double(target[i])) }
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
      let factor = 2 / Double(divisor)
      var sum = 0.0
      for i in 0..<size {
        let difference = Double(output[i]) - Double(target[i])
        sum += difference * difference
        if let outputBar { outputBar[i] = Real(factor * difference) }
      }
      return sum
    case .crossEntropy:
      let part = size / choices
      return (0..<choices).reduce(0) { sum, choice in
        let at = choice * part
        return sum
          + crossEntropy(
            output + at, target + at, size: part, divisor: Double(divisor), outputBar: outputBar.map { $0 + at })
      }
    case .nll:
      var sum = 0.0
      for i in 0..<size {
        let (p, t) = (Double(output[i]), Double(target[i]))
        guard p.isFinite else {
          // No probability: it is found, wherever it stands.
          sum = .nan
          outputBar?[i] = .nan
          continue
        }
        let clamped = max(p, Loss.leastProbability)
        if t != 0 { sum -= t * log(clamped) }
        outputBar?[i] = t == 0 ? 0 : Real(-t / clamped / Double(divisor))
      }
      return sum
    }
  }

  /// Of `nll`: what a probability below counts as.
  private static let leastProbability = 1e-12

  /// log Σ exp(y) is the largest logit, which logits are compared with, and log(1 + rest), which is small beside it:
  /// their sum would lose the latter. `rest` is the sum without the largest logit, so that it keeps its digits beside the 1.
  private func crossEntropy<Real: TrainingReal>(
    _ output: UnsafePointer<Real>, _ target: UnsafePointer<Real>, size: Int, divisor: Double,
    outputBar: UnsafeMutablePointer<Real>?
  ) -> Double {
    var at = 0
    for i in 0..<size where output[i] > output[at] { at = i }
    let largest = Double(output[at])
    var rest = 0.0
    for i in 0..<size where i != at { rest += exp(Double(output[i]) - largest) }
    // A logit that is not finite: so is the loss.
    rest += exp(largest - largest) - 1
    let logTotal = log1p(rest)
    var (sum, weight) = (0.0, 0.0)
    for i in 0..<size where target[i] != 0 {
      sum += Double(target[i]) * (largest - Double(output[i]) + logTotal)
      weight += Double(target[i])
    }
    if let outputBar {
      for i in 0..<size {
        // softmax(y)·weight - t, over one denominator: for the target's own logit the ones cancel exactly.
        let (exponential, t) = (exp(Double(output[i]) - largest), Double(target[i]))
        outputBar[i] = Real((exponential * weight - t - t * rest) / (1 + rest) / divisor)
      }
    }
    return sum
  }
}
