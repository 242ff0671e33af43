/// A finite-dimensional real vector space with its standard basis (LANGUAGE.md, section 4).
public indirect enum Space: Hashable, Sendable {
  /// ℝ²; `true` = (1,0), `false` = (0,1).
  case boolean
  /// ℝ^H; `n` is the n-th unit vector.
  case natural(Int)
  /// Row-major tensors; the empty shape is ℝ.
  case real([Int])
  /// Linear maps as row-major matrices, dim result × dim argument.
  case hom(Space, Space)
  /// The results of a loop, side by side. No value but a loop's has such a space.
  case tuple([Space])

  public static let scalar = Space.real([])

  /// In reals. Spaces whose dimension would not fit are refused before a graph is built.
  public var dimension: Int {
    switch self {
    case .boolean: 2
    case .natural(let horizon): horizon
    case .real(let shape): shape.reduce(1, *)
    case .hom(let argument, let result): argument.dimension * result.dimension
    case .tuple(let spaces): spaces.reduce(0) { $0 + $1.dimension }
    }
  }
}

extension Space: CustomStringConvertible {
  public var description: String {
    switch self {
    case .boolean: "bool"
    case .natural(let horizon): "nat[\(horizon)]"
    case .real(let shape): shape.isEmpty ? "real" : "real[\(shape.map(String.init).joined(separator: ","))]"
    case .hom(let argument, let result): "hom(\(argument), \(result))"
    case .tuple(let spaces): "(\(spaces.map(\.description).joined(separator: ", ")))"
    }
  }
}

extension [Int] {
  /// The product of extents; nil where one is below 0 or the product, taken in any order, is no `Int`.
  var checkedProduct: Int? {
    var product = 1
    for extent in self where extent != 0 {
      let (next, overflow) = product.multipliedReportingOverflow(by: extent)
      if extent < 0 || overflow { return nil }
      product = next
    }
    return contains(0) ? 0 : product
  }
}
