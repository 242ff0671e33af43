import CajalTyping
import Foundation

// The functions on data of LANGUAGE.md, section 6, as their formulas, and their derivatives as the table there has them.

extension Double {
  static func apply(_ function: Elementwise, _ x: Double) -> Double {
    switch function {
    case .exp: Foundation.exp(x)
    case .log: Foundation.log(x)
    case .sqrt: Foundation.sqrt(x)
    case .sin: Foundation.sin(x)
    case .cos: Foundation.cos(x)
    case .tanh: Foundation.tanh(x)
    case .sigmoid: 1 / (1 + Foundation.exp(-x))
    case .softplus: x > 0 ? x + Foundation.log1p(Foundation.exp(-x)) : Foundation.log1p(Foundation.exp(x))
    case .relu: x < 0 ? 0 : x
    case .abs: x < 0 ? -x : x
    case .recip: 1 / x
    case .power(let exponent): Foundation.pow(x, exponent)
    }
  }

  static func choose(_ choice: Choice, _ a: Double, _ b: Double) -> Double { takesFirst(choice, a, b) ? a : b }

  /// The first of equal ones; a NaN where there is one.
  fileprivate static func takesFirst(_ choice: Choice, _ a: Double, _ b: Double) -> Bool {
    if a.isNaN { return true }
    if b.isNaN { return false }
    switch choice {
    case .min: return a <= b
    case .max: return a >= b
    }
  }

  fileprivate static func derivative(of function: Elementwise, at x: Double) -> Double {
    switch function {
    case .exp: return Foundation.exp(x)
    case .log: return 1 / x
    case .sqrt: return x == 0 ? .infinity : 1 / (2 * Foundation.sqrt(x))
    case .sin: return Foundation.cos(x)
    case .cos: return -Foundation.sin(x)
    case .tanh:
      let c = Foundation.cosh(x)
      return 1 / (c * c)
    case .sigmoid: return apply(.sigmoid, x) * apply(.sigmoid, -x)
    case .softplus: return apply(.sigmoid, x)
    case .relu: return x > 0 ? 1 : 0
    case .abs: return x > 0 ? 1 : x < 0 ? -1 : 0
    case .recip: return -1 / (x * x)
    case .power(let exponent): return exponent == 0 ? 0 : exponent * Foundation.pow(x, exponent - 1)
    }
  }
}

extension Dual {
  static func apply(_ function: Elementwise, _ x: Dual) -> Dual {
    Dual(.apply(function, x.value), x.tangent == 0 ? 0 : Double.derivative(of: function, at: x.value) * x.tangent)
  }

  static func choose(_ choice: Choice, _ a: Dual, _ b: Dual) -> Dual {
    Double.takesFirst(choice, a.value, b.value) ? a : b
  }
}
