import CajalSyntax

/// What is linked to a port of a recursive type: rows of reals, and which of them hang below which.
public struct TableLink: Sendable {
  public enum Nodes: Hashable, Sendable {
    /// How many rows count; each hangs below the one before it.
    case chain(Int)
    /// For each row and each recursive place the row that hangs there, further down; -1 for none.
    case tree([Int])
  }

  /// Row-major.
  public let entries: [Dual]
  public let nodes: Nodes

  public init(entries: [Dual], nodes: Nodes) {
    self.entries = entries
    self.nodes = nodes
  }

  public init(entries: [Double], nodes: Nodes) { self.init(entries: [Dual](entries), nodes: nodes) }
}

/// Where things are in a row of a table: the weights of the constructors, and then, for the constructors in order, the
/// vectors of their fields that are not recursive.
public struct TableLayout: Sendable {
  public let data: DataType
  public let rowSize: Int
  /// By constructor and field, its entries; of a recursive field none.
  public let parts: [[Range<Int>]]

  public var arity: Int { data.arity }

  /// Nil where a row exceeds `Int`.
  public init?(_ data: DataType, horizon: Int) {
    self.data = data
    var size = data.constructors.count
    var parts: [[Range<Int>]] = []
    for constructor in data.constructors {
      var ranges: [Range<Int>] = []
      for field in constructor.fields {
        var width = 0
        if case .other(let type) = field {
          guard let dimension = type.dimension(horizon: horizon) else { return nil }
          width = dimension
        }
        let (end, overflow) = size.addingReportingOverflow(width)
        if overflow { return nil }
        ranges.append(size..<end)
        size = end
      }
      parts.append(ranges)
    }
    self.parts = parts
    rowSize = size
  }

  /// Why a table cannot be linked to a port of so many rows; nil where it can.
  public func problem(with link: TableLink, rows: Int) -> String? {
    guard link.entries.count == rows * rowSize else { return "not of \(rows) rows of \(rowSize) entries" }
    switch link.nodes {
    case .chain(let count):
      guard data.isChain else { return "a tree, whose rows have children" }
      return (0...rows).contains(count) ? nil : "not of 0 to \(rows) rows"
    case .tree(let children):
      guard !data.isChain else { return "a chain, whose rows follow each other" }
      guard children.count == rows * arity else { return "not of \(arity) children a row" }
      for (index, child) in children.enumerated() where child != -1 {
        if child <= index / arity || child >= rows { return "not of children that lie further down" }
      }
      return nil
    }
  }
}
