import TestSupport
import Testing

/// Emitted C against the interpreter, over seeded random graphs.
@Suite struct RandomProgramTests {
  static func trials(_ seeds: Range<UInt64>, areModels: Bool = false) throws -> [Trial] {
    try seeds.map { try Trial.adversarial(seed: $0, asModel: areModels) }
  }

  @Test(arguments: 0..<6) func agreesWithTheInterpreter(group: UInt64) throws {
    let trials = try Self.trials((group * 50)..<(group * 50 + 50))
    Harness.check(trials, try Harness.run(trials, options: Harness.options(lanes: group % 2 == 0)))
  }

  @Test func runsCleanUnderSanitizers() throws {
    let trials = try Self.trials(1000..<1030)
    let flags = ["-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
    Harness.check(trials, try Harness.run(trials, options: Harness.options(lanes: false), flags: flags))
  }
}
