/// The rows of a linked table, and which of them count (LANGUAGE.md, section 8).
///
/// A row holds a weight for each constructor, then the vectors of their fields. Its children come in a vector of their
/// own: of a chain the number of rows that count, each the child of the one before; of a tree `arity` indices a row, each
/// above the row's own, or −1 for none. The fold of a row is a sum over the constructors; a term with a missing child
/// is left out.
public struct TableLayout: Hashable, Sendable {
  public struct Constructor: Hashable, Sendable {
    /// At how many places it has a child.
    public let places: Int
    /// Where its fields begin in a row.
    public let offset: Int
    /// In reals, all fields together.
    public let size: Int
    public init(places: Int, offset: Int, size: Int) {
      self.places = places
      self.offset = offset
      self.size = size
    }
  }

  public let rows: Int
  /// The most children of a row; 1 in a chain.
  public let arity: Int
  public let isChain: Bool
  public let constructors: [Constructor]

  public init(rows: Int, arity: Int, isChain: Bool, constructors: [Constructor]) {
    self.rows = rows
    self.arity = arity
    self.isChain = isChain
    self.constructors = constructors
  }

  /// Fields follow the weights without gaps, and no constructor has more children than a row.
  var isWellFormed: Bool {
    var end = constructors.count
    for constructor in constructors {
      guard constructor.offset == end, constructor.size >= 0, end < 1 << 60, (0...arity).contains(constructor.places)
      else {
        return false
      }
      end += constructor.size
    }
    return rows >= 1 && arity >= 1 && !constructors.isEmpty && (!isChain || arity == 1)
  }

  /// The reals of a row.
  public var row: Int { constructors.count + constructors.reduce(0) { $0 + $1.size } }
  public var tableSize: Int { rows * row }
  /// Of the vector of children.
  public var nodesSize: Int { isChain ? 1 : rows * arity }

  /// The rows that count: of a tree, those to which children lead from the root.
  private func countedRows(_ nodes: [Double]) -> [Bool] {
    if isChain { return (0..<rows).map { Double($0) < nodes[0] } }
    var counted = [Bool](repeating: false, count: rows)
    counted[0] = true
    for row in 0..<rows where counted[row] {
      for place in 0..<arity {
        if let child = rowIndex(nodes[row * arity + place], below: rows) { counted[child] = true }
      }
    }
    return counted
  }

  private func hasChildren(_ row: Int, _ places: Int, _ nodes: [Double]) -> Bool {
    isChain
      ? Double(row + places) < nodes[0]
      : (0..<places).allSatisfy { rowIndex(nodes[row * arity + $0], below: rows) != nil }
  }

  /// The table with 0 in all that does not count: rows, and weights of terms with a missing child. A field that is not
  /// finite is 0 where its weight is: that term is left out too.
  ///
  /// - Parameter isCotangent: fields stay as they are.
  public func counted(_ table: [Double], _ nodes: [Double], isCotangent: Bool) -> [Double] {
    var result = [Double](repeating: 0, count: tableSize)
    for (index, counts) in countedRows(nodes).enumerated() where counts {
      let start = index * row
      for (c, constructor) in constructors.enumerated() {
        let weight = table[start + c]
        if hasChildren(index, constructor.places, nodes) { result[start + c] = weight }
        for k in constructor.offset..<(constructor.offset + constructor.size) {
          let entry = table[start + k]
          result[start + k] = isCotangent || weight != 0 || entry.isFinite ? entry : 0
        }
      }
    }
    return result
  }
}

/// Compiled code gets indices that were checked; what a graph that is read from a text is run on may be any number, and
/// what is no row's is taken for −1.
private func rowIndex(_ value: Double, below rows: Int) -> Int? {
  value >= 0 && value < Double(rows) ? Int(value) : nil
}

/// A row of a table of rows · size reals, by its index among the operands; 0 where that is below 0.
public struct RowAccess: Hashable, Sendable {
  public let rows: Int
  public let size: Int
  public init(rows: Int, size: Int) {
    self.rows = rows
    self.size = size
  }

  public func gather(_ table: [Double], _ index: [Double]) -> [Double] {
    guard let row = rowIndex(index[0], below: rows) else { return [Double](repeating: 0, count: size) }
    return Array(table[(row * size)..<((row + 1) * size)])
  }

  /// The transpose of `gather`.
  public func scatter(_ row: [Double], _ index: [Double]) -> [Double] {
    var table = [Double](repeating: 0, count: rows * size)
    if let place = rowIndex(index[0], below: rows) {
      table.replaceSubrange((place * size)..<((place + 1) * size), with: row)
    }
    return table
  }
}
