import LinearMaps

/// Runs a graph on vectors with bounds of rounding: `Interpreter`, and what its results may be off by when they are
/// computed by other code in another arithmetic.
struct RoundingInterpreter {
  let arithmetic: Arithmetic
  private let interpreter = Interpreter()

  init(arithmetic: Arithmetic) { self.arithmetic = arithmetic }

  func run(_ graph: Graph, _ arguments: [Approximation]) -> [Approximation] {
    var values: [[Approximation]] = []
    values.reserveCapacity(graph.nodes.count)
    for node in graph.nodes {
      switch node.operation {
      case .parameter(let index): values.append([arguments[index]])
      case .loop(let loop): values.append(run(loop, node.operands.map { values[$0][0] }))
      case .output(let index): values.append([values[node.operands[0]][index]])
      case .nonlinear(let map): values.append([apply(map, values[node.operands[0]][0])])
      case .nonlinearAdjoint(let map):
        values.append([adjoint(map, values[node.operands[0]][0], values[node.operands[1]][0])])
      case .constant, .add, .scale, .product, .shift, .slice, .embed, .reshape, .transpose, .conv2d, .averagePool,
        .averageUnpool:
        values.append([linear(node.operation, node.operands.map { values[$0][0] }, node.space.dimension)])
      }
    }
    return graph.results.map { values[$0][0] }
  }

  private func run(_ loop: Loop, _ operands: [Approximation]) -> [Approximation] {
    var states = Array(operands.prefix(loop.stateCount))
    let sequences = operands[loop.stateCount..<(loop.stateCount + loop.sequenceCount)]
    let invariants = operands.dropFirst(loop.stateCount + loop.sequenceCount)
    let slices = loop.body.parameters[loop.stateCount..<(loop.stateCount + loop.sequenceCount)].map(\.space.dimension)
    let stackDimensions = loop.body.results.dropFirst(loop.stateCount).map { loop.body.nodes[$0].space.dimension }
    var stacks = stackDimensions.map { Approximation.zero($0 * loop.trips) }
    for round in 0..<loop.trips {
      let k = loop.descending ? loop.trips - 1 - round : round
      var arguments = states
      for (sequence, slice) in zip(sequences, slices) { arguments.append(sequence[(k * slice)..<((k + 1) * slice)]) }
      if let basis = loop.basis {
        arguments.append(Approximation(exact: SparseVector.unit(k).dense(basis.dimension)))
      }
      arguments.append(contentsOf: invariants)
      let results = run(loop.body, arguments)
      states = Array(results.prefix(loop.stateCount))
      for (index, row) in results.dropFirst(loop.stateCount).enumerated() {
        stacks[index].replace((k * row.values.count)..<((k + 1) * row.values.count), with: row)
      }
    }
    return states + stacks
  }

  /// An operation that is linear in each operand.
  private func linear(_ operation: Operation, _ operands: [Approximation], _ dimension: Int) -> Approximation {
    let magnitude = operation.magnitude
    let values = interpreter.apply(operation, operands.map(\.values), dimension)
    let magnitudes = interpreter.apply(magnitude, operands.map(\.magnitudes), dimension)
    var errors = [Double](repeating: 0, count: dimension)
    if operation == .add {
      errors = interpreter.apply(.add, operands.map(\.errors), dimension)
    } else {
      // Of a·b: what is off in a times b, what is off in b times a, and both.
      for wrong in operands.indices where operands[wrong].errors.contains(where: { $0 != 0 }) {
        let factors = operands.indices.map { index in
          index == wrong
            ? operands[index].errors
            : index < wrong
              ? operands[index].magnitudes : zip(operands[index].magnitudes, operands[index].errors).map(+)
        }
        for (index, error) in interpreter.apply(magnitude, factors, dimension).enumerated() { errors[index] += error }
      }
    }
    let roundings =
      operation == .add
      ? operands.reduce(0) { max($0, $1.roundings) } + 1
      : operands.reduce(operation.terms) { $0 + $1.roundings }
    return Approximation(values: values, magnitudes: magnitudes, errors: errors, roundings: roundings)
  }
}

extension Approximation {
  fileprivate subscript(_ range: Range<Int>) -> Approximation {
    Approximation(
      values: Array(values[range]), magnitudes: Array(magnitudes[range]), errors: Array(errors[range]),
      roundings: roundings)
  }

  fileprivate mutating func replace(_ range: Range<Int>, with row: Approximation) {
    values.replaceSubrange(range, with: row.values)
    magnitudes.replaceSubrange(range, with: row.magnitudes)
    errors.replaceSubrange(range, with: row.errors)
    roundings = max(roundings, row.roundings)
  }
}

extension LinearMaps.Operation {
  /// The same operation on the magnitudes of its operands, which gives the sums of the products' magnitudes.
  fileprivate var magnitude: LinearMaps.Operation {
    switch self {
    case .constant(let vector):
      return .constant(
        SparseVector(entries: vector.entries.map { SparseVector.Entry(index: $0.index, value: abs($0.value)) }))
    case .scale(let factor): return .scale(abs(factor))
    case .parameter, .add, .product, .shift, .slice, .embed, .reshape, .transpose, .conv2d, .averagePool,
      .averageUnpool, .nonlinear, .nonlinearAdjoint, .loop, .output:
      return self
    }
  }

  /// Roundings on the way of any product through this operation: one for the product, one for every addition, one for
  /// a constant that is written as another number.
  fileprivate var terms: Double {
    switch self {
    case .constant: return 1
    case .scale: return 2
    case .product(let product): return Double(product.k)
    case .conv2d(let convolution):
      let (k, out) = (convolution.kernel, convolution.out)
      switch convolution.role {
      case .out: return Double(k[1] * k[2] * k[3])
      case .image: return Double(k[0] * k[2] * k[3])
      case .kernel: return Double(out[1] * out[2])
      }
    case .averagePool(let pooling): return Double(pooling.size * pooling.size + 1)
    case .averageUnpool: return 1
    case .add, .parameter, .shift, .slice, .embed, .reshape, .transpose, .nonlinear, .nonlinearAdjoint, .loop, .output:
      return 0
    }
  }
}
