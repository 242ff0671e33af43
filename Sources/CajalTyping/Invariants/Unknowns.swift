import CajalSyntax

/// An interval; nil is infinite.
struct Interval: Hashable {
  var lower: Rational?
  var upper: Rational?

  static let all = Interval(lower: nil, upper: nil)
  static let nonnegative = Interval(lower: .zero, upper: nil)
  static let unit = Interval(lower: .zero, upper: .one)

  init(lower: Rational?, upper: Rational?) {
    self.lower = lower
    self.upper = upper
  }

  init(_ value: Rational) { self.init(lower: value, upper: value) }

  /// From -radius to radius.
  init(radius: Rational) { self.init(lower: -radius, upper: radius) }

  var isNonnegative: Bool { lower.map { !$0.isNegative } ?? false }
  var isPositive: Bool { lower.map { $0 > .zero } ?? false }

  static func + (a: Interval, b: Interval) -> Interval {
    func sum(_ a: Rational?, _ b: Rational?) -> Rational? { a.flatMap { a in b.map { a + $0 } } }
    return Interval(lower: sum(a.lower, b.lower), upper: sum(a.upper, b.upper))
  }

  static func * (a: Interval, b: Interval) -> Interval {
    if a == Interval(.zero) || b == Interval(.zero) { return Interval(.zero) }
    guard let al = a.lower, let au = a.upper, let bl = b.lower, let bu = b.upper else {
      guard a.isNonnegative, b.isNonnegative, let al = a.lower, let bl = b.lower else { return unbounded(a, b) }
      return Interval(lower: al * bl, upper: nil)
    }
    let products = [al * bl, al * bu, au * bl, au * bu]
    return Interval(lower: products.min(), upper: products.max())
  }

  /// Of intervals one of which is infinite and one of which has numbers below 0.
  private static func unbounded(_ a: Interval, _ b: Interval) -> Interval {
    func isNonpositive(_ a: Interval) -> Bool { a.upper.map { !($0 > .zero) } ?? false }
    if isNonpositive(a) && b.isNonnegative || isNonpositive(b) && a.isNonnegative {
      return Interval(lower: nil, upper: .zero)
    }
    if isNonpositive(a), isNonpositive(b) { return .nonnegative }
    return .all
  }

  func power(_ exponent: Int) -> Interval {
    var result = (1..<max(exponent, 1)).reduce(self) { product, _ in product * self }
    if exponent % 2 == 0, !result.isNonnegative { result.lower = .zero }
    return result
  }
}

/// The reals of which nothing is known but that they are what they are, each with a name and where it lies.
struct Unknowns {
  private(set) var names: [String] = []
  private(set) var intervals: [Interval] = []

  mutating func fresh(_ name: String, _ interval: Interval = .all) -> Int {
    names.append(name)
    intervals.append(interval)
    return names.count - 1
  }

  func interval(of monomial: Monomial) -> Interval {
    monomial.powers.reduce(Interval(.one)) { $0 * intervals[$1.unknown].power($1.power) }
  }

  func interval(of polynomial: Polynomial) -> Interval {
    polynomial.terms.reduce(Interval(.zero)) { $0 + Interval($1.value) * interval(of: $1.key) }
  }

  func text(of monomial: Monomial) -> String {
    monomial.powers.map { names[$0.unknown] + ($0.power > 1 ? "^\($0.power)" : "") }.joined(separator: "*")
  }

  /// Of a long one the first terms.
  func text(of polynomial: Polynomial, limit: Int = 4) -> String {
    let terms = polynomial.sortedTerms
    if terms.isEmpty { return "0" }
    var text = ""
    for (index, term) in terms.prefix(limit).enumerated() {
      let size = term.coefficient.magnitude
      let product = self.text(of: term.monomial)
      let shown = product.isEmpty ? "\(size)" : size == .one ? product : "\(size)*\(product)"
      if index == 0 {
        text = (term.coefficient.isNegative ? "-" : "") + shown
      } else {
        text += (term.coefficient.isNegative ? " - " : " + ") + shown
      }
    }
    return terms.count > limit ? text + " + …" : text
  }
}
