import CajalSyntax
import CajalTyping

extension Evaluator {
  /// The table of a value of a recursive type: its nodes in pre-order, the root first. Rows that are left over are zero,
  /// and do not count.
  ///
  /// Nil where it has more than so many nodes, or a natural or a function in it has no encoding.
  public func table(of value: Value, rows: Int, horizon: Int) throws -> TableLink? {
    guard case .data(let root) = value, let layout = TableLayout(root.type, horizon: horizon) else { return nil }
    let arity = layout.arity
    var entries = [Double](repeating: 0, count: rows * layout.rowSize)
    var children = [Int](repeating: -1, count: rows * arity)
    var count = 0
    // Nodes that are still to come, the next one last, with the place in `children` that is theirs.
    var pending: [(node: DataValue, place: Int?)] = [(root, nil)]
    while let (node, place) = pending.popLast() {
      guard count < rows else { return nil }
      if let place { children[place] = count }
      entries[count * layout.rowSize + node.constructor] = 1
      var parts: [(DataValue, Int?)] = []
      let fields = zip(layout.data.constructors[node.constructor].fields, node.fields)
      for (position, (field, value)) in fields.enumerated() {
        switch (field, value) {
        case (.recursive, .data(let part)): parts.append((part, count * arity + parts.count))
        case (.other(let type), _):
          guard let vector = try encoding(of: value, as: type, horizon: horizon), value.fits(type, horizon: horizon)
          else { return nil }
          let start = count * layout.rowSize + layout.parts[node.constructor][position].lowerBound
          entries.replaceSubrange(start..<start + vector.count, with: vector)
        case (.recursive, _): return nil
        }
      }
      pending += parts.reversed()
      count += 1
    }
    return TableLink(entries: entries, nodes: layout.data.isChain ? .chain(count) : .tree(children))
  }
}

extension Value {
  /// Whether no natural in it is beyond its type.
  fileprivate func fits(_ type: Type, horizon: Int) -> Bool {
    switch self {
    case .natural(let value): return value < type.dimension(horizon: horizon) ?? 0
    case .data(let datum):
      return zip(datum.type.constructors[datum.constructor].fields, datum.fields).allSatisfy { field, value in
        value.fits(field.type(in: type), horizon: horizon)
      }
    case .bool, .tensor, .function: return true
    }
  }
}
