import Foundation

/// A map from a vector to a vector that is not linear (LANGUAGE.md, sections 5 and 6).
public enum Nonlinear: Hashable, Sendable {
  /// Scales a vector back onto the ball when it is outside.
  case bound(Ball)
  /// Entry by entry.
  case activation(Activation)
  /// exp(x_i) / Σ exp(x_j), over the whole vector.
  case softmax
  /// The largest entry of every window.
  case maximumPool(Pooling)

  public enum Activation: String, Hashable, Sendable, CaseIterable { case relu, tanh, sigmoid, softplus }

  public enum Reads { case operand, result }

  /// What the adjoint is given besides the cotangent: what the map was applied to, or what it made of it.
  public var adjointReads: Reads {
    switch self {
    case .bound, .maximumPool: .operand
    case .activation, .softmax: .result
    }
  }

  /// Whether 0 is mapped to 0.
  public var keepsZero: Bool {
    switch self {
    case .bound, .maximumPool: true
    case .activation(let activation):
      switch activation {
      case .relu, .tanh: true
      case .sigmoid, .softplus: false
      }
    case .softmax: false
    }
  }

  /// In reals, of the result for an operand of the dimension; nil where it does not take one.
  func resultDimension(_ dimension: Int) -> Int? {
    switch self {
    case .bound, .activation, .softmax: dimension
    case .maximumPool(let pooling):
      pooling.isWellFormed && pooling.image.reduce(1, *) == dimension ? pooling.out.reduce(1, *) : nil
    }
  }

  func run(_ x: [Double]) -> [Double] {
    switch self {
    case .bound(let ball): return ball.project(x)
    case .activation(let activation): return x.map(activation.value)
    case .softmax:
      guard let largest = x.max() else { return [] }
      let powers = x.map { exp($0 - largest) }
      let total = powers.reduce(0, +)
      return powers.map { $0 / total }
    case .maximumPool(let pooling): return pooling.maximum(x)
    }
  }

  /// - Parameter known: the operand or the result, as `adjointReads` says.
  func adjoint(_ known: [Double], _ cotangent: [Double]) -> [Double] {
    switch self {
    case .bound(let ball): return ball.adjoint(known, cotangent)
    case .activation(let activation): return zip(known, cotangent).map { activation.slope(atResult: $0) * $1 }
    case .softmax:
      let inner = zip(known, cotangent).reduce(0) { $0 + $1.0 * $1.1 }
      return zip(known, cotangent).map { $0 * ($1 - inner) }
    case .maximumPool(let pooling): return pooling.maximumAdjoint(known, cotangent)
    }
  }
}

extension Nonlinear.Activation {
  func value(_ x: Double) -> Double {
    switch self {
    case .relu: x > 0 || x.isNaN ? x : 0
    case .tanh: Foundation.tanh(x)
    case .sigmoid: 1 / (1 + exp(-x))
    // log(1 + exp x), without overflow.
    case .softplus: max(x, 0) + log1p(exp(-abs(x)))
    }
  }

  /// The derivative where the value is y: each of these functions is monotonic.
  func slope(atResult y: Double) -> Double {
    switch self {
    case .relu: y > 0 ? 1 : 0
    case .tanh: 1 - y * y
    case .sigmoid: y * (1 - y)
    // softplus' = sigmoid = 1 − exp(−softplus).
    case .softplus: -expm1(-y)
    }
  }
}
