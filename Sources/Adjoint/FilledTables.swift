import LinearMaps

extension Loop {
  /// Whether a state is a table to which every round adds a row, and of which it reads rows alone. These do not change
  /// any more (`Computation.gatherRow`), so that the table as it is in the end serves every round, and the tables that
  /// were there before need not be kept.
  ///
  /// - Precondition: the loop stacks its states (`stackingStates`), which this makes superfluous for the table.
  func fillsTable(_ state: Int) -> Bool {
    let result = body.results[state]
    guard body.nodes[result].operation == .compute(.add), body.nodes[result].operands.contains(state),
      body.nodes[result].operands.contains(where: { body.nodes[$0].isPlacedRow })
    else { return false }
    let others = body.results.dropLast(stateCount).enumerated()
    if others.contains(where: { $0 != state && ($1 == state || $1 == result) }) { return false }
    return body.nodes.enumerated().allSatisfy { index, node in
      if index == result { return node.operands.count { $0 == state } == 1 }
      return node.readsRow(of: state) || !node.operands.contains(state)
    }
  }
}

extension Node {
  fileprivate var isPlacedRow: Bool { if case .compute(.scatterRow) = operation { true } else { false } }

  fileprivate func readsRow(of table: Int) -> Bool {
    guard case .compute(.gatherRow) = operation else { return false }
    return operands[0] == table && operands[1] != table
  }
}
