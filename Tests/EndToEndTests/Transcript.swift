import Foundation
import TestSupport
import Testing

/// A command as a reader sees it, with the output that stands under it.
///
///     $ cajal2c eval double.cajal --set n=2
///     4
struct Transcript: Sendable, CustomTestStringConvertible {
  let file: String
  let command: String
  let expected: [String]
  var testDescription: String { "\(file): \(command)" }

  /// The transcripts in a block of lines; lines before the first command are text about it.
  static func read(_ lines: [String], in file: String) -> [Transcript] {
    let starts = lines.indices.filter { lines[$0].hasPrefix("$ ") }
    return zip(starts, starts.dropFirst() + [lines.endIndex]).map { start, end in
      Transcript(file: file, command: String(lines[start].dropFirst(2)), expected: Array(lines[start + 1..<end]))
    }
  }

  /// Runs the command by a shell and compares what it prints.
  /// - Parameter onTerminal: messages count as output, as they do for a reader, and a command that shows an error ends
  ///   with code 1.
  func check(in folder: String, onTerminal: Bool = false) throws {
    let script = "cajal2c() { '\(compilerPath)' \"$@\"; }\n\(onTerminal ? "exec 2>&1\n" : "")\(command)"
    let environment = ["CAJAL_RUNTIME": projectRoot + "/Runtime"]
    let result = try run("bash", ["-c", script], directory: folder, environment: environment)
    #expect(result.output == expected.map { $0 + "\n" }.joined(), "\(result.errors)")
    let showsError = onTerminal && expected.contains { $0.hasPrefix("error[") }
    #expect(result.status == (showsError ? 1 : 0))
  }
}
