import CajalSyntax

/// Upper bounds of the norms of a vector, of a matrix's entries likewise; infinite where none is known.
public struct NormBound: Hashable, Sendable {
  public var l1: Double
  public var l2: Double
  public var linf: Double

  public init(l1: Double, l2: Double, linf: Double) {
    self.l1 = l1
    self.l2 = l2
    self.linf = linf
  }

  public static let none = NormBound(l1: .infinity, l2: .infinity, linf: .infinity)
  static let zero = NormBound(l1: 0, l2: 0, linf: 0)
  /// Of a unit vector.
  static let unit = NormBound(l1: 1, l2: 1, linf: 1)

  /// Of a vector that is known.
  public init(of entries: [Double]) {
    l1 = Upward.sum(entries.lazy.map(\.magnitude))
    l2 = entries.reduce(0) { Upward.hypotenuse($0, $1.magnitude) }
    linf = entries.reduce(0) { max($0, $1.magnitude) }
  }

  /// What `within` leaves of a vector.
  func within(_ bound: Bound) -> NormBound {
    var result = self
    switch bound.norm {
    case .l1: result.l1 = min(l1, bound.radius)
    case .l2: result.l2 = min(l2, bound.radius)
    case .linf: result.linf = min(linf, bound.radius)
    }
    return result
  }

  /// A norm bounds the others: ‖v‖∞ ≤ ‖v‖₂ ≤ ‖v‖₁, ‖v‖₂² ≤ ‖v‖₁·‖v‖∞, ‖v‖₁ ≤ √d·‖v‖₂, ‖v‖₁ ≤ d·‖v‖∞.
  func completed(dimension: Double) -> NormBound {
    var result = self
    for _ in 0..<2 {
      result.l1 = Swift.min(
        result.l1, Upward.product(Upward.root(dimension), result.l2), Upward.product(dimension, result.linf))
      result.l2 = Swift.min(
        result.l2, result.l1, Upward.product(Upward.root(result.l1), Upward.root(result.linf)),
        Upward.product(Upward.root(dimension), result.linf))
      result.linf = Swift.min(result.linf, result.l2, result.l1)
    }
    return result
  }

  public var isKnown: Bool { l1.isFinite || l2.isFinite || linf.isFinite }

  static func <= (a: NormBound, b: NormBound) -> Bool { a.l1 <= b.l1 && a.l2 <= b.l2 && a.linf <= b.linf }

  static func + (a: NormBound, b: NormBound) -> NormBound {
    NormBound(l1: Upward.sum(a.l1, b.l1), l2: Upward.sum(a.l2, b.l2), linf: Upward.sum(a.linf, b.linf))
  }

  func scaled(by factor: Double) -> NormBound {
    NormBound(l1: Upward.product(factor, l1), l2: Upward.product(factor, l2), linf: Upward.product(factor, linf))
  }

  func join(_ other: NormBound) -> NormBound {
    NormBound(l1: max(l1, other.l1), l2: max(l2, other.l2), linf: max(linf, other.linf))
  }

  func meet(_ other: NormBound) -> NormBound {
    NormBound(l1: min(l1, other.l1), l2: min(l2, other.l2), linf: min(linf, other.linf))
  }

  /// Of two vectors, one after the other.
  func followed(by other: NormBound) -> NormBound {
    NormBound(
      l1: Upward.sum(l1, other.l1), l2: Upward.hypotenuse(l2, other.l2), linf: max(linf, other.linf))
  }

  // MARK: Bilinear maps

  /// Hölder: |Σ aᵢbᵢ|.
  static func dot(_ a: NormBound, _ b: NormBound) -> NormBound {
    let product = min(
      Upward.product(a.l1, b.linf), Upward.product(a.linf, b.l1), Upward.product(a.l2, b.l2))
    return NormBound(l1: product, l2: product, linf: product)
  }

  /// The products of entries in the same place.
  static func entrywise(_ a: NormBound, _ b: NormBound) -> NormBound {
    NormBound(
      l1: dot(a, b).l1, l2: min(Upward.product(a.l2, b.linf), Upward.product(a.linf, b.l2)),
      linf: Upward.product(a.linf, b.linf))
  }

  /// Every product of an entry of the one and an entry of the other.
  static func outer(_ a: NormBound, _ b: NormBound) -> NormBound {
    NormBound(
      l1: Upward.product(a.l1, b.l1), l2: Upward.product(a.l2, b.l2), linf: Upward.product(a.linf, b.linf))
  }

  /// Young: ‖k∗y‖ᵣ ≤ ‖k‖ₚ·‖y‖_q where 1/p + 1/q = 1 + 1/r. A result that is cut to the image's size is no larger.
  static func convolution(_ kernel: NormBound, _ image: NormBound) -> NormBound {
    NormBound(
      l1: Upward.product(kernel.l1, image.l1),
      l2: min(Upward.product(kernel.l1, image.l2), Upward.product(kernel.l2, image.l1)),
      linf: dot(kernel, image).linf)
  }
}

/// Upper bounds of what a matrix does to a vector.
struct MatrixBound {
  /// Of its entries.
  let entries: NormBound
  /// The largest ‖Mv‖₁ where ‖v‖₁ = 1: the largest sum of a column.
  let columnSum: Double
  /// The largest ‖Mv‖∞ where ‖v‖∞ = 1: the largest sum of a row.
  let rowSum: Double

  /// Of a matrix of which only its entries are known to be bounded.
  init(entries: NormBound, rows: Double, columns: Double) {
    self.entries = entries
    columnSum = min(
      entries.l1, Upward.product(rows, entries.linf), Upward.product(Upward.root(rows), entries.l2))
    rowSum = min(
      entries.l1, Upward.product(columns, entries.linf), Upward.product(Upward.root(columns), entries.l2))
  }

  /// Of a matrix that is known.
  init(rows: [[Double]]) {
    entries = NormBound(of: rows.flatMap { $0 })
    rowSum = rows.map { Upward.sum($0.lazy.map(\.magnitude)) }.max() ?? 0
    let columns = rows.first?.count ?? 0
    columnSum = (0..<columns).map { column in Upward.sum(rows.lazy.map { $0[column].magnitude }) }.max() ?? 0
  }

  func applied(to vector: NormBound) -> NormBound {
    // ‖M‖₂² ≤ ‖M‖₁·‖M‖∞, and the norm of the entries.
    let spectral = min(entries.l2, Upward.product(Upward.root(columnSum), Upward.root(rowSum)))
    return NormBound(
      l1: min(Upward.product(columnSum, vector.l1), Upward.product(entries.l1, vector.linf)),
      l2: Upward.product(spectral, vector.l2),
      linf: min(
        Upward.product(rowSum, vector.linf), Upward.product(entries.linf, vector.l1),
        Upward.product(entries.l2, vector.l2)))
  }
}
