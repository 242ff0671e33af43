import Foundation
import TestSupport
import Testing

/// Random programs with declared types and tables, as machine code: what `verify` has to say of each.
///
/// `CAJAL_DATA_OBJECTS` is how many are compiled, where it is not 24.
@Suite struct RandomDataProgramsCompiled {
  private static let programs =
    ProcessInfo.processInfo.environment["CAJAL_DATA_OBJECTS"].flatMap(Int.init) ?? min(24, Property.programs)

  /// Without OpenBLAS, in either precision, with and without vectors for lanes.
  private static func options(seed: UInt64) -> [String] {
    let flags = ["-std=c11", seed / 2 % 2 == 0 ? "-O2" : "-O1"] + (seed / 4 % 2 == 0 ? ["-march=native"] : [])
    return [
      "--real", seed % 2 == 0 ? "float" : "double", "--blas", "none", "--limit", "60", "--seed", "\(seed)",
      "--cflags", (flags + ["-Wall", "-Wextra", "-Wpedantic", "-Werror"]).joined(separator: " "),
    ]
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
