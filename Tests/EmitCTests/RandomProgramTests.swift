import TestSupport
import Testing

/// Emitted C against the interpreter, over seeded random graphs.
@Suite struct RandomProgramTests {
  static func trials(_ seeds: Range<UInt64>, areModels: Bool = false) throws -> [Trial] {
    try seeds.map { try Trial.adversarial(seed: $0, asModel: areModels) }
  }

  @Test(arguments: 0..<4) func agreesWithTheInterpreter(group: UInt64) throws {
    let trials = try Self.trials((group * 50)..<(group * 50 + 50))
    Harness.check(trials, try Harness.run(trials, options: Harness.options(lanes: group % 2 == 0)))
  }

  @Test func runsCleanUnderSanitizers() throws {
    let trials = try Self.trials(1000..<1015)
    Harness.check(trials, try Harness.run(trials, options: Harness.options(lanes: false), flags: Harness.sanitizers))
  }
}
