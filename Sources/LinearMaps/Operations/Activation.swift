import Foundation

extension Nonlinear {
  /// A function of one real (LANGUAGE.md, section 6): its values are those of C's functions, outside of its domain too.
  public enum Activation: Hashable, Sendable {
    case relu, tanh, sigmoid, softplus
    case exp, log, sqrt, sin, cos, abs
    /// 1/x
    case recip
    /// x to this power.
    case power(Double)
  }
}

extension Nonlinear.Activation {
  /// All but the powers.
  public static let named: [Nonlinear.Activation] = [
    .relu, .tanh, .sigmoid, .softplus, .exp, .log, .sqrt, .sin, .cos, .abs, .recip,
  ]

  public var name: String {
    switch self {
    case .relu: "relu"
    case .tanh: "tanh"
    case .sigmoid: "sigmoid"
    case .softplus: "softplus"
    case .exp: "exp"
    case .log: "log"
    case .sqrt: "sqrt"
    case .sin: "sin"
    case .cos: "cos"
    case .abs: "abs"
    case .recip: "recip"
    case .power: "power"
    }
  }

  var noun: String {
    switch self {
    case .relu: "rectified"
    case .tanh, .sigmoid: "squashed"
    case .softplus: "smoothed"
    case .exp: "exponential"
    case .log: "logarithm"
    case .sqrt: "root"
    case .sin: "sine"
    case .cos: "cosine"
    case .abs: "magnitude"
    case .recip: "inverse"
    case .power: "power"
    }
  }

  /// Those of which the derivative is simple in the value read that.
  public var adjointReads: Nonlinear.Reads {
    switch self {
    case .relu, .tanh, .sigmoid, .softplus, .exp, .sqrt, .recip: .result
    case .log, .sin, .cos, .abs, .power: .operand
    }
  }

  public func value(_ x: Double) -> Double {
    switch self {
    case .relu: x > 0 || x.isNaN ? x : 0
    case .tanh: Foundation.tanh(x)
    case .sigmoid: 1 / (1 + Foundation.exp(-x))
    // log(1 + exp x), without overflow.
    case .softplus: max(x, 0) + log1p(Foundation.exp(-Swift.abs(x)))
    case .exp: Foundation.exp(x)
    case .log: Foundation.log(x)
    case .sqrt: x.squareRoot()
    case .sin: Foundation.sin(x)
    case .cos: Foundation.cos(x)
    case .abs: x.magnitude
    case .recip: 1 / x
    case .power(let exponent): pow(x, exponent)
    }
  }

  /// The derivative, where the operand or the result, as `adjointReads` says, is `known`.
  public func slope(_ known: Double) -> Double {
    switch self {
    case .relu: known > 0 ? 1 : 0
    case .tanh: 1 - known * known
    case .sigmoid: known * (1 - known)
    // softplus' = sigmoid = 1 − exp(−softplus).
    case .softplus: -expm1(-known)
    case .exp: known
    case .sqrt: 0.5 / known
    case .recip: -known * known
    case .log: 1 / known
    case .sin: Foundation.cos(known)
    case .cos: -Foundation.sin(known)
    case .abs: known > 0 ? 1 : known < 0 ? -1 : 0
    // The derivative of a constant is 0, at 0 too.
    case .power(let exponent): exponent == 0 ? 0 : exponent * pow(known, exponent - 1)
    }
  }

  /// What a cotangent of the result is as one of the operand.
  func pulled(_ cotangent: Double, at known: Double) -> Double {
    // Where the slope is 0 whatever the cotangent, an infinite one is not multiplied with it.
    self == .relu ? (known > 0 ? cotangent : 0) : slope(known) * cotangent
  }
}

extension Nonlinear.Choice {
  /// A NaN is chosen wherever there is one.
  public func takesFirst(_ a: Double, _ b: Double) -> Bool {
    if a.isNaN { return true }
    switch self {
    case .min: return a <= b
    case .max: return a >= b
    }
  }
}
