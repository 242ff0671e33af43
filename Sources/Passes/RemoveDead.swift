import LinearMaps

extension Pass {
  /// Nodes that no result needs go, and with them the states, sequences, stacks and invariants of loops that nothing
  /// reads.
  public static let removeDead = Pass("remove-dead") { graph in
    var liveness = Liveness()
    return liveness.trimmed(graph)
  }
}

/// What is read, in a graph and in the bodies of its loops.
///
/// A state of a loop is needed where its last value is, or where a needed result of the body reads it. The least
/// solution for all loops at once is found by passes over the whole nest (compare `Dependence`).
private struct Liveness {
  /// The needed results of the loop at a path of node indices: states, then stacks.
  private var needed: [[Int]: Set<Int>] = [:]
  /// The parameters that the body of that loop reads.
  private var read: [[Int]: [Bool]] = [:]
  private var changed = false

  mutating func trimmed(_ graph: Graph) -> Graph {
    repeat {
      changed = false
      _ = walk(graph, Set(graph.results.indices), path: [])
    } while changed
    return trim(graph, Set(graph.results.indices), path: [])
  }

  /// Which nodes are live, the given results being needed.
  private mutating func walk(_ graph: Graph, _ results: Set<Int>, path: [Int]) -> [Bool] {
    var live = [Bool](repeating: false, count: graph.nodes.count)
    var outputs: [Int: Set<Int>] = [:]
    for result in results { live[graph.results[result]] = true }
    for (index, node) in graph.nodes.enumerated().reversed() where live[index] {
      switch node.operation {
      case .output(let output):
        outputs[node.operands[0], default: []].insert(output)
        live[node.operands[0]] = true
      case .loop(let loop):
        for operand in walk(loop, outputs[index] ?? [], path: path + [index]) { live[node.operands[operand]] = true }
      case .parameter, .constant, .compute:
        for operand in node.operands { live[operand] = true }
      }
    }
    return live
  }

  /// Which operands of a loop are read, the given outputs being needed.
  private mutating func walk(_ loop: Loop, _ outputs: Set<Int>, path: [Int]) -> [Int] {
    let current = outputs.union(needed[path] ?? [])
    let parameters = Array(walk(loop.body, current, path: path).prefix(loop.body.parameters.count))
    let next = current.union((0..<loop.stateCount).filter { parameters[$0] })
    if needed[path] != next {
      needed[path] = next
      changed = true
    }
    read[path] = parameters
    return kept(loop, path: path).operands
  }

  /// Which operands and which parameters of the body stay.
  private func kept(_ loop: Loop, path: [Int]) -> (operands: [Int], parameters: [Int]) {
    let parameters = loop.body.parameters.indices.filter { index in
      index < loop.stateCount ? needed[path]!.contains(index) : read[path]![index]
    }
    let basisIndex = loop.basis == nil ? nil : loop.firstInvariant - 1
    let operands = parameters.filter { $0 != basisIndex }.map { basisIndex == nil || $0 < basisIndex! ? $0 : $0 - 1 }
    return (operands, parameters)
  }

  private mutating func trim(_ graph: Graph, _ results: Set<Int>, path: [Int]) -> Graph {
    let live = walk(graph, results, path: path)
    var position = [Int](repeating: -1, count: graph.nodes.count)
    var remaining: [Node] = []
    for (index, old) in graph.nodes.enumerated() where live[index] || index < graph.parameters.count {
      position[index] = remaining.count
      var node = old
      if case .output(let output) = old.operation {
        let earlier = needed[path + [old.operands[0]]]!.filter { $0 < output }
        node.operation = .output(earlier.count)
      }
      if case .loop(let loop) = old.operation {
        let trimmed = trim(loop, path: path + [index])
        node.operation = .loop(trimmed)
        node.space = trimmed.resultSpace
        node.operands = kept(loop, path: path + [index]).operands.map { old.operands[$0] }
      }
      node.operands = node.operands.map { position[$0] }
      remaining.append(node)
    }
    return Graph(
      parameters: graph.parameters, nodes: remaining, results: results.sorted().map { position[graph.results[$0]] })
  }

  private mutating func trim(_ loop: Loop, path: [Int]) -> Loop {
    let results = needed[path]!
    let parameters = kept(loop, path: path).parameters
    var body = trim(loop.body, results, path: path)
    body.keepParameters(parameters)
    let hasBasis = loop.basis != nil && parameters.contains(loop.firstInvariant - 1)
    return Loop(
      trips: loop.trips, descending: loop.descending, stateCount: results.count { $0 < loop.stateCount },
      sequenceCount: parameters.count { $0 >= loop.stateCount && $0 < loop.stateCount + loop.sequenceCount },
      basis: hasBasis ? loop.basis : nil, body: body)
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
