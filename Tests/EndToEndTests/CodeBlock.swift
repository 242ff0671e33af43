import Foundation
import TestSupport

/// A fenced block of a document.
struct CodeBlock {
  let language: String
  let lines: [String]

  /// - Parameter document: its path from the project's root.
  static func blocks(of document: String) -> [CodeBlock] {
    let text = (try? String(contentsOfFile: projectRoot + "/" + document, encoding: .utf8)) ?? ""
    var blocks: [CodeBlock] = []
    var open: (language: String, lines: [String])?
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
      if let block = open {
        if line == "```" {
          blocks.append(CodeBlock(language: block.language, lines: block.lines))
          open = nil
        } else {
          open = (block.language, block.lines + [line])
        }
      } else if line.hasPrefix("```") {
        open = (String(line.dropFirst(3)), [])
      }
    }
    return blocks
  }

  /// Writes a program that begins with a comment that names its file.
  func writeProgram(in folder: String) throws {
    guard let name = lines.first, name.hasPrefix("-- "), name.hasSuffix(".cajal") else { return }
    try write(lines.map { $0 + "\n" }.joined(), to: folder + "/" + name.dropFirst(3))
  }
}
