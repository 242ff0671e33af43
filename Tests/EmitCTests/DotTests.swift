import Adjoint
import EmitC
import LinearMaps
import Passes
import TestSupport
import Testing

/// Sums of products of entry by entry.
@Suite struct DotTests {
  private static let lengths = [2, 15, 16, 17, 64, 65, 200]

  /// (x . y) a + A b, where A is too large for lanes.
  private func program(_ length: Int) throws -> ProgramUnit {
    let g = GraphBuilder()
    let (x, y) = (g.parameter("x", .real([length])), g.parameter("y", .real([length])))
    let (a, b) = (g.parameter("a", .real([20])), g.parameter("b", .real([20])))
    let matrix = g.parameter("m", .real([20, 20]))
    let dot = g.product(Product(m: 1, k: length, n: 1), x, y, .scalar)
    let forward = try Pipeline.standard.run(
      g.finish(results: [g.add(g.scaled(a, by: dot), g.apply(matrix, b, .real([20])))]))
    let halves = split(try Pipeline.standard.run(reverse(forward)), portCount: forward.parameters.count)
    return Harness.unit(
      "dot\(length)", try Pipeline.cleanUp.run(halves.forward), try Pipeline.cleanUp.run(halves.backward))
  }

  @Test(arguments: [4, 8]) func agreeWithTheInterpreter(realBytes: Int) throws {
    let trials = try Self.lengths.map { Harness.trial(try program($0), seed: UInt64($0)) }
    let answers = try Harness.run(trials, options: Harness.options(realBytes: realBytes))
    Harness.check(trials, answers, tolerance: realBytes == 4 ? 1e-4 : 1e-9)
  }

  @Test func longOnesAreCalls() throws {
    for length in Self.lengths {
      let c = try emitModule(ModuleUnit(programs: [try program(length)], options: Harness.options())).c
      #expect(c.contains("cajal_dot_f64(\(length), x, y)") == (length >= 16), "\(length)")
    }
  }
}
