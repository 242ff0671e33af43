import Foundation
import TestSupport
import Testing

/// The commands at the top of every example, with the output that stands under them.
///
///     -- $ cajal2c eval double.cajal --set n=2
///     -- 4
@Suite struct ExampleTests {
  static let transcripts: [Transcript] = {
    let root = projectRoot + "/Examples"
    let files = (FileManager.default.enumerator(atPath: root)?.allObjects as? [String] ?? []).sorted()
    return files.filter { $0.hasSuffix(".cajal") }.flatMap { read(root + "/" + $0) }
  }()

  /// A block is what stands between lines that are no comment, or an empty one.
  private static func read(_ path: String) -> [Transcript] {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return [] }
    let blocks = text.split(separator: "\n", omittingEmptySubsequences: false).split { !$0.hasPrefix("-- ") }
    return blocks.flatMap { block in Transcript.read(block.map { String($0.dropFirst(3)) }, in: path) }
  }

  @Test(arguments: transcripts) func printsWhatItSays(_ transcript: Transcript) throws {
    try transcript.check(in: (transcript.file as NSString).deletingLastPathComponent)
  }

  @Test func everyPaperExampleHasATranscript() throws {
    let folder = projectRoot + "/Examples/paper"
    let files = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".cajal") }
    #expect(!files.isEmpty)
    for file in files {
      #expect(Self.transcripts.contains { $0.file == folder + "/" + file }, "\(file) shows no output")
    }
  }
}
