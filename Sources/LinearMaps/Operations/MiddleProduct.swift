/// y[o,j] = Σ tensor[o,i,j] x[i], of a tensor of outer × inner × columns: the sum over its middle index.
public struct MiddleProduct: Hashable, Sendable {
  public let outer: Int
  public let inner: Int
  public let columns: Int

  public init(outer: Int, inner: Int, columns: Int) {
    self.outer = outer
    self.inner = inner
    self.columns = columns
  }
}

extension MiddleProduct: Family {
  var text: String { "middleProduct[\(outer), \(inner), \(columns)]" }
  var noun: String { "product" }
  var operandCount: Int { 2 }
  var isCheap: Bool { false }

  static func read(_ text: ComputationText) throws -> Computation? {
    guard text.name == "middleProduct" else { return nil }
    let sizes = try (0..<3).map(text.whole)
    try text.checkSize(sizes)
    try text.checkSize([sizes[0], sizes[2]])
    return .middleProduct(MiddleProduct(outer: sizes[0], inner: sizes[1], columns: sizes[2]))
  }

  func violation(_ operands: [Space], _ result: Space) -> String? {
    require(
      [outer, inner, columns].allSatisfy { $0 >= 0 } && operands[0].dimension == outer * inner * columns
        && operands[1].dimension == inner && result.dimension == outer * columns,
      "is none of \(outer) × \(inner) × \(columns)")
  }

  func run(_ operands: [[Double]], _ dimension: Int) -> [Double] {
    let (tensor, x) = (operands[0], operands[1])
    return (0..<dimension).map { entry in
      let (o, j) = (entry / columns, entry % columns)
      return (0..<inner).reduce(0) { $0 + tensor[(o * inner + $1) * columns + j] * x[$1] }
    }
  }

  func dependence(_ operands: [Dependence]) -> Dependence { operands[0].multiplying(operands[1]) }
  func work(_ dimension: Int) -> Double { Double(outer) * Double(inner) * Double(columns) }
}
