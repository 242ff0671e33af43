/// A broken invariant of a graph: always a bug in the compiler.
public struct InvalidGraph: Error, CustomStringConvertible {
  /// The path of loops to the node, then the node.
  public let place: String
  public let reason: String
  public var description: String { "node \(place): \(reason)" }
}

extension Graph {
  /// Checks every invariant of `Graph`, `Node` and `Operation`: order, arity, spaces, bounds.
  public func verify() throws { try verify(path: "") }

  private func verify(path: String) throws {
    func fail(_ index: Int, _ reason: String) throws -> Never {
      throw InvalidGraph(place: "\(path)%\(index)", reason: reason)
    }
    for index in parameters.indices {
      guard index < nodes.count, nodes[index].operation == .parameter(index) else {
        try fail(index, "is not the graph's parameter \(index)")
      }
      if nodes[index].space != parameters[index].space { try fail(index, "has not its parameter's space") }
    }
    for (index, node) in nodes.enumerated() {
      if case .parameter = node.operation, index >= parameters.count { try fail(index, "is a parameter too many") }
      if let late = node.operands.first(where: { $0 < 0 || $0 >= index }) { try fail(index, "uses %\(late) too early") }
      let operands = node.operands.map { nodes[$0].space }
      let isOutput = if case .output = node.operation { true } else { false }
      if !isOutput, operands.contains(where: \.isTuple) { try fail(index, "uses all results of a loop at once") }
      // The body first: a loop's own checks follow its references.
      if case .loop(let loop) = node.operation { try loop.body.verify(path: "\(path)%\(index) ") }
      if let reason = node.operation.violation(operands, node.space) { try fail(index, reason) }
    }
    for result in results where result < 0 || result >= nodes.count || nodes[result].space.isTuple {
      throw InvalidGraph(place: "\(path)return", reason: "returns %\(result), which is no value")
    }
  }
}

extension Space {
  var isTuple: Bool { if case .tuple = self { true } else { false } }
}

extension Operation {
  /// The number of operands; nil for loops, which say it themselves.
  var arity: Int? {
    switch self {
    case .parameter, .constant: 0
    case .scale, .shift, .slice, .embed, .reshape, .transpose, .averagePool, .averageUnpool, .nonlinear, .output: 1
    case .add, .product, .conv2d, .nonlinearAdjoint: 2
    case .loop: nil
    }
  }

  /// What is wrong with an operation from these spaces to that one; nil where nothing is.
  func violation(_ operands: [Space], _ result: Space) -> String? {
    if let arity, operands.count != arity { return "has \(operands.count) operands instead of \(arity)" }
    let sizes = operands.map(\.dimension)
    let size = result.dimension
    func require(_ condition: Bool, _ reason: @autoclosure () -> String) -> String? { condition ? nil : reason() }
    switch self {
    case .parameter: return nil
    case .constant(let vector):
      let ascending = zip(vector.entries, vector.entries.dropFirst()).allSatisfy { $0.index < $1.index }
      let inside = vector.entries.allSatisfy { $0.index >= 0 && $0.index < size }
      return require(ascending && inside, "has entries out of order or out of range")
    case .add: return require(operands[0] == result && operands[1] == result, "adds \(operands) in \(result)")
    case .scale, .shift: return require(operands[0] == result, "leads from \(operands[0]) to \(result)")
    case .averagePool(let p):
      return require(
        p.isWellFormed && p.image.reduce(1, *) == sizes[0] && p.out.reduce(1, *) == size, "does not fit its image")
    case .averageUnpool(let p):
      return require(
        p.isWellFormed && p.out.reduce(1, *) == sizes[0] && p.image.reduce(1, *) == size, "does not fit its image")
    case .nonlinear(let map):
      return require(map.resultDimension(sizes[0]) == size, "leads from \(operands[0]) to \(result)")
    case .nonlinearAdjoint(let map):
      let dimension = map.resultDimension(size)
      let known =
        switch map.adjointReads {
        case .operand: size
        case .result: dimension
        }
      return require(sizes[0] == known && sizes[1] == dimension, "mixes spaces")
    case .product(let p):
      return require(
        p.m * p.k == sizes[0] && p.k * p.n == sizes[1] && p.m * p.n == size,
        "multiplies \(sizes) to \(size) as \(p.m) × \(p.k) × \(p.n)")
    case .slice(let offset): return require(offset >= 0 && offset + size <= sizes[0], "reads out of range")
    case .embed(let offset): return require(offset >= 0 && offset + sizes[0] <= size, "writes out of range")
    case .reshape: return require(sizes[0] == size, "changes the dimension")
    case .transpose(let rows, let columns):
      return require(rows * columns == sizes[0] && sizes[0] == size, "is no \(rows) × \(columns) matrix")
    case .conv2d(let c):
      let expected = c.operands.map { c.extents(of: $0).reduce(1, *) }
      return require(
        c.isWellFormed && sizes == expected && size == c.extents(of: c.role).reduce(1, *),
        "does not fit its kernel and image")
    case .output(let index):
      guard case .tuple(let spaces) = operands[0] else { return "is an output of no loop" }
      return require(spaces.indices.contains(index) && spaces[index] == result, "is not output \(index)")
    case .loop(let loop): return loop.violation(operands, result)
    }
  }
}

extension Loop {
  fileprivate func violation(_ operands: [Space], _ result: Space) -> String? {
    guard trips >= 0, stateCount >= 0, sequenceCount >= 0, invariantCount >= 0, stackCount >= 0 else {
      return "has a count below 0"
    }
    guard operands.count == stateCount + sequenceCount + invariantCount else {
      return "has \(operands.count) operands for \(body.parameters.count) parameters"
    }
    let spaces = body.parameters.map(\.space)
    for index in 0..<stateCount {
      if operands[index] != spaces[index] { return "starts state \(index) in \(operands[index])" }
      if body.nodes[body.results[index]].space != spaces[index] { return "leaves the space of state \(index)" }
    }
    for index in stateCount..<(stateCount + sequenceCount) {
      guard let size = [trips, spaces[index].dimension].checkedProduct, size <= operands[index].dimension else {
        return "reads past the end of sequence \(index - stateCount)"
      }
    }
    if let basis {
      if spaces[stateCount + sequenceCount] != basis { return "has another basis than its parameter" }
      if basis.dimension < trips { return "has more rounds than basis vectors" }
    }
    for index in 0..<invariantCount where operands[stateCount + sequenceCount + index] != spaces[firstInvariant + index]
    {
      return "has invariant \(index) in \(operands[stateCount + sequenceCount + index])"
    }
    return resultSpace == result ? nil : "has results in \(result) instead of \(resultSpace)"
  }
}
