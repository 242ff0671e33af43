import LinearMaps
import Schedule
import TestSupport
import Testing

/// What a model's procedure looks like when it is cut into phases.
@Suite struct PhaseTests {
  /// tanh (W x) through two layers that do not depend on each other, and a third of both.
  private func model(_ size: Int = 100) throws -> GraphProgram {
    let g = GraphBuilder()
    let weights = ["a", "b", "c"].map { g.parameter("\($0).0.weight", .real([size, size])) }
    let bias = g.parameter("c.0.bias", .real([size]))
    let x = g.parameter("x", .real([size]))
    func squash(_ value: Value) -> Value { g.value(.nonlinear(.activation(.tanh)), [value], value.space) }
    let hidden = weights.prefix(2).map { squash(g.apply($0, x, .real([size]))) }
    let last = g.add(g.apply(weights[2], g.add(hidden[0], hidden[1]), .real([size])), bias)
    return try GraphProgram("m", compiling: g.finish(results: [last]), tensors: 4)
  }

  private func schedule(_ threshold: Int) throws -> [String] {
    try Scheduled(try model(), blas: true, threshold: threshold).lines
  }

  @Test func independentLayersShareACut() throws {
    let lines = try schedule(10_000)
    let steps = lines.filter { $0.hasPrefix("for ") || $0.hasPrefix("forward") || $0.hasPrefix("backward") }
    #expect(
      steps == [
        "forward for any batch", "for every sample", "for the batch", "for the batch", "for every sample",
        "for the batch",
        "backward for any batch", "for every sample", "for the batch when wanted for parameters", "for the batch",
        "for every sample", "for the batch when wanted for parameters",
        "for the batch when wanted for parameters", "for the batch when wanted for input 0",
        "for the batch when wanted for input 0", "for every sample",
      ])
  }

  @Test func aGradientOfAMatrixIsOneProduct() throws {
    let lines = try schedule(10_000)
    let sums = lines.filter { $0.contains("_bar") && $0.contains("blas product 100xbatch^T batchx100") }
    #expect(sums.count == 3)
    #expect(sums.allSatisfy { !$0.contains("+=") }, "overwritten, not cleared and added to")
    #expect(!lines.contains { $0.contains("10000") && $0.contains("workspace") }, "nothing of their size is put aside")
  }

  @Test func smallProductsStayWithTheirSample() throws {
    #expect(try schedule(10_001).filter { $0.hasPrefix("for the batch") }.isEmpty)
  }

  /// The sum of rows that cross a cut is what the workspace grows by.
  @Test func workspaceGrowsByWhatCrosses() throws {
    var program = try model()
    program.backward = nil
    let scheduled = try Scheduled(program, realBytes: 4)
    // x and both hidden layers; then their sum, in place of x. Rows of 112 reals.
    #expect(scheduled.schedule.forward.rowsSize == 3 * 112)
  }

  /// Without parameters that are wanted their gradients are not computed, and the other way round.
  @Test func unwantedGradientsAreNotComputed() throws {
    let lines = try schedule(1 << 20)
    #expect(lines.contains("  when wanted for parameters"))
    #expect(lines.contains("  when wanted for input 0"))
  }
}
