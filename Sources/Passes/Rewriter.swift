import LinearMaps

/// Builds a graph anew, node by node. What differs between passes is how a node is made, in which graph of the nest
/// of loops it is made, and which loops are kept as loops.
///
/// Sharing comes from the builder. Constants are copied into bodies, and a state that no round changes becomes an
/// invariant.
class Rewriter {
  func rewrite(_ graph: Graph) -> Graph {
    let builder = GraphBuilder()
    let parameters = graph.parameters.map { builder.parameter($0.name, $0.space) }
    let results = copy(graph, parameters, into: builder)
    return builder.finish(results: results)
  }

  func make(_ computation: Computation, _ operands: [Value], _ space: Space, in builder: GraphBuilder) -> Value {
    builder.value(computation, operands, space)
  }

  /// The graph in which a node with these operands belongs, `builder` being where it stands.
  func home(of operands: [Value], in builder: GraphBuilder) -> GraphBuilder { builder }

  /// Whether a loop is to be written out instead.
  func unrolls(_ loop: Loop) -> Bool { false }

  /// The results of a loop that takes no rounds; nil where it stays a loop, or is written out.
  func closed(_ loop: Loop, _ operands: [Value], in builder: GraphBuilder) -> [Value]? { nil }

  /// Copies a graph with its parameters replaced; returns its results.
  final func copy(_ graph: Graph, _ arguments: [Value], into builder: GraphBuilder) -> [Value] {
    // One value a node; for a loop, its outputs.
    var values: [[Value]] = []
    values.reserveCapacity(graph.nodes.count)
    for node in graph.nodes {
      var operands = node.operands.map { values[$0][0] }
      let target = home(of: operands, in: builder)
      operands = operands.map { constantsAreCopied($0, into: target) }
      let outer = target.origin
      target.origin = node.origin ?? outer
      defer { target.origin = outer }
      switch node.operation {
      case .parameter(let index): values.append([arguments[index]])
      case .output(let index): values.append([values[node.operands[0]][index]])
      case .loop(let loop):
        values.append(
          closed(loop, operands, in: target)
            ?? (unrolls(loop) ? unrolled(loop, operands, in: target) : rebuilt(loop, operands, in: target)))
      case .constant(let vector): values.append([target.constant(vector, node.space)])
      case .compute(let computation): values.append([make(computation, operands, node.space, in: target)])
      }
    }
    return graph.results.map { values[$0][0] }
  }

  private func rebuilt(_ loop: Loop, _ operands: [Value], in builder: GraphBuilder) -> [Value] {
    let body = loop.body
    let kept = (0..<loop.stateCount).filter { body.results[$0] != $0 }
    let spaces = body.parameters.map(\.space)
    let names = body.parameters.map(\.name)
    let invariants = operands.dropFirst(loop.stateCount + loop.sequenceCount)
    let result = builder.loop(
      trips: loop.trips, descending: loop.descending, states: kept.map { (names[$0], operands[$0]) },
      sequences: (loop.stateCount..<(loop.stateCount + loop.sequenceCount)).map {
        (names[$0], operands[$0], spaces[$0])
      },
      basis: loop.basis
    ) { inner, given in
      var states = given.states[...]
      let arguments =
        (0..<loop.stateCount).map { kept.contains($0) ? states.removeFirst() : operands[$0] } + given.slices
        + (given.basis.map { [$0] } ?? []) + invariants
      let copied = copy(body, arguments, into: inner)
      let results = copied.map { inner.use(constantsAreCopied($0, into: inner)) }
      return (states: kept.map { results[$0] }, stacks: Array(results.dropFirst(loop.stateCount)))
    }
    var states = result.states[...]
    return (0..<loop.stateCount).map { kept.contains($0) ? states.removeFirst() : builder.use(operands[$0]) }
      + result.stacks
  }

  private func unrolled(_ loop: Loop, _ operands: [Value], in builder: GraphBuilder) -> [Value] {
    var states = Array(operands.prefix(loop.stateCount))
    let sequences = operands[loop.stateCount..<(loop.stateCount + loop.sequenceCount)]
    let slices = loop.body.parameters.dropFirst(loop.stateCount).map(\.space)
    let invariants = operands.dropFirst(loop.stateCount + loop.sequenceCount)
    var stacks = loop.body.results.dropFirst(loop.stateCount).map { result in
      builder.zero(Loop.stackSpace(trips: loop.trips, slice: loop.body.nodes[result].space))
    }
    for round in 0..<loop.trips {
      let k = loop.descending ? loop.trips - 1 - round : round
      let arguments =
        states + zip(sequences, slices).map { make(.view(.slice(offset: k * $1.dimension)), [$0], $1, in: builder) }
        + (loop.basis.map { [builder.unit(k, $0)] } ?? []) + invariants
      let results = copy(loop.body, arguments, into: builder)
      states = Array(results.prefix(loop.stateCount))
      for (index, row) in results.dropFirst(loop.stateCount).enumerated() {
        let space = stacks[index].space
        let placed = make(.view(.embed(offset: k * row.space.dimension)), [row], space, in: builder)
        stacks[index] = make(.add, [stacks[index], placed], space, in: builder)
      }
    }
    return states + stacks
  }
}

/// A constant of an enclosing graph as one of this graph's own, rather than an invariant.
func constantsAreCopied(_ value: Value, into builder: GraphBuilder) -> Value {
  if value.builder !== builder, case .constant(let vector) = value.operation {
    return builder.constant(vector, value.space)
  }
  return value
}
