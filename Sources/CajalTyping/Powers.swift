import CajalSyntax

extension Degree {
  static let zero = Degree(bound: 0, isLinear: true)
  static let one = Degree(bound: 1, isLinear: true)
  /// Of a variable of which nothing is known.
  static let unknown = Degree(bound: .max, isLinear: false)

  /// Of a product: both factors depend on the variable.
  static func + (a: Degree, b: Degree) -> Degree {
    Degree(
      bound: saturatingSum(a.bound, b.bound), isLinear: a.isLinear && b.isLinear && (a.bound == 0 || b.bound == 0))
  }

  /// Of a composition: degree `a` in something that has degree `b`.
  static func * (a: Degree, b: Degree) -> Degree {
    Degree(bound: saturatingProduct(a.bound, b.bound), isLinear: a.isLinear && b.isLinear)
  }

  /// Of a sum, or of alternatives.
  func join(_ other: Degree) -> Degree {
    Degree(bound: max(bound, other.bound), isLinear: isLinear && other.isLinear)
  }
}

func saturatingSum(_ a: Int, _ b: Int) -> Int {
  let (sum, overflow) = a.addingReportingOverflow(b)
  return overflow ? .max : sum
}

func saturatingProduct(_ a: Int, _ b: Int) -> Int {
  let (product, overflow) = a.multipliedReportingOverflow(by: b)
  return overflow ? .max : product
}

/// The largest d_k, k < horizon, of d₀ = r, d_{k+1} = p·d_k + q (LANGUAGE.md, section 2, Degree).
func iteratedBound(state p: Int, step q: Int, base r: Int, horizon: Int) -> Int {
  let rounds = horizon - 1
  if rounds == 0 { return r }
  switch p {
  case 0: return max(r, q)
  case 1: return saturatingSum(r, saturatingProduct(q, rounds))
  default:
    // d is 0, or at least doubles: this saturates within 64 rounds.
    var d = r
    for _ in 0..<rounds {
      if d == .max || (d == 0 && q == 0) { break }
      d = saturatingSum(saturatingProduct(p, d), q)
    }
    return d
  }
}

/// Stands for a variable in one evaluation of its scope.
typealias Symbol = Int

/// The degree in each symbol; 0 and linear in those that are not there.
struct Powers: Hashable {
  private(set) var degrees: [Symbol: Degree] = [:]

  static func of(_ symbol: Symbol) -> Powers { Powers(degrees: [symbol: .one]) }

  subscript(symbol: Symbol) -> Degree { degrees[symbol] ?? .zero }

  mutating func remove(_ symbol: Symbol) -> Degree { degrees.removeValue(forKey: symbol) ?? .zero }

  func without(_ symbol: Symbol) -> Powers {
    var result = self
    _ = result.remove(symbol)
    return result
  }

  mutating func add(_ other: Powers) { combine(other) { $0 + $1 } }
  /// Where only one of the two depends on a variable, as it may be with a model's data, the map is affine in it.
  mutating func join(_ other: Powers) {
    let both = Set(degrees.keys).intersection(other.degrees.keys)
    combine(other) { $0.join($1) }
    for (symbol, degree) in degrees where !both.contains(symbol) {
      degrees[symbol] = Degree(bound: degree.bound, isLinear: false)
    }
  }

  private mutating func combine(_ other: Powers, _ operation: (Degree, Degree) -> Degree) {
    var small = other.degrees
    if small.count > degrees.count { swap(&small, &degrees) }
    for (symbol, degree) in small { degrees[symbol] = operation(self[symbol], degree) }
  }

  /// `other` in the place of a symbol.
  func substituting(_ symbol: Symbol, _ other: Powers) -> Powers {
    guard let degree = degrees[symbol] else { return self }
    var result = without(symbol)
    result.add(other.map { degree * $0 })
    return result
  }

  func map(_ transform: (Degree) -> Degree) -> Powers { Powers(degrees: degrees.mapValues(transform)) }

  /// Nothing is known but which variables there are.
  var saturated: Powers { map { _ in .unknown } }
}
