import EmitC
import Foundation
import TestSupport
import Testing

/// Iterations with products for the whole batch, against the interpreter.
@Suite struct IterationTests {
  private static let blas = ["-O2", "-DCAJAL_BLAS", "-Wl,--no-as-needed", "-lopenblas"]

  private func trials(_ seeds: Range<UInt64>) throws -> [Trial] { try seeds.map { try Trial.iteration(seed: $0) } }

  /// All products with shared matrices for the batch, some, or none.
  @Test(arguments: [1, 60, 1 << 20]) func agreeWithTheInterpreter(threshold: Int) throws {
    let trials = try trials(0..<20)
    Harness.check(trials, try Harness.run(trials, options: Harness.options(batchThreshold: threshold)))
  }

  @Test func agreeWithOpenBLAS() throws {
    let trials = try trials(200..<215)
    let options = Harness.options(blas: .openblas, batchThreshold: 1)
    Harness.check(trials, try Harness.run(trials, options: options, flags: Self.blas))
  }

  @Test func agreeInSinglePrecision() throws {
    let trials = try trials(300..<312)
    let options = Harness.options(realBytes: 4, batchThreshold: 1)
    Harness.check(
      trials, try Harness.run(trials, options: options, compiler: installed("clang").first ?? "gcc"), tolerance: 1e-4)
  }

  @Test func runCleanUnderSanitizers() throws {
    let trials = try trials(400..<412)
    let options = Harness.options(checkFinite: true, batchThreshold: 1)
    Harness.check(trials, try Harness.run(trials, options: options, flags: Harness.sanitizers))
  }

  /// Any graphs, as programs and as models.
  @Test(arguments: [false, true]) func adversarialGraphsAgree(areModels: Bool) throws {
    let trials = try RandomProgramTests.trials(7000..<7020, areModels: areModels)
    Harness.check(trials, try Harness.run(trials, options: Harness.options(batchThreshold: 1)))
  }
}
