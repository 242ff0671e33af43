/// A product of unknowns, ascending, each as often as its power; the empty one is 1.
struct Monomial: Hashable {
  let factors: [Int]

  init(_ factors: [Int]) { self.factors = factors }

  static let one = Monomial([])

  static func * (a: Monomial, b: Monomial) -> Monomial {
    if a.factors.isEmpty { return b }
    if b.factors.isEmpty { return a }
    return Monomial((a.factors + b.factors).sorted())
  }

  /// Each unknown with its power.
  var powers: [(unknown: Int, power: Int)] {
    var powers: [(unknown: Int, power: Int)] = []
    for factor in factors {
      if powers.last?.unknown == factor { powers[powers.count - 1].power += 1 } else { powers.append((factor, 1)) }
    }
    return powers
  }
}

/// A polynomial in unknowns with exact coefficients.
struct Polynomial: Hashable {
  /// None of them 0.
  private(set) var terms: [Monomial: Rational]

  init() { terms = [:] }
  init(_ constant: Rational) { terms = constant.isZero ? [:] : [.one: constant] }
  init(unknown: Int) { terms = [Monomial([unknown]): .one] }

  var isZero: Bool { terms.isEmpty }

  /// Its value, where no unknown is in it.
  var constant: Rational? {
    if terms.isEmpty { return .zero }
    return terms.count == 1 ? terms[.one] : nil
  }

  subscript(monomial: Monomial) -> Rational { terms[monomial] ?? .zero }

  mutating func add(_ coefficient: Rational, _ monomial: Monomial) {
    let sum = self[monomial] + coefficient
    terms[monomial] = sum.isZero ? nil : sum
  }

  static func + (a: Polynomial, b: Polynomial) -> Polynomial {
    var (sum, other) = a.terms.count >= b.terms.count ? (a, b) : (b, a)
    for (monomial, coefficient) in other.terms { sum.add(coefficient, monomial) }
    other = sum
    return other
  }

  static func * (factor: Rational, a: Polynomial) -> Polynomial {
    var product = Polynomial()
    if factor.isZero { return product }
    product.terms = factor == .one ? a.terms : a.terms.mapValues { factor * $0 }
    return product
  }

  static func * (a: Polynomial, b: Polynomial) -> Polynomial {
    if let factor = a.constant { return factor * b }
    if let factor = b.constant { return factor * a }
    var product = Polynomial()
    for (left, first) in a.terms { for (right, second) in b.terms { product.add(first * second, left * right) } }
    return product
  }

  /// In an order that is the same for equal ones.
  var sortedTerms: [(monomial: Monomial, coefficient: Rational)] {
    terms.sorted {
      ($0.key.factors.count, $0.key.factors.description) < ($1.key.factors.count, $1.key.factors.description)
    }.map { ($0.key, $0.value) }
  }
}
