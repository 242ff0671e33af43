import Adjoint
import EmitC
import LinearMaps
import Passes
import Schedule
import TestSupport
import Testing

/// A tensor whose middle index is summed away is one kernel, for a sample and for a batch.
@Suite struct MiddleProductTests {
  private func unit(_ model: OuterProductModel, name: String = "m") throws -> ProgramUnit {
    let joint = try Pipeline.standard.run(reverse(model.graph))
    let pass = Pass.contractFirst(tensorCount: model.tensorCount, fewestEntries: 1, fewestTerms: 12)
    let halves = split(try #require(pass.run(joint)), portCount: model.graph.parameters.count)
    return Harness.unit(
      name, try Pipeline.cleanUp.run(halves.forward), try Pipeline.cleanUp.run(halves.backward),
      tensors: model.tensorCount)
  }

  private func trials(batches: [Int]) throws -> [Trial] {
    try batches.flatMap { batch in
      try OuterProductModel.factors.enumerated().map { index, factor in
        Harness.trial(
          try unit(OuterProductModel(factor), name: "m\(index)_of_\(batch)"), seed: UInt64(index), batch: batch,
          strides: [13])
      }
    }
  }

  /// For the whole batch, and sample by sample.
  @Test(arguments: [1, 1 << 20]) func modelsAgreeWithTheInterpreter(threshold: Int) throws {
    let trials = try trials(batches: [1, 2, 3, 37])
    Harness.check(trials, try Harness.run(trials, options: Harness.options(batchThreshold: threshold)))
  }

  @Test func inFloat() throws {
    let trials = try trials(batches: [1, 37])
    Harness.check(
      trials, try Harness.run(trials, options: Harness.options(realBytes: 4, batchThreshold: 1)), tolerance: 1e-4)
  }

  /// A sequence of matrices, all applied to one vector, as a program: its inputs may be shared or not.
  @Test(arguments: [0, 7 * 12 * 5]) func programs(stride: Int) throws {
    let builder = GraphBuilder()
    let (tensor, x) = (builder.parameter("t", .real([7, 12, 5])), builder.parameter("x", .real([12])))
    let stack = builder.loop(trips: 7, descending: false, sequences: [("m", tensor, .real([12, 5]))]) { body, given in
      let product = Product(m: 5, k: 12, n: 1, transposeLeft: true)
      return ([], [body.product(product, given.slices[0], x, .real([5]))])
    }.stacks[0]
    let graph = builder.finish(results: [stack])
    let halves = split(try Pipeline.standard.run(reverse(graph)), portCount: 2)
    let unit = Harness.unit("p", try Pipeline.cleanUp.run(halves.forward), try Pipeline.cleanUp.run(halves.backward))
    let trial = Harness.trial(unit, seed: 3, batch: 5, strides: [stride, 12])
    let options = Harness.options(batchThreshold: 1)
    Harness.check([trial], try Harness.run([trial], options: options))
    let text = try scheduleText(ModuleUnit(programs: [unit], options: options))
    #expect(text.contains(" = middle product 12 7x12x5 (t."))
    #expect(text.contains(" = middle product batchx12 7x12x5 (rows."))
  }

  /// Tᵀ g is for x alone.
  @Test func theScheduleOfModelT() throws {
    let unit = try unit(OuterProductModel(.pair(.input, .net(5)), rows: 40, inputs: 50))
    let module = ModuleUnit(programs: [unit], options: Harness.options(batchThreshold: 10_000))
    let lines = try scheduleText(module).split(separator: "\n").map(String.init)
    #expect(lines.filter { $0.contains("middle product batchx50 40x50x5") }.count == 1)
    let transposed = lines.indices.filter { lines[$0].contains("product batchx40 40x250 ") }
    #expect(transposed.map { lines[$0 - 1] } == ["for the batch when wanted for input 0"])
    let gradients = lines.indices.filter { lines[$0].contains("product 40xbatch^T batchx250") }
    #expect(gradients.map { lines[$0 - 1] } == ["for the batch when wanted for parameters"])
  }

  @Test(arguments: [10_000, 1 << 20]) func cost(threshold: Int) throws {
    let unit = try unit(OuterProductModel(.pair(.input, .net(5)), rows: 40, inputs: 50))
    let module = ModuleUnit(programs: [unit], options: Harness.options(batchThreshold: threshold))
    let cost = try costs(module)[0].forward
    let (net, contraction, rest) = (2.0 * 5 * 50 + 5, 2.0 * 40 * 50 * 5, 2.0 * 40 * 5)
    #expect(cost.sample.operations == net + contraction + rest)
    #expect(cost.batch == Cost(operations: 0, moved: threshold == 10_000 ? contraction / 2 : 0))
  }
}
