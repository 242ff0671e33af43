import CajalSyntax

extension Elementwise {
  /// Where its value lies, of an operand that lies there.
  func interval(_ x: Interval) -> Interval {
    switch self {
    case .exp, .softplus: .nonnegative
    case .sqrt: .nonnegative
    case .sigmoid: .unit
    case .sin, .cos, .tanh: Interval(radius: .one)
    case .relu: Interval(lower: .zero, upper: x.upper.map { max($0, .zero) })
    case .abs:
      Interval(lower: .zero, upper: x.lower.flatMap { low in x.upper.map { max(low.magnitude, $0.magnitude) } })
    case .recip:
      x.isPositive ? Interval(lower: .zero, upper: x.lower.map { .one / $0 }) : x.isNonnegative ? .nonnegative : .all
    case .power(let exponent):
      x.isNonnegative || exponent.truncatingRemainder(dividingBy: 2) == 0 ? .nonnegative : .all
    case .log: .all
    }
  }
}

extension Unknowns {
  func interval(of choice: Choice, _ a: Polynomial, _ b: Polynomial) -> Interval {
    let (x, y) = (interval(of: a), interval(of: b))
    func both(_ a: Rational?, _ b: Rational?, _ choose: (Rational, Rational) -> Rational) -> Rational? {
      a.flatMap { a in b.map { choose(a, $0) } }
    }
    switch choice {
    case .min:
      return Interval(lower: both(x.lower, y.lower, min), upper: both(x.upper, y.upper, min) ?? x.upper ?? y.upper)
    case .max:
      return Interval(lower: both(x.lower, y.lower, max) ?? x.lower ?? y.lower, upper: both(x.upper, y.upper, max))
    }
  }
}

extension Net {
  /// Where each entry of what it gives lies, whatever its weights.
  var resultInterval: Interval {
    switch layers.last?.kind {
    case .activation(let activation)?:
      switch activation {
      case .relu, .softplus: .nonnegative
      case .sigmoid, .softmax: .unit
      case .tanh: Interval(radius: .one)
      }
    case .within(let bound)?: Rational(written: bound.radius).map { Interval(radius: $0) } ?? .all
    case .convolution?, .dense?, .pool?, nil: .all
    }
  }
}
