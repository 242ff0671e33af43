import LinearMaps

/// Which values depend on chosen parameters: only these have cotangents.
struct Activity {
  /// For every node, whether it is active. A loop is where one of its operands is; its outputs are asked one by one.
  let nodes: [Bool]
  /// For every loop among the nodes, which of its body's parameters are active in some round.
  let loopParameters: [Int: [Bool]]

  init(_ graph: Graph, parameters: [Bool]) {
    var analysis = ActivityAnalysis()
    (nodes, loopParameters) = analysis.run(graph, parameters)
  }
}

/// The least solution for the states of all loops at once, by passes over the whole nest (compare `Dependence`).
private struct ActivityAnalysis {
  /// By the path of node indices to the loop.
  private var states: [[Int]: [Bool]] = [:]
  private var changed = false
  private var topLevel: [Int: [Bool]] = [:]

  mutating func run(_ graph: Graph, _ parameters: [Bool]) -> ([Bool], [Int: [Bool]]) {
    while true {
      changed = false
      let nodes = walk(graph, parameters, path: [])
      if !changed { return (nodes, topLevel) }
    }
  }

  private mutating func walk(_ graph: Graph, _ parameters: [Bool], path: [Int]) -> [Bool] {
    var active: [Bool] = []
    active.reserveCapacity(graph.nodes.count)
    var loops: [Int: [Bool]] = [:]
    for (index, node) in graph.nodes.enumerated() {
      switch node.operation {
      case .parameter(let index): active.append(parameters[index])
      case .output(let output): active.append(loops[node.operands[0]]![output])
      case .loop(let loop):
        loops[index] = walk(loop, node.operands.map { active[$0] }, path: path + [index])
        active.append(node.operands.contains { active[$0] })
      case .constant, .compute:
        active.append(node.operands.contains { active[$0] })
      }
    }
    return active
  }

  /// Which results of a loop are active.
  private mutating func walk(_ loop: Loop, _ operands: [Bool], path: [Int]) -> [Bool] {
    let initial = Array(operands.prefix(loop.stateCount))
    let current = zip(states[path] ?? initial, initial).map { $0 || $1 }
    let slices = operands[loop.stateCount..<(loop.stateCount + loop.sequenceCount)]
    let invariants = operands.dropFirst(loop.stateCount + loop.sequenceCount)
    let parameters = current + slices + (loop.basis == nil ? [] : [false]) + invariants
    if path.count == 1 { topLevel[path[0]] = parameters }
    let active = walk(loop.body, parameters, path: path)
    let next = (0..<loop.stateCount).map { current[$0] || active[loop.body.results[$0]] }
    if states[path] != next {
      states[path] = next
      changed = true
    }
    return next + loop.body.results.dropFirst(loop.stateCount).map { active[$0] }
  }
}
