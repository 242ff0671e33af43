/// The table with 0 in all that does not count. Operands: the table, its children or count; linear in the first.
struct Counted: Family {
  let layout: TableLayout
  /// Its own transpose, but for fields that are not finite.
  let isCotangent: Bool

  var text: String {
    let head = [layout.rows, layout.arity, layout.isChain ? 1 : 0]
    let parts = layout.constructors.flatMap { [$0.places, $0.offset, $0.size] }
    return "counted\(isCotangent ? "Adjoint" : "")[\((head + parts).map(String.init).joined(separator: ", "))]"
  }
  var noun: String { isCotangent ? "counted_bar" : "counted" }
  var operandCount: Int { 2 }
  var isCheap: Bool { true }

  static func read(_ text: ComputationText) throws -> Computation? {
    guard text.name == "counted" || text.name == "countedAdjoint" else { return nil }
    let numbers = try text.settings.indices.map(text.whole)
    guard numbers.count > 3, numbers.count % 3 == 0, numbers.allSatisfy({ $0 >= 0 }) else {
      throw text.fail("`\(text.name)` wants rows, arity, 1 for a list, and three numbers for each constructor")
    }
    let layout = TableLayout(
      rows: numbers[0], arity: numbers[1], isChain: numbers[2] == 1,
      constructors: stride(from: 3, to: numbers.count, by: 3).map {
        TableLayout.Constructor(places: numbers[$0], offset: numbers[$0 + 1], size: numbers[$0 + 2])
      })
    guard layout.isWellFormed else { throw text.fail("the row of `\(text.name)` has gaps, or too many children") }
    try text.checkSize([layout.rows, max(layout.row, layout.arity)])
    return .counted(layout, isCotangent: text.name == "countedAdjoint")
  }

  func violation(_ operands: [Space], _ result: Space) -> String? {
    require(
      layout.isWellFormed && operands[0].dimension == layout.tableSize && operands[1].dimension == layout.nodesSize
        && result.dimension == layout.tableSize,
      "does not fit its table")
  }

  func run(_ operands: [[Double]], _ dimension: Int) -> [Double] {
    layout.counted(operands[0], operands[1], isCotangent: isCotangent)
  }

  func dependence(_ operands: [Dependence]) -> Dependence { operands[0].indexed(by: operands[1]) }
  func work(_ dimension: Int) -> Double { Double(dimension) }
}

/// A row of a table, by its index; transposed, a table that is 0 but for one row. Operands: the table or the row, the
/// index; linear in the first.
struct TableRow: Family {
  let access: RowAccess
  let isTransposed: Bool

  var text: String { "\(isTransposed ? "scatterRow" : "gatherRow")[\(access.rows), \(access.size)]" }
  var noun: String { isTransposed ? "placed" : "part" }
  var operandCount: Int { 2 }
  var isCheap: Bool { false }

  static func read(_ text: ComputationText) throws -> Computation? {
    switch text.name {
    case "gatherRow": .gatherRow(try RowAccess(text))
    case "scatterRow": .scatterRow(try RowAccess(text))
    default: nil
    }
  }

  func violation(_ operands: [Space], _ result: Space) -> String? {
    let (table, row) = isTransposed ? (result, operands[0]) : (operands[0], result)
    return require(
      table.dimension == access.rows * access.size && row.dimension == access.size && operands[1].dimension == 1,
      "is no row of its table")
  }

  func run(_ operands: [[Double]], _ dimension: Int) -> [Double] {
    isTransposed ? access.scatter(operands[0], operands[1]) : access.gather(operands[0], operands[1])
  }

  func dependence(_ operands: [Dependence]) -> Dependence { operands[0].indexed(by: operands[1]) }
  func work(_ dimension: Int) -> Double { Double(dimension) }
}

extension RowAccess {
  fileprivate init(_ text: ComputationText) throws {
    self.init(rows: try text.whole(0), size: try text.whole(1))
    try text.checkSize([rows, size])
  }
}

extension Dependence {
  /// Of what is linear in this, and depends on an index in some way.
  fileprivate func indexed(by index: Dependence) -> Dependence {
    if self == .zero { return .zero }
    return index == .constant || index == .zero ? self : .nonlinear
  }
}
