import TrainingKernels

/// How a gradient changes the parameters.
public struct Optimizer: Sendable, Equatable {
  public enum Kind: String, CaseIterable, Sendable {
    /// Adam, and AdamW where weights decay.
    case adam
    /// Steps along the gradient, or its running sum.
    case sgd
  }

  public var kind = Kind.adam
  /// Of `sgd`: the part of the last step that the next one keeps.
  public var momentum = 0.0
  /// By this part of the learning rate parameters are made smaller in a step.
  public var weightDecay = 0.0

  public init() {}

  /// Updates some parameters and their moments. Returns how many of them are NaN or infinite now.
  ///
  /// - Parameters:
  ///   - step: from 1.
  ///   - scale: what the gradient is multiplied by.
  func update<Real: TrainingReal>(
    step: Int, rate: Double, scale: Double, _ count: Int, parameters: UnsafeMutablePointer<Real>,
    gradient: UnsafePointer<Real>, first: UnsafeMutablePointer<Real>, second: UnsafeMutablePointer<Real>
  ) -> Int {
    switch kind {
    case .adam:
      let numbers = Adam(learningRate: rate, weightDecay: weightDecay).numbers(step: step, scale: scale)
      return Real.adam(numbers, count, parameters: parameters, gradient: gradient, first: first, second: second)
    case .sgd:
      let numbers = training_sgd(scale: scale, rate: rate, momentum: momentum, decay: weightDecay)
      return Real.sgd(numbers, count, parameters: parameters, gradient: gradient, velocity: first)
    }
  }
}
