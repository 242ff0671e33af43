/// A scan: `body` is run for k = 0 … trips−1, or for k = trips−1 … 0, and carries states from round to round.
///
/// Operands: the states' initial values; the sequences, whose k-th slice a round reads (a sequence is an operand of at
/// least trips · dim(slice) reals, slices one after another); the invariants.
/// The body's parameters: states, slices, the k-th basis vector of `basis` where there is one, invariants.
/// The body's results: the next states, then what is stacked. The loop's results: the last states, then each stack of
/// trips slices, slice k at k whatever the direction.
public struct Loop: Hashable, Sendable {
  public var trips: Int
  public var descending: Bool
  public var stateCount: Int
  public var sequenceCount: Int
  public var basis: Space?
  public var body: Graph

  public init(trips: Int, descending: Bool, stateCount: Int, sequenceCount: Int, basis: Space?, body: Graph) {
    self.trips = trips
    self.descending = descending
    self.stateCount = stateCount
    self.sequenceCount = sequenceCount
    self.basis = basis
    self.body = body
  }

  /// The index of the body's first invariant parameter.
  public var firstInvariant: Int { stateCount + sequenceCount + (basis == nil ? 0 : 1) }
  public var invariantCount: Int { body.parameters.count - firstInvariant }
  public var stackCount: Int { body.results.count - stateCount }

  /// The space of the loop's results.
  public var resultSpace: Space {
    .tuple(
      body.results.enumerated().map { index, result in
        let space = body.nodes[result].space
        return index < stateCount ? space : Loop.stackSpace(trips: trips, slice: space)
      })
  }

  public static func stackSpace(trips: Int, slice: Space) -> Space { .real([trips, slice.dimension]) }
}

extension Loop {
  /// What is wrong with a loop on operands of these spaces; nil where nothing is.
  func violation(_ operands: [Space], _ result: Space) -> String? {
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

extension Loop {
  /// Its name, with settings in brackets.
  var text: String {
    "loop[\(trips), \(descending ? "descending" : "ascending"), states \(stateCount), "
      + "sequences \(sequenceCount)\(basis == nil ? "" : ", basis")]"
  }
}
