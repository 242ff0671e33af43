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
      case .constant(let vector):
        let numbers = vector.dense(node.space.dimension)
        // Each may be written as another number.
        values.append([
          Approximation(
            values: numbers, magnitudes: numbers.map(abs), errors: numbers.map { _ in 0 }, roundings: 1)
        ])
      case .compute(let computation):
        values.append([apply(computation, node.operands.map { values[$0][0] }, node.space.dimension)])
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

  private func apply(_ computation: Computation, _ operands: [Approximation], _ dimension: Int) -> Approximation {
    func product(terms: Double, magnitude: Computation? = nil) -> Approximation {
      multilinear(computation, magnitude: magnitude ?? computation, terms: terms, operands, dimension)
    }
    switch computation {
    case .add: return sum(operands[0], operands[1], dimension)
    case .times: return product(terms: 1)
    case .scale(let factor): return product(terms: 2, magnitude: .scale(abs(factor)))
    case .product(let p): return product(terms: Double(p.k))
    case .middleProduct(let p): return product(terms: Double(p.inner))
    case .view: return product(terms: 0)
    case .conv2d(let convolution): return product(terms: convolution.terms)
    case .averagePool(let pooling): return product(terms: Double(pooling.size * pooling.size + 1))
    case .averageUnpool: return product(terms: 1)
    case .counted, .gatherRow, .scatterRow: return chosen(computation, operands, dimension)
    case .nonlinear(let map): return apply(map, operands[0])
    case .nonlinearAdjoint(let map): return adjoint(map, operands[0], operands[1])
    }
  }

  /// What moves entries of its first operand to where an exact second one says.
  private func chosen(
    _ computation: Computation, _ operands: [Approximation], _ dimension: Int
  ) -> Approximation {
    func chosen(_ part: (Approximation) -> [Double]) -> [Double] {
      interpreter.apply(computation, [part(operands[0]), operands[1].values], dimension)
    }
    return Approximation(
      values: chosen(\.values), magnitudes: chosen(\.magnitudes), errors: chosen(\.errors),
      roundings: operands[0].roundings)
  }

  private func sum(_ a: Approximation, _ b: Approximation, _ dimension: Int) -> Approximation {
    func sum(_ part: (Approximation) -> [Double]) -> [Double] {
      interpreter.apply(.add, [part(a), part(b)], dimension)
    }
    return Approximation(
      values: sum(\.values), magnitudes: sum(\.magnitudes), errors: sum(\.errors),
      roundings: max(a.roundings, b.roundings) + 1)
  }

  /// What is linear in each operand and no sum of them.
  ///
  /// - Parameters:
  ///   - magnitude: the same on the magnitudes of its operands, which gives the sums of the products' magnitudes.
  ///   - terms: roundings on the way of any product through it: one for the product, one for every addition, one for a
  ///     constant that is written as another number.
  private func multilinear(
    _ computation: Computation, magnitude: Computation, terms: Double, _ operands: [Approximation], _ dimension: Int
  ) -> Approximation {
    var errors = [Double](repeating: 0, count: dimension)
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
    return Approximation(
      values: interpreter.apply(computation, operands.map(\.values), dimension),
      magnitudes: interpreter.apply(magnitude, operands.map(\.magnitudes), dimension), errors: errors,
      roundings: operands.reduce(terms) { $0 + $1.roundings })
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

extension Convolution {
  /// The products that an entry of the result is a sum of, at most.
  fileprivate var terms: Double {
    switch role {
    case .out: Double(kernel[1] * kernel[2] * kernel[3])
    case .image: Double(kernel[0] * kernel[2] * kernel[3])
    case .kernel: Double(out[1] * out[2])
    }
  }
}
