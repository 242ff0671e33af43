import LinearMaps
import TestSupport
import Testing

/// Sums of products of entry by entry.
@Suite struct DotTests {
  private static let lengths = [2, 15, 16, 17, 64, 65, 200]

  /// (x . y) a + A b, where A is too large for lanes.
  private func program(_ length: Int) throws -> GraphProgram {
    let g = GraphBuilder()
    let (x, y) = (g.parameter("x", .real([length])), g.parameter("y", .real([length])))
    let (a, b) = (g.parameter("a", .real([20])), g.parameter("b", .real([20])))
    let matrix = g.parameter("m", .real([20, 20]))
    let dot = g.product(Product(m: 1, k: length, n: 1), x, y, .scalar)
    return try GraphProgram(
      "dot\(length)",
      compiling: g.finish(results: [g.add(g.scaled(a, by: dot), g.apply(matrix, b, .real([20])))]))
  }

  @Test(arguments: [4, 8]) func agreeWithTheirGraphs(realBytes: Int) throws {
    for length in Self.lengths {
      let trial = Trial(try program(length), seed: UInt64(length))
      #expect(trial.disagreement(with: try Scheduled(trial.program, realBytes: realBytes)) == nil)
    }
  }

  @Test func longOnesAreCalls() throws {
    for length in Self.lengths {
      let text = try Scheduled(try program(length)).text
      #expect(text.contains(" product 1x\(length) \(length)x1 (x.") == (length >= 16), "\(length)")
    }
  }
}
