import Foundation
import TrainingKernels

/// Adam as PyTorch defines it, and AdamW where weights decay. D. P. Kingma, J. Ba, "Adam: a method for stochastic
/// optimization"; I. Loshchilov, F. Hutter, "Decoupled weight decay regularization".
struct Adam: Sendable {
  let learningRate: Double
  var weightDecay = 0.0
  var beta1 = 0.9
  var beta2 = 0.999
  var epsilon = 1e-8

  /// The numbers of a step, the first of which is 1, in which the gradient is multiplied by `scale`.
  func numbers(step: Int, scale: Double) -> training_adam {
    training_adam(
      scale: scale, step_size: learningRate / (1 - pow(beta1, Double(step))),
      root: (1 - pow(beta2, Double(step))).squareRoot(), beta1: beta1, beta2: beta2, epsilon: epsilon,
      keep: 1 - learningRate * weightDecay)
  }
}

/// What a gradient is multiplied by so that its global norm keeps to a limit, as in PyTorch's `clip_grad_norm_`.
func clippingScale(norm: Double, limit: Double?) -> Double {
  guard let limit else { return 1 }
  return min(limit / (norm + 1e-6), 1)
}
