import CajalSyntax
import CajalTyping

/// The inputs of compiled code: a vector for each port, and for a table two, its rows and then its children, or how
/// many rows count.
extension [Port] {
  /// For each input its port, and whether it is the nodes of a table.
  public var inputs: [(port: Int, isNodes: Bool)] {
    enumerated().flatMap { index, port in
      port.rows == nil
        ? [(port: index, isNodes: false)] : [(port: index, isNodes: false), (port: index, isNodes: true)]
    }
  }

  /// What is linked to the ports, from the inputs.
  public func links(_ inputs: [[Dual]]) -> [VectorInterpreter.Link] {
    var rest = inputs[...]
    return map { port in
      let entries = rest.removeFirst()
      guard port.rows != nil else { return .vector(entries) }
      let nodes = rest.removeFirst().map { Int($0.value) }
      let isChain = port.variable.type.asRecursive?.isChain ?? false
      return .table(TableLink(entries: entries, nodes: isChain ? .chain(nodes.first ?? 0) : .tree(nodes)))
    }
  }
}

extension VectorInterpreter.Link {
  /// As compiled code takes it.
  public var inputs: [[Double]] {
    switch self {
    case .vector(let vector): [vector.values]
    case .table(let table):
      switch table.nodes {
      case .chain(let count): [table.entries.values, [Double(count)]]
      case .tree(let children): [table.entries.values, children.map(Double.init)]
      }
    }
  }
}
