import Foundation
import TestSupport
import Testing

/// README.md shows nothing that does not happen.
///
/// Its `console` blocks are run in a folder with the programs of Examples/paper and Examples/xor, and with those of
/// its own `cajal` blocks that begin with a comment that names them. Its C program is built with the C of flip.cajal
/// and the runtime's sources, and prints the `text` block below it; other C is calls of this program. What is in Python
/// is run by Python/tests.
@Suite struct ReadmeTests {
  static let blocks = CodeBlock.blocks(of: "README.md")

  static let transcripts = blocks.filter { $0.language == "console" }
    .flatMap { Transcript.read($0.lines, in: "README.md") }

  /// Copies the examples, and writes the programs that the README shows under a name.
  private func withPrograms(_ body: (String) throws -> Void) throws {
    try withScratch { folder in
      for examples in ["paper", "xor"].map({ projectRoot + "/Examples/" + $0 }) {
        for file in try FileManager.default.contentsOfDirectory(atPath: examples) where file.hasSuffix(".cajal") {
          try FileManager.default.copyItem(atPath: examples + "/" + file, toPath: folder + "/" + file)
        }
      }
      for block in Self.blocks where block.language == "cajal" {
        try block.writeProgram(in: folder)
      }
      try body(folder)
    }
  }

  @Test func thereIsSomethingToCheck() {
    #expect(Self.transcripts.count >= 8)
    for block in Self.blocks where block.language == "console" {
      #expect(block.lines.first?.hasPrefix("$ cajal2c ") == true, "\(block.lines.first ?? "")")
    }
  }

  @Test(arguments: transcripts) func printsWhatItSays(_ transcript: Transcript) throws {
    try withPrograms { try transcript.check(in: $0, onTerminal: true) }
  }

  @Test func theClientPrintsWhatItSays() throws {
    let index = try #require(Self.blocks.firstIndex { $0.language == "c" && $0.lines.contains("int main(void) {") })
    let expected = try #require(Self.blocks[index...].first { $0.language == "text" }).lines
    try withPrograms { folder in
      let client = try write(Self.blocks[index].lines.map { $0 + "\n" }.joined(), to: folder + "/client.c")
      let emitted = try run(compilerPath, ["flip.cajal", "--emit-grad", "-o", "flip.c"], directory: folder)
      #expect(emitted.status == 0, "\(emitted.errors)")
      let built = try run(
        "gcc",
        ["-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-I\(projectRoot)/Runtime/include", client, "flip.c"]
          + (try RuntimeObjects.paths()) + ["-o", "client", "-lm"],
        directory: folder)
      #expect(built.status == 0, "\(built.errors)")
      #expect(try run(folder + "/client", []).output == expected.map { $0 + "\n" }.joined())
    }
  }

  @Test func otherCallsInCAreTheClients() throws {
    let blocks = Self.blocks.filter { $0.language == "c" }.map { $0.lines.joined(separator: "\n") }
    let client = try #require(blocks.first { $0.contains("int main(void) {") })
    #expect(blocks.count > 1)
    for block in blocks where block != client {
      for call in block.split(separator: "\n") {
        #expect(client.contains("status = \(call)"), "\(call)")
      }
    }
  }

  @Test(arguments: ["README.md", "docs", "Examples", "Benchmarks"]) func linksLeadSomewhere(_ place: String) throws {
    let inside = FileManager.default.enumerator(atPath: projectRoot + "/" + place)?.allObjects as? [String] ?? []
    let files = place.hasSuffix(".md") ? [place] : inside.filter { $0.hasSuffix(".md") }.map { place + "/" + $0 }
    #expect(!files.isEmpty)
    for file in files {
      let text = try String(contentsOfFile: projectRoot + "/" + file, encoding: .utf8)
      let folder = ((projectRoot + "/" + file) as NSString).deletingLastPathComponent
      for match in text.matches(of: /\]\((?<target>[^)#]+)(#[^)]*)?\)/) {
        let target = String(match.output.target)
        guard !target.contains("://") else { continue }
        #expect(FileManager.default.fileExists(atPath: folder + "/" + target), "\(file) links to \(target)")
      }
    }
  }
}
