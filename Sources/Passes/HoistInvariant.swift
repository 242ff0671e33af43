import LinearMaps

extension Pass {
  /// What every round of a loop would compute again alike is computed before the loop.
  public static let hoistInvariant = Pass("hoist-invariant") { graph in
    graph.hasLoop(where: \.hasInvariantNode) ? HoistInvariant().rewrite(graph) : nil
  }
}

private final class HoistInvariant: Rewriter {
  /// The innermost graph among the operands' graphs; constants are at home everywhere.
  override func home(of operands: [Value], in builder: GraphBuilder) -> GraphBuilder {
    var homes: [GraphBuilder] = []
    for operand in operands {
      if case .constant = operand.operation { continue }
      homes.append(operand.builder)
    }
    guard !homes.isEmpty else { return builder }
    var candidate: GraphBuilder? = builder
    while let current = candidate {
      if homes.contains(where: { $0 === current }) { return current }
      candidate = current.parent
    }
    return builder
  }
}

extension Loop {
  /// Whether a node of the body reads nothing but invariants and constants.
  fileprivate var hasInvariantNode: Bool {
    var invariant: [Bool] = []
    for (index, node) in body.nodes.enumerated() {
      switch node.operation {
      case .parameter: invariant.append(index >= firstInvariant)
      case .constant: invariant.append(true)
      case .output: invariant.append(invariant[node.operands[0]])
      case .compute, .loop:
        if node.operands.allSatisfy({ invariant[$0] }) { return true }
        invariant.append(false)
      }
    }
    return false
  }
}
