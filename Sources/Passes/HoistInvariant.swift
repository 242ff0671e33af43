import LinearMaps

extension Pass {
  /// What every round of a loop would compute again alike is computed before the loop.
  public static let hoistInvariant = Pass("hoist-invariant") { HoistInvariant().rewrite($0) }
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
