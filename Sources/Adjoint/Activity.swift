import LinearMaps

/// Which values depend on chosen parameters: only these have cotangents.
struct Activity {
  /// For every node, whether it is active. A loop is where one of its operands is; its outputs are asked one by one.
  let nodes: [Bool]
  /// For every loop among the nodes, which of its body's parameters are active in some round.
  let loopParameters: [Int: [Bool]]

  init(_ graph: Graph, parameters: [Bool]) {
    var fixpoint = NestedFixpoint(bottom: false) { $0 || $1 }
    let facts = fixpoint.forward(
      graph, parameters: parameters, basis: false, constant: { _ in false }, computation: { $1.contains(true) })
    nodes = facts.nodes
    loopParameters = facts.loops.mapValues(\.parameters)
  }
}
