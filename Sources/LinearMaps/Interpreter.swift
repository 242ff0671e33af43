/// Runs a graph on vectors, one operation after another, in double precision: the meaning that every pass and the
/// emitted C must keep.
public struct Interpreter {
  public init() {}

  /// The results of `graph` for the given parameters, each a vector of its space's dimension.
  public func run(_ graph: Graph, _ arguments: [[Double]]) -> [[Double]] {
    precondition(arguments.count == graph.parameters.count)
    // A node has one vector, a loop one for each of its results.
    var values: [[[Double]]] = []
    values.reserveCapacity(graph.nodes.count)
    for node in graph.nodes {
      switch node.operation {
      case .parameter(let index):
        precondition(arguments[index].count == node.space.dimension, "a parameter has the wrong dimension")
        values.append([arguments[index]])
      case .loop(let loop):
        values.append(run(loop, node.operands.map { values[$0][0] }))
      case .output(let index):
        values.append([values[node.operands[0]][index]])
      case .constant(let vector): values.append([vector.dense(node.space.dimension)])
      case .compute(let computation):
        values.append([apply(computation, node.operands.map { values[$0][0] }, node.space.dimension)])
      }
    }
    return graph.results.map { values[$0][0] }
  }

  private func run(_ loop: Loop, _ operands: [[Double]]) -> [[Double]] {
    var states = Array(operands.prefix(loop.stateCount))
    let sequences = operands[loop.stateCount..<(loop.stateCount + loop.sequenceCount)]
    let invariants = operands.dropFirst(loop.stateCount + loop.sequenceCount)
    let slices = loop.body.parameters[loop.stateCount..<(loop.stateCount + loop.sequenceCount)].map(\.space.dimension)
    let stackDimensions = loop.body.results.dropFirst(loop.stateCount).map { loop.body.nodes[$0].space.dimension }
    var stacks = stackDimensions.map { [Double](repeating: 0, count: $0 * loop.trips) }
    for round in 0..<loop.trips {
      let k = loop.descending ? loop.trips - 1 - round : round
      var arguments = states
      for (sequence, slice) in zip(sequences, slices) {
        arguments.append(Array(sequence[(k * slice)..<((k + 1) * slice)]))
      }
      if let basis = loop.basis { arguments.append(SparseVector.unit(k).dense(basis.dimension)) }
      arguments.append(contentsOf: invariants)
      let results = run(loop.body, arguments)
      states = Array(results.prefix(loop.stateCount))
      for (index, row) in results.dropFirst(loop.stateCount).enumerated() {
        stacks[index].replaceSubrange((k * row.count)..<((k + 1) * row.count), with: row)
      }
    }
    return states + stacks
  }

  /// One computation on vectors, with a result of the dimension.
  public func apply(_ computation: Computation, _ operands: [[Double]], _ dimension: Int) -> [Double] {
    computation.family.run(operands, dimension)
  }
}
