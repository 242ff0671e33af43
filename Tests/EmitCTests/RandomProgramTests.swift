import EmitC
import LinearMaps
import TestSupport
import Testing

/// Emitted C against the interpreter, over seeded random graphs.
@Suite struct RandomProgramTests {
  /// A forward graph with residuals, and a backward graph that is any graph of the right shape.
  ///
  /// - Parameter tensors: the unit is a model, and at most as many of its parameters are tensors.
  static func unit(seed: UInt64, tensors: Int? = nil) -> ProgramUnit {
    var random = SplitMix(seed: seed)
    let ports = AdversarialGraph.parameters(&random, count: random.below(4))
    let sizes = (0...random.below(4)).map { _ in [1, 2, 3, 5, 18, 21][random.below(6)] }
    let forward = AdversarialGraph.make(seed: seed, parameters: ports, results: sizes)
    let residuals = sizes.dropFirst().map { Parameter(name: "kept", space: .real([$0])) }
    let backward = AdversarialGraph.make(
      seed: seed ^ 0xBAC, parameters: ports + residuals + [Parameter(name: "out_bar", space: .real([sizes[0]]))],
      results: ports.map(\.space.dimension))
    return Harness.unit(
      "p\(seed)", forward, backward, tensors: tensors.map { min($0, ports.count) }, comment: ["seed \(seed)"])
  }

  static func trials(_ seeds: Range<UInt64>, areModels: Bool = false) throws -> [Trial] {
    try seeds.map { seed in
      let unit = unit(seed: seed, tensors: areModels ? Int(seed % 4) : nil)
      try unit.forward.verify()
      try unit.backward?.verify()
      return Harness.trial(unit, seed: seed, batch: areModels ? [1, 2, 7][Int(seed / 4 % 3)] : 3)
    }
  }

  @Test(arguments: 0..<8) func agreesWithTheInterpreter(group: UInt64) throws {
    let trials = try Self.trials((group * 50)..<(group * 50 + 50))
    Harness.check(trials, try Harness.run(trials, options: Harness.options(lanes: group % 2 == 0)))
  }

  @Test func runsCleanUnderSanitizers() throws {
    let trials = try Self.trials(1000..<1050)
    let flags = ["-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
    Harness.check(trials, try Harness.run(trials, options: Harness.options(lanes: false), flags: flags))
  }
}
