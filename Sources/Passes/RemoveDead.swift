import LinearMaps

extension Pass {
  /// Nodes that no result needs go, and with them the states, sequences, stacks and invariants of loops that nothing
  /// reads.
  public static let removeDead = Pass("remove-dead") { graph in
    var fixpoint = NestedFixpoint(bottom: false) { $0 || $1 }
    return graph.trimmed(fixpoint.backward(graph, results: graph.results.map { _ in true }))
  }
}

extension Graph {
  /// - Parameter isLive: what is read, in the graph and in the bodies of its loops.
  fileprivate func trimmed(_ isLive: GraphFacts<Bool>) -> Graph {
    var position = [Int](repeating: -1, count: nodes.count)
    var remaining: [Node] = []
    for (index, old) in nodes.enumerated() where isLive.nodes[index] || index < parameters.count {
      position[index] = remaining.count
      var node = old
      if case .output(let output) = old.operation {
        node.operation = .output(isLive.loops[old.operands[0]]!.results.prefix(output).count { $0 })
      }
      if case .loop(let loop) = old.operation {
        let isLive = isLive.loops[index]!
        let trimmed = loop.trimmed(isLive)
        node.operation = .loop(trimmed)
        node.space = trimmed.resultSpace
        node.operands = loop.liveOperands(isLive).map { old.operands[$0] }
      }
      node.operands = node.operands.map { position[$0] }
      remaining.append(node)
    }
    return Graph(parameters: parameters, nodes: remaining, results: results.map { position[$0] })
  }
}

extension Loop {
  /// A state stays where its last value is read, or where a result that is read needs it; other parameters of the body
  /// where the body reads them.
  private func liveParameters(_ isLive: LoopFacts<Bool>) -> [Int] {
    body.parameters.indices.filter { $0 < stateCount ? isLive.states[$0] : isLive.parameters[$0] }
  }

  fileprivate func liveOperands(_ isLive: LoopFacts<Bool>) -> [Int] {
    let basisIndex = basis == nil ? body.parameters.count : firstInvariant - 1
    return liveParameters(isLive).filter { $0 != basisIndex }.map { $0 < basisIndex ? $0 : $0 - 1 }
  }

  fileprivate func trimmed(_ isLive: LoopFacts<Bool>) -> Loop {
    let parameters = liveParameters(isLive)
    var live = body.trimmed(isLive.body)
    live.results = zip(isLive.results, live.results).filter(\.0).map(\.1)
    live.keepParameters(parameters)
    let hasBasis = basis != nil && isLive.parameters[firstInvariant - 1]
    return Loop(
      trips: trips, descending: descending, stateCount: isLive.states.count { $0 },
      sequenceCount: parameters.count { $0 >= stateCount && $0 < stateCount + sequenceCount },
      basis: hasBasis ? basis : nil, body: live)
  }
}

extension Graph {
  /// Drops all parameters but these, in this order; the others must be unused.
  fileprivate mutating func keepParameters(_ kept: [Int]) {
    let old = parameters.count
    var position = Array(repeating: -1, count: old) + (old..<nodes.count).map { $0 - old + kept.count }
    for (new, old) in kept.enumerated() { position[old] = new }
    let rest = nodes.dropFirst(old).map { node in
      Node(node.operation, node.operands.map { position[$0] }, node.space, origin: node.origin)
    }
    parameters = kept.map { parameters[$0] }
    nodes = parameters.enumerated().map { Node(.parameter($0), [], $1.space) } + rest
    results = results.map { position[$0] }
  }
}
