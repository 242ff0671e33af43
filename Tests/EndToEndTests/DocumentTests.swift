import Foundation
import Schedule
import TestSupport
import Testing

/// What the documents say of tests and programs.
@Suite struct DocumentTests {
  private static let correctness = "docs/correctness.md"

  /// The sources of all tests.
  private static let sources: [String] = {
    let paths = FileManager.default.enumerator(atPath: projectRoot + "/Tests")?.allObjects as? [String] ?? []
    return paths.filter { $0.hasSuffix(".swift") }
      .compactMap { try? String(contentsOfFile: projectRoot + "/Tests/" + $0, encoding: .utf8) }
  }()

  /// `Suite/test`, as it stands in a document.
  @Test(arguments: [correctness, "docs/compilers.md", "docs/schedule.md"])
  func testsThatAreNamedExist(_ document: String) throws {
    let text = try String(contentsOfFile: projectRoot + "/" + document, encoding: .utf8)
    let named = text.matches(of: /`(?<suite>[A-Z]\w+(Tests|Properties|Compiled))(\/(?<test>\w+))?`/)
    #expect(!named.isEmpty)
    for match in named {
      let suite = String(match.output.suite)
      let isTarget = FileManager.default.fileExists(atPath: projectRoot + "/Tests/" + suite)
      let holders = Self.sources.filter { $0.contains("struct \(suite) ") }
      #expect(isTarget || !holders.isEmpty, "\(document) names the suite \(suite)")
      guard let test = match.output.test.map({ String($0) }) else { continue }
      #expect(holders.contains { $0.contains("func \(test)(") }, "\(document) names \(suite)/\(test)")
    }
  }

  @Test func theCounterexampleIsOne() throws {
    let blocks = CodeBlock.blocks(of: Self.correctness)
    let transcripts = blocks.filter { $0.language == "console" }
      .flatMap { Transcript.read($0.lines, in: Self.correctness) }
    #expect(!transcripts.isEmpty)
    try withScratch { folder in
      for block in blocks where block.language == "cajal" { try block.writeProgram(in: folder) }
      for transcript in transcripts { try transcript.check(in: folder, onTerminal: true) }
    }
  }

  private static let scheduleTranscripts = CodeBlock.blocks(of: "docs/schedule.md")
    .filter { $0.language == "console" }.flatMap { Transcript.read($0.lines, in: "docs/schedule.md") }

  /// The program that is carried through the schedule.
  @Test(arguments: scheduleTranscripts) func theSchedulePrintsWhatItSays(_ transcript: Transcript) throws {
    try transcript.check(in: projectRoot + "/Examples/paper")
  }

  @Test func everyPassOfTheScheduleIsShown() throws {
    let text = try String(contentsOfFile: projectRoot + "/docs/schedule.md", encoding: .utf8)
    for pass in SchedulePipeline.names { #expect(text.contains(pass), "\(pass)") }
  }

  /// What findings/README.md says of its scripts.
  @Test func findingsHaveTheirForm() throws {
    let folder = projectRoot + "/findings"
    let scripts = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".sh") }
    #expect(!scripts.isEmpty)
    for script in scripts {
      let text = try String(contentsOfFile: folder + "/" + script, encoding: .utf8)
      let lines = text.split(separator: "\n")
      #expect(lines.count > 1 && lines[0].hasPrefix("#!") && lines[1].hasPrefix("# "), "\(script)")
      #expect(text.contains("mktemp"), "\(script)")
      #expect(!text.lowercased().contains("cajal"), "\(script)")
      #expect(FileManager.default.isExecutableFile(atPath: folder + "/" + script), "\(script)")
    }
  }
}
