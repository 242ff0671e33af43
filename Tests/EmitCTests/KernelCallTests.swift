import EmitC
import LinearMaps
import Passes
import TestSupport
import Testing

/// Calls of the runtime that stand for several operations, compiled and run.
@Suite struct KernelCallTests {
  // MARK: Sums of products entry by entry

  @Test(arguments: [4, 8]) func dots(realBytes: Int) throws {
    let trials = try KnownGraphs.dotLengths.map { Trial(try KnownGraphs.dot($0), seed: UInt64($0)) }
    let answers = try Harness.run(trials, options: Harness.options(realBytes: realBytes))
    Harness.check(trials, answers, tolerance: realBytes == 4 ? 1e-4 : 1e-9)
    for length in KnownGraphs.dotLengths {
      let unit = try Harness.unit(KnownGraphs.dot(length))
      let c = try emitModule(ModuleUnit(programs: [unit], options: Harness.options())).c
      #expect(c.contains("cajal_dot_f64(\(length), x, y)") == (length >= 16), "\(length)")
    }
  }

  // MARK: A tensor whose middle index is summed away

  private func middleProducts(batches: [Int]) throws -> [Trial] {
    try batches.flatMap { batch in
      try OuterProductModel.factors.enumerated().map { index, factor in
        let model = OuterProductModel(factor)
        let pass = Pass.contractFirst(in: model.signature, fewestEntries: 1, fewestTerms: 12)
        let program = try GraphProgram(
          "m\(index)_of_\(batch)", compiling: model.graph, tensors: model.signature.tensors.count
        ) { pass.run($0)! }
        return Trial(program, seed: UInt64(index), batch: batch, strides: [13])
      }
    }
  }

  /// For the whole batch, and sample by sample.
  @Test(arguments: [1, 1 << 20]) func middleProductsOfModels(threshold: Int) throws {
    let trials = try middleProducts(batches: [1, 2, 3, 37])
    Harness.check(trials, try Harness.run(trials, options: Harness.options(batchThreshold: threshold)))
  }

  @Test func middleProductsInFloat() throws {
    let trials = try middleProducts(batches: [1, 37])
    Harness.check(
      trials, try Harness.run(trials, options: Harness.options(realBytes: 4, batchThreshold: 1)), tolerance: 1e-4)
  }

  /// A sequence of matrices, all applied to one vector, as a program: its inputs may be shared or not.
  @Test(arguments: [0, 7 * 12 * 5]) func middleProductsOfPrograms(stride: Int) throws {
    let program = try KnownGraphs.middleProduct()
    let trial = Trial(program, seed: 3, batch: 5, strides: [stride, 12])
    Harness.check([trial], try Harness.run([trial], options: Harness.options(batchThreshold: 1)))
  }
}
