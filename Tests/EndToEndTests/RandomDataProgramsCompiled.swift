import Foundation
import TestSupport
import Testing

/// Random programs with declared types and tables, as machine code: what `verify` has to say of each.
///
/// `CAJAL_DATA_OBJECTS` is how many are compiled, where it is not 12.
@Suite struct RandomDataProgramsCompiled {
  private static let programs =
    ProcessInfo.processInfo.environment["CAJAL_DATA_OBJECTS"].flatMap(Int.init) ?? min(12, Property.programs)

  /// Without OpenBLAS, in either precision.
  private static func options(seed: UInt64) -> [String] {
    ["--real", seed % 2 == 0 ? "float" : "double", "--blas", "none", "--limit", "60", "--seed", "\(seed)"]
  }

  @Test(arguments: [false, true]) func theirObjectsAreVerified(reals: Bool) {
    var generated = ProgramGenerator.Options(reals: reals)
    generated.hasData = true
    generated.size = 16
    generated.horizons = [2, 3]
    let share = Double(Self.programs) / 2 / Double(Property.programs)
    let property = Property("theirObjectsAreVerified", generated, share: share) { program, _ in
      let seed = program.program.seed
      try withScratch { folder in
        let file = try write(program.text, to: folder + "/p.cajal")
        // A program that is exported may need a matrix that the one under test does not.
        guard try run(compilerPath, [file, "-o", folder + "/p.c", "--emit-grad"]).status == 0 else {
          throw Discarded("refused")
        }
        let result = try run(compilerPath, ["verify", file] + Self.options(seed: seed), environment: ["NO_COLOR": "1"])
        if result.status != 0 { throw Falsified("verify", result.output + result.errors) }
      }
    }
    let report = property.run()
    if let failure = report.failure { Issue.record("\(failure)") }
    #expect(report.held > 0 || Self.programs < 10, "\(report.discarded)")
  }
}
