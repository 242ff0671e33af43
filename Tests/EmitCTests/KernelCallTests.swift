import EmitC
import LinearMaps
import Passes
import TestSupport
import Testing

/// Calls of the runtime that stand for several operations, compiled and run.
@Suite struct KernelCallTests {
  // MARK: Sums of products entry by entry

  private static let lengths = [2, 15, 16, 17, 64, 65, 200]

  /// (x . y) a + A b, where A is too large for lanes.
  private func dot(_ length: Int) throws -> GraphProgram {
    let g = GraphBuilder()
    let (x, y) = (g.parameter("x", .real([length])), g.parameter("y", .real([length])))
    let (a, b) = (g.parameter("a", .real([20])), g.parameter("b", .real([20])))
    let matrix = g.parameter("m", .real([20, 20]))
    let dot = g.product(Product(m: 1, k: length, n: 1), x, y, .scalar)
    return try GraphProgram(
      "dot\(length)",
      compiling: g.finish(results: [g.add(g.scaled(a, by: dot), g.apply(matrix, b, .real([20])))]))
  }

  @Test(arguments: [4, 8]) func dots(realBytes: Int) throws {
    let trials = try Self.lengths.map { Trial(try dot($0), seed: UInt64($0)) }
    let answers = try Harness.run(trials, options: Harness.options(realBytes: realBytes))
    Harness.check(trials, answers, tolerance: realBytes == 4 ? 1e-4 : 1e-9)
    for length in Self.lengths {
      let c = try emitModule(ModuleUnit(programs: [Harness.unit(dot(length))], options: Harness.options())).c
      #expect(c.contains("cajal_dot_f64(\(length), x, y)") == (length >= 16), "\(length)")
    }
  }

  // MARK: A tensor whose middle index is summed away

  private func middleProducts(batches: [Int]) throws -> [Trial] {
    try batches.flatMap { batch in
      try OuterProductModel.factors.enumerated().map { index, factor in
        let model = OuterProductModel(factor)
        let pass = Pass.contractFirst(tensorCount: model.tensorCount, fewestEntries: 1, fewestTerms: 12)
        let program = try GraphProgram(
          "m\(index)_of_\(batch)", compiling: model.graph, tensors: model.tensorCount
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
    let builder = GraphBuilder()
    let (tensor, x) = (builder.parameter("t", .real([7, 12, 5])), builder.parameter("x", .real([12])))
    let stack = builder.loop(trips: 7, descending: false, sequences: [("m", tensor, .real([12, 5]))]) { body, given in
      let product = Product(m: 5, k: 12, n: 1, transposeLeft: true)
      return ([], [body.product(product, given.slices[0], x, .real([5]))])
    }.stacks[0]
    let program = try GraphProgram("p", compiling: builder.finish(results: [stack]))
    let trial = Trial(program, seed: 3, batch: 5, strides: [stride, 12])
    Harness.check([trial], try Harness.run([trial], options: Harness.options(batchThreshold: 1)))
  }
}
