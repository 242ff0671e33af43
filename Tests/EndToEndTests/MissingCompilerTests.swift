import Foundation
import TestSupport
import Testing

/// A C compiler that cannot be started is reported in the system's words.
@Suite struct MissingCompilerTests {
  @Test(arguments: [("/nowhere/cc", "No such file or directory"), ("/dev/null", "Permission denied")])
  func isNamed(compiler: String, reason: String) throws {
    let result = try run(
      compilerPath, ["verify", "Examples/paper/flip.cajal"],
      environment: ["NO_COLOR": "1", "CC": compiler, "CAJAL_RUNTIME": projectRoot + "/Runtime"])
    #expect(result.status != 0 && result.status != 70)
    #expect(result.errors.contains(compiler) && result.errors.contains(reason), "\(result.errors)")
    #expect(!result.errors.contains("NSCocoa"), "\(result.errors)")
  }
}
