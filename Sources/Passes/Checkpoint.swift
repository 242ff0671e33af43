import LinearMaps

extension Pass {
  /// A long loop becomes a loop over segments of about √T rounds each. The map is the same; its adjoint stores the states
  /// that segments begin with, and computes those in between again when it comes to their segment: √T states at a time
  /// instead of T, for one more run of the rounds.
  ///
  /// - Parameter limit: the most reals that the states of all rounds may take before a loop is cut.
  public static func checkpoint(limit: Int = checkpointLimit) -> Pass {
    Pass("checkpoint") { graph in
      let pass = Checkpoint(limit: limit)
      return graph.hasLoop(where: { pass.cuts($0) }) ? pass.rewrite(graph) : nil
    }
  }

  /// States of more reals than this do not stay in the cache of a core until the adjoint reads them: 1 MB of floats.
  public static let checkpointLimit = 1 << 18
}

private final class Checkpoint: Rewriter {
  private let limit: Int
  init(limit: Int) { self.limit = limit }

  /// A basis vector's index is known to its own loop alone, and stacks would have to be put together again.
  func cuts(_ loop: Loop) -> Bool {
    guard loop.basis == nil, loop.stackCount == 0, loop.trips >= 4 else { return false }
    let state = loop.body.parameters.prefix(loop.stateCount).reduce(0) { $0 + $1.space.dimension }
    return Double(state) * Double(loop.trips) > Double(limit)
  }

  override func closed(_ loop: Loop, _ operands: [Value], in builder: GraphBuilder) -> [Value]? {
    guard cuts(loop) else { return nil }
    let length = Int(Double(loop.trips).squareRoot().rounded(.up))
    let (segments, rest) = loop.trips.quotientAndRemainder(dividingBy: length)
    // What is left over comes last, at the end or at the start of the sequences.
    var states = Array(operands.prefix(loop.stateCount))
    let first = loop.descending ? rest : 0
    states = run(loop, operands, states, from: first, in: builder, segments: segments, length: length)
    if rest > 0 {
      let first = loop.descending ? 0 : segments * length
      states = rounds(loop, operands, states, from: first, count: rest, in: builder)
    }
    return states
  }

  /// The loop over segments: each reads its part of the sequences.
  private func run(
    _ loop: Loop, _ operands: [Value], _ states: [Value], from first: Int, in builder: GraphBuilder, segments: Int,
    length: Int
  ) -> [Value] {
    let parts = sequences(of: loop, operands, from: first, count: segments * length, in: builder)
    return builder.loop(
      trips: segments, descending: loop.descending,
      states: zip(names(loop), states).map { ($0, $1) },
      sequences: parts.map { ($0.name, $0.value, .real([length * $0.slice.dimension])) }
    ) { inner, given in
      let segment = Array(given.states) + given.slices + operands.dropFirst(loop.stateCount + loop.sequenceCount)
      return (rounds(loop, segment, given.states, from: 0, count: length, in: inner), [])
    }.states
  }

  /// So many of the loop's rounds, with sequences that begin at `first`.
  private func rounds(
    _ loop: Loop, _ operands: [Value], _ states: [Value], from first: Int, count: Int, in builder: GraphBuilder
  ) -> [Value] {
    let invariants = operands.dropFirst(loop.stateCount + loop.sequenceCount)
    return builder.loop(
      trips: count, descending: loop.descending, states: zip(names(loop), states).map { ($0, $1) },
      sequences: sequences(of: loop, operands, from: first, count: count, in: builder)
    ) { inner, given in
      let results = copy(loop.body, given.states + given.slices + invariants, into: inner)
      return (results.map { inner.use(constantsAreCopied($0, into: inner)) }, [])
    }.states
  }

  private func names(_ loop: Loop) -> [String] { loop.body.parameters.prefix(loop.stateCount).map(\.name) }

  private func sequences(
    of loop: Loop, _ operands: [Value], from first: Int, count: Int, in builder: GraphBuilder
  ) -> [(name: String, value: Value, slice: Space)] {
    (loop.stateCount..<(loop.stateCount + loop.sequenceCount)).map { index in
      let slice = loop.body.parameters[index].space
      let size = slice.dimension
      let whole = operands[index]
      let part =
        first == 0 ? whole : builder.slice(offset: first * size, whole, .real([count * size]))
      return (loop.body.parameters[index].name, part, slice)
    }
  }
}
