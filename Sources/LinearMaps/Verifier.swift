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
  private var operandCount: Int? {
    switch self {
    case .parameter, .constant: 0
    case .loop: nil
    case .output: 1
    case .compute(let computation): computation.family.operandCount
    }
  }

  /// What is wrong with an operation from these spaces to that one; nil where nothing is.
  func violation(_ operands: [Space], _ result: Space) -> String? {
    if let operandCount, operands.count != operandCount {
      return "has \(operands.count) operands instead of \(operandCount)"
    }
    switch self {
    case .parameter: return nil
    case .constant(let vector):
      let ascending = zip(vector.entries, vector.entries.dropFirst()).allSatisfy { $0.index < $1.index }
      let inside = vector.entries.allSatisfy { $0.index >= 0 && $0.index < result.dimension }
      return require(ascending && inside, "has entries out of order or out of range")
    case .loop(let loop): return loop.violation(operands, result)
    case .output(let index):
      guard case .tuple(let spaces) = operands[0] else { return "is an output of no loop" }
      return require(spaces.indices.contains(index) && spaces[index] == result, "is not output \(index)")
    case .compute(let computation): return computation.family.violation(operands, result)
    }
  }
}
