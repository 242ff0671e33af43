import LinearMaps

/// When a value is needed.
enum Demand: Int, Comparable {
  case never, whenKept, always
  static func < (a: Demand, b: Demand) -> Bool { a.rawValue < b.rawValue }
}

/// When each value of a graph is needed, those of loop bodies included.
struct RegionDemand {
  var nodes: [Demand]
  var loops: [Int: LoopDemand] = [:]
}

struct LoopDemand {
  var states: [Demand]
  var stacks: [Demand]
  var body: RegionDemand
}

/// Goes backwards from what is needed of the results.
func demand(_ graph: Graph, results: [Demand]) -> RegionDemand {
  var analysis = DemandAnalysis()
  return analysis.run(graph, results)
}

/// The least solution for the states of all loops at once: every pass walks the whole nest and keeps what it learnt
/// about the states, so that deep nests take a few passes and not a power of them.
private struct DemandAnalysis {
  /// By the path of node indices to the loop.
  private var states: [[Int]: [Demand]] = [:]
  private var changed = false

  mutating func run(_ graph: Graph, _ results: [Demand]) -> RegionDemand {
    while true {
      changed = false
      let region = walk(graph, results, path: [])
      if !changed { return region }
    }
  }

  private mutating func walk(_ graph: Graph, _ results: [Demand], path: [Int]) -> RegionDemand {
    var region = RegionDemand(nodes: [Demand](repeating: .never, count: graph.nodes.count))
    for (node, demand) in zip(graph.results, results) { region.nodes[node] = max(region.nodes[node], demand) }
    var outputs: [Int: [Demand]] = [:]
    for index in graph.nodes.indices.reversed() where region.nodes[index] != .never {
      let node = graph.nodes[index]
      let level = region.nodes[index]
      switch node.operation {
      case .parameter, .constant: break
      case .output(let output):
        guard case .loop(let loop) = graph.nodes[node.operands[0]].operation else { break }
        outputs[node.operands[0], default: [Demand](repeating: .never, count: loop.body.results.count)][output] = level
        region.nodes[node.operands[0]] = max(region.nodes[node.operands[0]], level)
      case .loop(let loop):
        guard let levels = outputs.removeValue(forKey: index) else { break }
        let (inner, operands) = walk(loop, outputs: levels, path: path + [index])
        region.loops[index] = inner
        for (operand, demand) in zip(node.operands, operands) {
          region.nodes[operand] = max(region.nodes[operand], demand)
        }
      case .compute:
        for operand in node.operands { region.nodes[operand] = max(region.nodes[operand], level) }
      }
    }
    return region
  }

  /// A state is needed where the loop's result is, and where the next round needs it.
  private mutating func walk(
    _ loop: Loop, outputs: [Demand], path: [Int]
  ) -> (LoopDemand, operands: [Demand]) {
    var states = Array(outputs.prefix(loop.stateCount))
    let stacks = Array(outputs.dropFirst(loop.stateCount))
    if loop.trips == 0 {
      let others = loop.sequenceCount + loop.invariantCount
      let body = RegionDemand(nodes: [Demand](repeating: .never, count: loop.body.nodes.count))
      return (
        LoopDemand(states: states, stacks: stacks, body: body),
        states + [Demand](repeating: .never, count: others)
      )
    }
    if let known = self.states[path] { states = zip(states, known).map { max($0, $1) } }
    let body = walk(loop.body, states + stacks, path: path)
    let parameters = Array(body.nodes.prefix(loop.body.parameters.count))
    let needed = zip(states, parameters).map { max($0, $1) }
    if needed != self.states[path] {
      self.states[path] = needed
      if needed != states { changed = true }
    }
    let operands =
      needed + parameters[loop.stateCount..<(loop.stateCount + loop.sequenceCount)] + parameters[loop.firstInvariant...]
    return (LoopDemand(states: needed, stacks: stacks, body: body), operands)
  }
}
