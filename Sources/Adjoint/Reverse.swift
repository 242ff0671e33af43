import LinearMaps

/// The adjoint of a graph with one result, as one more graph.
///
/// Its parameters and results are what `GraphSignature` says; the gradients are those of ⟨cotangent, result⟩. Every
/// operation is linear in each operand, so its derivative is its transpose, and the gradients of several uses add up.
///
/// - Parameter constants: parameters whose gradient is 0 whatever depends on them.
public func reverse(_ graph: Graph, constants: Set<Int> = []) -> Graph {
  precondition(graph.results.count == 1, "a judgement has one result")
  let graph = graph.stackingStates()
  let builder = GraphBuilder()
  let parameters = graph.parameters.map { builder.parameter($0.name, $0.space) }
  let cotangent = builder.parameter("out_bar", graph.nodes[graph.results[0]].space)
  let values = builder.inline(graph, parameters)
  let active = graph.parameters.indices.map { !constants.contains($0) }
  let gradients = builder.cotangents(of: graph, values, active: active, seeds: [(graph.results[0], cotangent)])
  let results = zip(gradients, parameters).map { gradient, parameter in gradient ?? builder.zero(parameter.space) }
  return builder.finish(results: [values[graph.results[0]]] + results)
}

extension GraphBuilder {
  /// The cotangents of a graph's parameters, the graph having been inlined here as `values`; nil where a parameter
  /// is not active, or where nothing depends on it.
  ///
  /// - Parameter seeds: nodes of the graph with the cotangents that they receive from outside.
  func cotangents(of graph: Graph, _ values: [Value], active: [Bool], seeds: [(node: Int, cotangent: Value)])
    -> [Value?]
  {
    let analysis = Activity(graph, parameters: active)
    let activity = analysis.nodes
    var cotangents = [Value?](repeating: nil, count: graph.nodes.count)
    // A loop's results have cotangents of their own, gathered here until the loop's turn comes.
    var outputs: [Int: [Int: Value]] = [:]
    func accumulate(_ cotangent: Value, at node: Int) {
      cotangents[node] = cotangents[node].map { add($0, cotangent) } ?? cotangent
    }
    for (node, cotangent) in seeds where activity[node] { accumulate(cotangent, at: node) }
    for index in graph.nodes.indices.reversed() where activity[index] {
      let node = graph.nodes[index]
      let outer = origin
      origin = node.origin ?? outer
      defer { origin = outer }
      switch node.operation {
      case .parameter, .constant: break
      case .output(let output):
        if let cotangent = cotangents[index] { outputs[node.operands[0], default: [:]][output] = cotangent }
      case .loop(let loop):
        guard let received = outputs[index] else { break }
        let operands = node.operands.map { values[$0] }
        let gradients = reverse(
          loop, operands, active: node.operands.map { activity[$0] }, parameters: analysis.loopParameters[index]!,
          results: values[index], received)
        for (operand, gradient) in zip(node.operands, gradients) {
          if let gradient { accumulate(gradient, at: operand) }
        }
      case .compute(let computation):
        guard let cotangent = cotangents[index] else { break }
        let operands = node.operands.map { values[$0] }
        for (position, operand) in node.operands.enumerated() where activity[operand] {
          accumulate(transposed(computation, operands, values[index], cotangent, in: position), at: operand)
        }
      }
    }
    return graph.parameters.indices.map { cotangents[$0] }
  }

  /// The cotangents of a loop's operands: a loop that runs the other way. Its states are the cotangents of the
  /// states and, as running sums, those of the invariants; it reads the stacked states of the loop it reverses.
  ///
  /// - Parameters:
  ///   - active: which operands are wanted.
  ///   - parameters: which parameters of the loop's body are active in some round.
  ///   - results: the loop's node.
  ///   - received: the cotangents of the loop's results, by index.
  private func reverse(
    _ loop: Loop, _ operands: [Value], active: [Bool], parameters: [Bool], results: Value, _ received: [Int: Value]
  ) -> [Value?] {
    let firstStateStack = loop.body.results.count - loop.stateCount
    guard case .tuple(let resultSpaces) = loop.resultSpace else { preconditionFailure() }
    let stackedStates = (0..<loop.stateCount).map { index in
      value(.output(firstStateStack + index), [results], resultSpaces[firstStateStack + index])
    }
    let bodySpaces = loop.body.parameters.map(\.space)
    let names = loop.body.parameters.map(\.name)

    let activeStates = (0..<loop.stateCount).filter { parameters[$0] }
    let activeSequences = (loop.stateCount..<(loop.stateCount + loop.sequenceCount)).filter { parameters[$0] }
    let activeInvariants = (loop.firstInvariant..<loop.body.parameters.count).filter { parameters[$0] }
    let receivedStacks = (loop.stateCount..<firstStateStack).filter { received[$0] != nil }

    let states: [(name: String, initial: Value)] =
      activeStates.map { ("\(names[$0])_bar", received[$0] ?? zero(bodySpaces[$0])) }
      + activeInvariants.map { ("\(names[$0])_bar", zero(bodySpaces[$0])) }
    let sequences: [(name: String, value: Value, slice: Space)] =
      (0..<loop.stateCount).map { (names[$0], stackedStates[$0], bodySpaces[$0]) }
      + (0..<loop.sequenceCount).map {
        (names[loop.stateCount + $0], operands[loop.stateCount + $0], bodySpaces[loop.stateCount + $0])
      }
      + receivedStacks.map { ("result_bar", received[$0]!, loop.body.nodes[loop.body.results[$0]].space) }

    let reversed = self.loop(
      trips: loop.trips, descending: !loop.descending, states: states, sequences: sequences, basis: loop.basis
    ) { body, given in
      let invariants = operands.dropFirst(loop.stateCount + loop.sequenceCount).map { body.use($0) }
      var slices = Array(given.slices.prefix(loop.stateCount + loop.sequenceCount))
      for state in 0..<loop.stateCount where loop.fillsTable(state) {
        slices[state] = body.use(value(.output(state), [results], resultSpaces[state]))
      }
      let arguments =
        slices + (given.basis.map { [$0] } ?? []) + invariants
      let values = body.inline(loop.body, arguments)
      let seeds =
        zip(activeStates, given.states).map { (loop.body.results[$0], $1) }
        + zip(receivedStacks, given.slices.dropFirst(loop.stateCount + loop.sequenceCount)).map {
          (loop.body.results[$0], $1)
        }
      let cotangents = body.cotangents(of: loop.body, values, active: parameters, seeds: seeds)
      let next = activeStates.map { cotangents[$0] ?? body.zero(bodySpaces[$0]) }
      let sums = zip(activeInvariants, given.states.dropFirst(activeStates.count)).map { index, sum in
        cotangents[index].map { body.add(sum, $0) } ?? sum
      }
      return (states: next + sums, stacks: activeSequences.map { cotangents[$0] ?? body.zero(bodySpaces[$0]) })
    }

    var gradients = [Value?](repeating: nil, count: operands.count)
    for (position, state) in activeStates.enumerated() where active[state] {
      gradients[state] = reversed.states[position]
    }
    for (position, sequence) in activeSequences.enumerated() {
      let stack = reversed.stacks[position]
      let space = operands[sequence].space
      gradients[sequence] =
        stack.space.dimension == space.dimension ? reshape(stack, space) : embed(offset: 0, stack, space)
    }
    let hasBasis = loop.basis == nil ? 0 : 1
    for (position, invariant) in activeInvariants.enumerated() {
      gradients[invariant - hasBasis] = reversed.states[activeStates.count + position]
    }
    return gradients
  }
}
