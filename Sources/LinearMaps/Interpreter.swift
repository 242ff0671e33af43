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
      case .constant, .add, .scale, .product, .shift, .slice, .embed, .reshape, .transpose, .conv2d,
        .averagePool, .averageUnpool, .nonlinear, .nonlinearAdjoint:
        values.append([apply(node.operation, node.operands.map { values[$0][0] }, node.space.dimension)])
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

  /// One operation other than parameters and loops.
  public func apply(_ operation: Operation, _ operands: [[Double]], _ dimension: Int) -> [Double] {
    switch operation {
    case .parameter, .loop, .output: preconditionFailure("handled by run")
    case .constant(let vector): return vector.dense(dimension)
    case .add: return zip(operands[0], operands[1]).map { $0 + $1 }
    case .scale(let factor): return operands[0].map { factor * $0 }
    case .product(let product): return multiply(product, operands[0], operands[1])
    case .shift(let distance):
      let source = operands[0]
      return source.indices.map { source.indices.contains($0 - distance) ? source[$0 - distance] : 0 }
    case .slice(let offset): return Array(operands[0][offset..<(offset + dimension)])
    case .embed(let offset):
      var result = [Double](repeating: 0, count: dimension)
      result.replaceSubrange(offset..<(offset + operands[0].count), with: operands[0])
      return result
    case .reshape: return operands[0]
    case .transpose(let rows, let columns):
      return (0..<(rows * columns)).map { operands[0][($0 % rows) * columns + $0 / rows] }
    case .conv2d(let convolution): return convolution.run(operands[0], operands[1])
    case .averagePool(let pooling): return pooling.average(operands[0])
    case .averageUnpool(let pooling): return pooling.averageTransposed(operands[0])
    case .nonlinear(let map): return map.run(operands[0])
    case .nonlinearAdjoint(let map): return map.adjoint(operands[0], operands[1])
    }
  }

  private func multiply(_ p: Product, _ a: [Double], _ b: [Double]) -> [Double] {
    var result = [Double](repeating: 0, count: p.m * p.n)
    for i in 0..<p.m {
      for j in 0..<p.n {
        var sum = 0.0
        for l in 0..<p.k {
          sum += a[p.transposeLeft ? l * p.m + i : i * p.k + l] * b[p.transposeRight ? j * p.k + l : l * p.n + j]
        }
        result[i * p.n + j] = sum
      }
    }
    return result
  }
}
