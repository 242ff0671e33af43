/// What an analysis found of a graph.
public struct GraphFacts<Fact: Equatable> {
  /// Of a loop, what is known of it as a whole.
  public var nodes: [Fact]
  /// By their nodes.
  public var loops: [Int: LoopFacts<Fact>] = [:]
}

/// What holds of a loop in some round.
public struct LoopFacts<Fact: Equatable> {
  public let states: [Fact]
  public let stacks: [Fact]
  /// Of the body.
  public let parameters: [Fact]
  public let body: GraphFacts<Fact>

  public var results: [Fact] { states + stacks }
}

/// The least solution for the states of all loops of a graph at once. Every pass walks the whole nest of loops and keeps
/// what it learnt about their states, so that deep nests take a few passes and not a power of them.
public struct NestedFixpoint<Fact: Equatable> {
  private let bottom: Fact
  private let join: (Fact, Fact) -> Fact
  /// By the path of node indices to the loop.
  private var states: [[Int]: [Fact]] = [:]
  private var changed = false

  /// - Parameters:
  ///   - bottom: what nothing is known of.
  ///   - join: the least that holds where either does.
  public init(bottom: Fact, join: @escaping (Fact, Fact) -> Fact) {
    self.bottom = bottom
    self.join = join
  }

  private mutating func solution(_ pass: (inout NestedFixpoint) -> GraphFacts<Fact>) -> GraphFacts<Fact> {
    states = [:]
    while true {
      changed = false
      let facts = pass(&self)
      if !changed { return facts }
    }
  }

  /// What is known of a loop's states, these being given; then `next`, after a round.
  private mutating func learn(_ next: [Fact], from current: [Fact], at path: [Int]) {
    states[path] = next
    if next != current { changed = true }
  }

  private func current(_ given: [Fact], at path: [Int]) -> [Fact] {
    states[path].map { zip($0, given).map(join) } ?? given
  }

  // MARK: From parameters to results

  /// - Parameters:
  ///   - basis: of the basis vectors of loops.
  ///   - computation: from its operands to its result.
  public mutating func forward(
    _ graph: Graph, parameters: [Fact], basis: Fact, constant: (SparseVector) -> Fact,
    computation: (Computation, [Fact]) -> Fact
  ) -> GraphFacts<Fact> {
    solution { $0.forward(graph, parameters, basis, constant, computation, path: []) }
  }

  private mutating func forward(
    _ graph: Graph, _ parameters: [Fact], _ basis: Fact, _ constant: (SparseVector) -> Fact,
    _ computed: (Computation, [Fact]) -> Fact, path: [Int]
  ) -> GraphFacts<Fact> {
    var facts = GraphFacts<Fact>(nodes: [])
    facts.nodes.reserveCapacity(graph.nodes.count)
    for (index, node) in graph.nodes.enumerated() {
      let operands = node.operands.map { facts.nodes[$0] }
      switch node.operation {
      case .parameter(let parameter): facts.nodes.append(parameters[parameter])
      case .constant(let vector): facts.nodes.append(constant(vector))
      case .compute(let computation): facts.nodes.append(computed(computation, operands))
      case .output(let output): facts.nodes.append(facts.loops[node.operands[0]]!.results[output])
      case .loop(let loop):
        facts.loops[index] = forward(loop, operands, basis, constant, computed, path: path + [index])
        facts.nodes.append(operands.reduce(bottom, join))
      }
    }
    return facts
  }

  private mutating func forward(
    _ loop: Loop, _ operands: [Fact], _ basis: Fact, _ constant: (SparseVector) -> Fact,
    _ computed: (Computation, [Fact]) -> Fact, path: [Int]
  ) -> LoopFacts<Fact> {
    let current = current(Array(operands.prefix(loop.stateCount)), at: path)
    let slices = operands[loop.stateCount..<(loop.stateCount + loop.sequenceCount)]
    let invariants = operands.dropFirst(loop.stateCount + loop.sequenceCount)
    let parameters = current + slices + (loop.basis == nil ? [] : [basis]) + invariants
    let body = forward(loop.body, parameters, basis, constant, computed, path: path)
    let results = loop.body.results.map { body.nodes[$0] }
    let next = zip(current, results).map(join)
    learn(next, from: current, at: path)
    return LoopFacts(
      states: next, stacks: Array(results.dropFirst(loop.stateCount)), parameters: parameters, body: body)
  }

  // MARK: From results to parameters

  /// What is asked of a node is asked of its operands; a state is asked for where the loop's result is, and where the
  /// next round asks for it.
  ///
  /// - Parameter isRun: whether a loop's body is looked at; where not, its states are their initial values.
  public mutating func backward(
    _ graph: Graph, results: [Fact], isRun: (Loop) -> Bool = { _ in true }
  ) -> GraphFacts<Fact> {
    solution { $0.backward(graph, results, isRun, path: []) }
  }

  private mutating func backward(
    _ graph: Graph, _ results: [Fact], _ isRun: (Loop) -> Bool, path: [Int]
  ) -> GraphFacts<Fact> {
    var facts = GraphFacts(nodes: [Fact](repeating: bottom, count: graph.nodes.count))
    var outputs: [Int: [Int: Fact]] = [:]
    func ask(_ node: Int, _ fact: Fact) { facts.nodes[node] = join(facts.nodes[node], fact) }
    for (node, fact) in zip(graph.results, results) { ask(node, fact) }
    for (index, node) in graph.nodes.enumerated().reversed() where facts.nodes[index] != bottom {
      let fact = facts.nodes[index]
      switch node.operation {
      case .parameter, .constant: break
      case .compute: for operand in node.operands { ask(operand, fact) }
      case .output(let output):
        outputs[node.operands[0], default: [:]][output] = fact
        ask(node.operands[0], fact)
      case .loop(let loop):
        let asked = loop.body.results.indices.map { outputs[index]?[$0] ?? bottom }
        let (inner, operands) = backward(loop, asked, isRun, path: path + [index])
        facts.loops[index] = inner
        for (operand, fact) in zip(node.operands, operands) { ask(operand, fact) }
      }
    }
    return facts
  }

  private mutating func backward(
    _ loop: Loop, _ asked: [Fact], _ isRun: (Loop) -> Bool, path: [Int]
  ) -> (LoopFacts<Fact>, operands: [Fact]) {
    let stacks = Array(asked.dropFirst(loop.stateCount))
    let current = current(Array(asked.prefix(loop.stateCount)), at: path)
    let body =
      isRun(loop)
      ? backward(loop.body, current + stacks, isRun, path: path)
      : GraphFacts(nodes: [Fact](repeating: bottom, count: loop.body.nodes.count))
    let parameters = Array(body.nodes.prefix(loop.body.parameters.count))
    let next = zip(current, parameters).map(join)
    learn(next, from: current, at: path)
    let others =
      parameters[loop.stateCount..<(loop.stateCount + loop.sequenceCount)] + parameters[loop.firstInvariant...]
    return (LoopFacts(states: next, stacks: stacks, parameters: parameters, body: body), next + others)
  }
}
