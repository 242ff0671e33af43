import Foundation
import LinearMaps

/// What a function of one real makes of an error, and of its own rounding.
extension Nonlinear.Activation {
  /// Its value is no other number than its operand, or 0.
  var isExact: Bool { self == .relu || self == .abs }

  /// The most that the value at a point this near differs from that at x; infinite where there is no bound.
  func change(_ x: Double, _ off: Double) -> Double {
    if off == 0 { return 0 }
    switch self {
    case .relu: return x < -off ? 0 : off
    // Their slopes are at most 1.
    case .tanh, .softplus, .sin, .cos, .abs: return off
    case .sigmoid: return off / 4
    case .exp: return Foundation.exp(x) * expm1(off)
    case .log: return x > off ? -log1p(-off / x) : .infinity
    case .sqrt: return x > off ? x.squareRoot() - (x - off).squareRoot() : .infinity
    case .recip: return Swift.abs(x) > off ? 1 / (Swift.abs(x) - off) - 1 / Swift.abs(x) : .infinity
    case .power(let exponent):
      if x > off { return max(Swift.abs(value(x + off) - value(x)), Swift.abs(value(x - off) - value(x))) }
      guard exponent >= 0, exponent == exponent.rounded() else { return .infinity }
      return exponent == 0 ? 0 : exponent * pow(Swift.abs(x) + off, exponent - 1) * off
    }
  }

  /// The same of the slope, where what it is computed from is off.
  func changeOfSlope(_ known: Double, _ off: Double) -> Double {
    if off == 0 { return 0 }
    switch self {
    case .relu: return known <= off ? 1 : 0
    case .tanh: return (2 * Swift.abs(known) + off) * off
    case .sigmoid: return (1 + off) * off
    case .softplus: return Foundation.exp(-known) * off * (1 + off)
    case .exp, .sin, .cos: return off
    case .sqrt: return known > off ? 0.5 / (known - off) - 0.5 / known : .infinity
    case .recip: return (2 * Swift.abs(known) + off) * off
    case .log: return Nonlinear.Activation.recip.change(known, off)
    case .abs: return Swift.abs(known) <= off ? 2 : 0
    case .power(let exponent):
      return exponent == 0 ? 0 : Swift.abs(exponent) * Nonlinear.Activation.power(exponent - 1).change(known, off)
    }
  }

  /// Of the slope, in units of rounding.
  func roundingOfSlope(_ slope: Double) -> Double {
    switch self {
    case .relu, .abs, .exp: 0
    // 1 − y² and y·(1 − y) cancel.
    case .tanh: 2
    case .sigmoid: 1
    case .softplus, .sin, .cos, .power: 8 * slope
    case .sqrt, .recip, .log: 2 * slope
    }
  }
}
