import CajalSyntax
import CajalTyping

extension Evaluator {
  /// The table of a value of a recursive type; nil where it has none.
  public func table(of value: Value, rows: Int, horizon: Int) throws -> TableLink? {
    do { return try encodedTable(of: value, rows: rows, horizon: horizon) } catch is EncodingProblem { return nil }
  }

  /// The table of a value of a recursive type: its nodes in pre-order, the root first. Rows that are left over are zero,
  /// and do not count.
  ///
  /// - Throws: `EncodingProblem`, or what evaluation throws.
  public func encodedTable(of value: Value, rows: Int, horizon: Int) throws -> TableLink {
    guard case .data(let root) = value, let layout = TableLayout(root.type, horizon: horizon) else {
      throw EncodingProblem.noMatrix
    }
    let arity = layout.arity
    var cells = [Double](repeating: 0, count: rows * layout.rowSize)
    var children = [Int](repeating: -1, count: rows * arity)
    var count = 0
    // Nodes that are still to come, the next one last, with the place in `children` that is theirs.
    var pending: [(node: DataValue, place: Int?)] = [(root, nil)]
    while let (node, place) = pending.popLast() {
      guard count < rows else { throw EncodingProblem.tooManyNodes(root.nodeCount) }
      if let place { children[place] = count }
      cells[count * layout.rowSize + node.constructor] = 1
      var parts: [(DataValue, Int?)] = []
      let fields = zip(layout.data.constructors[node.constructor].fields, node.fields)
      for (position, (field, value)) in fields.enumerated() {
        switch (field, value) {
        case (.recursive, .data(let part)): parts.append((part, count * arity + parts.count))
        case (.other(let type), _):
          let vector = try entries(of: value, as: type, horizon: horizon)
          let start = count * layout.rowSize + layout.parts[node.constructor][position].lowerBound
          cells.replaceSubrange(start..<start + vector.count, with: vector)
        case (.recursive, _): throw EncodingProblem.noMatrix
        }
      }
      pending += parts.reversed()
      count += 1
    }
    return TableLink(entries: cells, nodes: layout.data.isChain ? .chain(count) : .tree(children))
  }
}

extension Evaluator {
  /// The vector of a value whose type has a dimension.
  ///
  /// - Throws: `EncodingProblem`, or what evaluation throws.
  public func entries(of value: Value, as type: Type, horizon: Int) throws -> [Double] {
    if let (number, bound) = value.naturalBeyond(type, horizon: horizon) {
      throw EncodingProblem.naturalTooLarge(number, bound: bound)
    }
    guard let vector = try encoding(of: value, as: type, horizon: horizon) else { throw EncodingProblem.noMatrix }
    return vector
  }
}

/// Why a value has no encoding.
public enum EncodingProblem: Error {
  /// It has so many.
  case tooManyNodes(Int)
  case naturalTooLarge(Int, bound: Int)
  /// A function in it has no matrix, or one of no use.
  case noMatrix
}

extension DataValue {
  fileprivate var nodeCount: Int {
    var (count, pending) = (0, [self])
    while let node = pending.popLast() {
      count += 1
      for (field, value) in zip(node.type.constructors[node.constructor].fields, node.fields) {
        if case (.recursive, .data(let part)) = (field, value) { pending.append(part) }
      }
    }
    return count
  }
}

extension Value {
  /// A natural in it that its type does not hold, and the dimension of that type.
  fileprivate func naturalBeyond(_ type: Type, horizon: Int) -> (Int, bound: Int)? {
    switch self {
    case .natural(let value):
      let bound = type.dimension(horizon: horizon) ?? 0
      return value < bound ? nil : (value, bound)
    case .data(let datum):
      for (field, value) in zip(datum.type.constructors[datum.constructor].fields, datum.fields) {
        if let found = value.naturalBeyond(field.type(in: type), horizon: horizon) { return found }
      }
      return nil
    case .bool, .tensor, .function: return nil
    }
  }
}
