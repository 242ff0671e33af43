import EmitC
import Foundation
import TestSupport
import Testing

/// Iterations with products for the whole batch, against the interpreter.
@Suite struct IterationTests {
  private static let sanitizers = ["-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
  private static let blas = ["-O2", "-DCAJAL_BLAS", "-Wl,--no-as-needed", "-lopenblas"]

  private func trials(_ seeds: Range<UInt64>) throws -> [Trial] { try seeds.map { try IterationGraph.trial(seed: $0) } }

  /// All products with shared matrices for the batch, some, or none.
  @Test(arguments: [1, 60, 1 << 20]) func agreeWithTheInterpreter(threshold: Int) throws {
    let trials = try trials(0..<40)
    Harness.check(trials, try Harness.run(trials, options: Harness.options(batchThreshold: threshold)))
  }

  @Test func agreeWithOpenBLAS() throws {
    let trials = try trials(200..<230)
    let options = Harness.options(blas: .openblas, batchThreshold: 1)
    Harness.check(trials, try Harness.run(trials, options: options, flags: Self.blas))
  }

  @Test func agreeInSinglePrecision() throws {
    let trials = try trials(300..<325)
    let options = Harness.options(realBytes: 4, batchThreshold: 1)
    Harness.check(
      trials, try Harness.run(trials, options: options, compiler: installed("clang").first ?? "gcc"), tolerance: 1e-4)
  }

  @Test func runCleanUnderSanitizers() throws {
    let trials = try trials(400..<425)
    let options = Harness.options(checkFinite: true, batchThreshold: 1)
    Harness.check(trials, try Harness.run(trials, options: options, flags: Self.sanitizers))
  }

  /// Any graphs, as programs and as models.
  @Test(arguments: [false, true]) func adversarialGraphsAgree(areModels: Bool) throws {
    let trials = try RandomProgramTests.trials(7000..<7040, areModels: areModels)
    Harness.check(trials, try Harness.run(trials, options: Harness.options(batchThreshold: 1)))
  }

  /// A product that adds to a gradient is run where that gradient is wanted, and not where another one is.
  @Test func gradientsOfMatricesHaveTheirOwnCondition() throws {
    var count = 0
    for seed in 0..<UInt64(400) {
      let unit = try IterationGraph.trial(seed: seed).unit
      let (input, size) = unit.model.map { ("parameters", $0.tensors[0].count) } ?? ("input 0", unit.ports[0].size)
      let module = ModuleUnit(programs: [unit], options: Harness.options(batchThreshold: 1))
      let lines = try scheduleText(module).split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
      for (condition, product) in zip(lines, lines.dropFirst()) where condition.hasPrefix("for the batch") {
        guard let target = product.split(separator: "[").first, target.contains("m0_bar."),
          lines.contains("\(target) : real[\(size)] in output 0")
        else { continue }
        count += 1
        #expect(condition == "for the batch when wanted for \(input)", "\(unit.name): \(product)")
      }
    }
    #expect(count > 300)
  }

  /// The generator makes what it is meant to make.
  @Test func areCutInLoops() throws {
    let units = try trials(0..<120).map(\.unit)
    func count(_ text: String) throws -> Int {
      try units.filter { unit in
        let module = ModuleUnit(programs: [unit], options: Harness.options(batchThreshold: 1))
        return try scheduleText(module).contains(text)
      }.count
    }
    #expect(try count("\nall samples together") > 70)
    #expect(try count("\n  all samples together") > 5)
    #expect(try count("pointer to rows") > 40)
    #expect(try count("_rounds") > 20)
  }
}
