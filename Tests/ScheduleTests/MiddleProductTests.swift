import LinearMaps
import Passes
import Schedule
import TestSupport
import Testing

/// A tensor whose middle index is summed away is one kernel, for a sample and for a batch.
@Suite struct MiddleProductTests {
  private func program(_ model: OuterProductModel) throws -> GraphProgram {
    let pass = Pass.contractFirst(in: model.signature, fewestEntries: 1, fewestTerms: 12)
    return try GraphProgram("m", compiling: model.graph, tensors: model.signature.tensors.count) { pass.run($0)! }
  }

  /// For the whole batch, and sample by sample.
  @Test(arguments: zip([1, 1 << 20, 1], [8, 8, 4]))
  func modelsAgreeWithTheirGraphs(threshold: Int, realBytes: Int) throws {
    for batch in [1, 2, 9] {
      for (index, factor) in OuterProductModel.factors.enumerated() {
        let program = try program(OuterProductModel(factor))
        let trial = Trial(program, seed: UInt64(index), batch: batch, strides: [13])
        #expect(trial.disagreement(with: try Scheduled(program, realBytes: realBytes, threshold: threshold)) == nil)
      }
    }
  }

  /// A sequence of matrices, all applied to one vector, as a program: its inputs may be shared or not.
  @Test(arguments: [0, 7 * 12 * 5]) func programs(stride: Int) throws {
    let program = try KnownGraphs.middleProduct()
    let scheduled = try Scheduled(program, threshold: 1)
    #expect(Trial(program, seed: 3, batch: 5, strides: [stride, 12]).disagreement(with: scheduled) == nil)
    let text = scheduled.text
    #expect(text.contains(" = middle product 12 7x12x5 (t."))
    #expect(text.contains(" = middle product batchx12 7x12x5 (rows."))
  }

  /// Tᵀ g is for x alone.
  @Test func theScheduleOfModelT() throws {
    let program = try program(OuterProductModel(.pair(.input, .net(5)), rows: 40, inputs: 50))
    let lines = try Scheduled(program, threshold: 10_000).lines
    #expect(lines.filter { $0.contains("middle product batchx50 40x50x5") }.count == 1)
    let transposed = lines.indices.filter { lines[$0].contains("product batchx40 40x250 ") }
    #expect(transposed.map { lines[$0 - 1] } == ["for the batch when wanted for input 0"])
    let gradients = lines.indices.filter { lines[$0].contains("product 40xbatch^T batchx250") }
    #expect(gradients.map { lines[$0 - 1] } == ["for the batch when wanted for parameters"])
  }

  @Test(arguments: [10_000, 1 << 20]) func cost(threshold: Int) throws {
    let program = try program(OuterProductModel(.pair(.input, .net(5)), rows: 40, inputs: 50))
    let cost = try Scheduled(program, threshold: threshold).schedule.usual.forward.cost
    let (net, contraction, rest) = (2.0 * 5 * 50 + 5, 2.0 * 40 * 50 * 5, 2.0 * 40 * 5)
    #expect(cost.sample.operations == net + contraction + rest)
    #expect(cost.batch == Cost(loads: threshold == 10_000 ? contraction / 2 : 0))
  }
}
