import LinearMaps
import TestSupport
import Testing

/// The unit vector of a loop's round, of which a part is used.
@Suite struct UnitVectorTests {
  /// s <- s + (x . y) times three entries of the round's unit vector, from an offset on.
  private func scheduled(offset: Int) throws -> Scheduled {
    let g = GraphBuilder()
    let (x, y) = (g.parameter("x", .real([3])), g.parameter("y", .real([3])))
    let result = g.loop(
      trips: 2, descending: false, states: [("s", x)], basis: .natural(6)
    ) { body, given in
      let factor = body.dot(given.states[0], body.use(y))
      let part = body.slice(offset: offset, given.basis!, .real([3]))
      return ([body.add(given.states[0], body.scaled(part, by: factor))], [])
    }
    let scheduled = try Scheduled(GraphProgram("p", g.finish(results: [result.states[0]])))
    #expect(Trial(scheduled.program, seed: 1).disagreement(with: scheduled) == nil)
    return scheduled
  }

  @Test(arguments: 0..<4) func conditionsAreThoseThatMayHold(offset: Int) throws {
    let statements = try scheduled(offset: offset).lines.filter { !$0.contains(" : real[") }
    // In rounds 0 and 1, of entries 0 to 2, 1 to 3, 2 to 4, 3 to 5.
    #expect(statements.contains { $0.contains("when 0 <=") } == (offset == 1))
    #expect(statements.contains { $0.contains("y.") } == (offset < 2), "what is never used is not computed")
  }
}
