import Foundation
import TestSupport
import Testing

/// What each stage prints for small programs, and what the compiler says of wrong ones. `CAJAL_UPDATE_GOLDENS=1`
/// writes the files anew.
@Suite struct GoldenTests {
  static let stages = ["ast", "judgement", "graph", "adjoint", "schedule", "c", "header", "manifest"]
  static let programs = ["paper/flip", "paper/neurons", "paper/church", "paper/convolution"]

  @Test(arguments: programs, stages) func stagePrintsItsGolden(program: String, stage: String) throws {
    let result = try cajal2c(
      "Examples/\(program).cajal", "--emit", stage, "--emit-grad", directory: projectRoot)
    #expect(result.status == 0, "\(result.errors)")
    let name = (program as NSString).lastPathComponent
    let difference = Golden("stages/\(name).\(stage)").difference(from: result.output)
    #expect(difference == nil, "\(difference ?? "")")
  }

  /// Tests/Goldens/diagnostics/NAME.cajal, with flags in a first line `-- flags: …`, and the messages in NAME.txt.
  static let wrongPrograms: [String] = {
    let folder = projectRoot + "/Tests/Goldens/diagnostics"
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return files.filter { $0.hasSuffix(".cajal") }.sorted()
  }()

  @Test(arguments: wrongPrograms) func wrongProgramHasItsMessages(file: String) throws {
    let folder = projectRoot + "/Tests/Goldens/diagnostics"
    let text = try String(contentsOfFile: folder + "/" + file, encoding: .utf8)
    let first = text.split(separator: "\n", maxSplits: 1)[0]
    let flags = first.hasPrefix("-- flags: ") ? first.dropFirst(10).split(separator: " ").map(String.init) : []
    let result = try run(compilerPath, ["check", file] + flags, directory: folder, environment: ["NO_COLOR": "1"])
    #expect(result.status == (result.errors.contains("error[") ? 1 : 0))
    let name = (file as NSString).deletingPathExtension
    let difference = Golden("diagnostics/\(name).txt").difference(from: result.errors)
    #expect(difference == nil, "\(difference ?? "")")
  }

  @Test func thereAreWrongPrograms() { #expect(Self.wrongPrograms.count >= 20) }
}
