import Foundation
import TestSupport
import Testing

/// The commands at the top of every example, with the output that stands under them.
///
///     -- $ cajal2c eval double.cajal --set n=2
///     -- 4
struct Transcript: Sendable, CustomTestStringConvertible {
  let file: String
  let command: String
  let expected: [String]
  var testDescription: String { "\(file): \(command)" }

  static let all: [Transcript] = {
    let root = projectRoot + "/Examples"
    let files = (FileManager.default.enumerator(atPath: root)?.allObjects as? [String] ?? []).sorted()
    return files.filter { $0.hasSuffix(".cajal") }.flatMap { read(root + "/" + $0) }
  }()

  private static func read(_ path: String) -> [Transcript] {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return [] }
    var transcripts: [Transcript] = []
    var command: String?
    var expected: [String] = []
    func finish() {
      if let command { transcripts.append(Transcript(file: path, command: command, expected: expected)) }
      (command, expected) = (nil, [])
    }
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("-- $ ") {
        finish()
        command = String(line.dropFirst(5))
      } else if command != nil, line.hasPrefix("-- ") {
        expected.append(String(line.dropFirst(3)))
      } else {
        finish()
      }
    }
    finish()
    return transcripts
  }
}

@Suite struct ExampleTests {
  @Test(arguments: Transcript.all) func printsWhatItSays(_ transcript: Transcript) throws {
    let folder = (transcript.file as NSString).deletingLastPathComponent
    let script = "cajal2c() { '\(compilerPath)' \"$@\"; }\n\(transcript.command)"
    let result = try run("bash", ["-c", script], directory: folder)
    let expected = transcript.expected.joined(separator: "\n") + "\n"
    #expect(result.output == expected, "\(result.errors)")
    #expect(result.status == 0)
  }

  @Test func everyPaperExampleHasATranscript() throws {
    let folder = projectRoot + "/Examples/paper"
    let files = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".cajal") }
    #expect(!files.isEmpty)
    for file in files {
      #expect(Transcript.all.contains { $0.file == folder + "/" + file }, "\(file) shows no output")
    }
  }
}
