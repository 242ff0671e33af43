import ArgumentParser
import Diagnostics
import Driver
import Formatting
import Foundation

struct Fmt: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Format files in the one style that there is.",
    discussion: """
      Spaces, indentation and empty lines are set, and lines above 120 characters are broken; tokens, comments and the
      line breaks that are there stay. A file with errors is left as it is.

      EXAMPLES
        cajal2c fmt prog.cajal other.cajal       write them anew
        cajal2c fmt --check prog.cajal           print its name, and exit with 1, if it is not formatted
        cajal2c fmt - < prog.cajal               from the standard input to the standard output
      """)

  @Argument(help: ArgumentHelp("The .cajal files; - is the standard input.", valueName: "file"))
  var files: [String]

  @Flag(help: "Write nothing; print the names of files that are not formatted, and exit with 1 if there are any.")
  var check = false

  @Option(help: ArgumentHelp("How messages are written: text, or json with one object a line.", valueName: "format"))
  var diagnostics = DiagnosticFormat.text

  private static let input = "-"

  func run() throws {
    var isFine = true
    for file in files where try !format(file) { isFine = false }
    if !isFine { throw ExitCode(1) }
  }

  /// Whether there is nothing to complain of.
  private func format(_ file: String) throws -> Bool {
    var messages = Diagnostics()
    let source: Source
    do {
      source = try Source.read(path: file == Self.input ? "/dev/stdin" : file).named(file)
    } catch let problem as FileProblem {
      messages.add(problem.diagnostic)
      diagnostics.report(messages, in: Source(name: file, text: ""))
      return false
    }
    let text: String?
    do { text = try Formatting.format(source, diagnostics: &messages) } catch let fault as FormattingFault {
      printError(
        "cajal2c: internal error: \(fault)\nThis is a bug in the compiler; nothing was written. Please report it.")
      throw ExitCode(70)
    }
    diagnostics.report(messages, in: source)
    guard let text else { return false }
    let isFormatted = source.bytes.elementsEqual(text.utf8)
    if check {
      if !isFormatted { print(file == Self.input ? "<standard input>" : file) }
      return isFormatted
    }
    if file == Self.input {
      print(text, terminator: "")
    } else if !isFormatted {
      return write(text, to: file)
    }
    return true
  }

  private func write(_ text: String, to file: String) -> Bool {
    do {
      // A link stays one.
      let place = URL(fileURLWithPath: file).resolvingSymlinksInPath().path
      try writeAtomically([(place, text)], keepingPermissions: true)
      return true
    } catch {
      var messages = Diagnostics()
      if let problem = error as? FileProblem { messages.add(problem.diagnostic) }
      diagnostics.report(messages, in: Source(name: file, text: ""))
      return false
    }
  }
}

extension Source {
  fileprivate func named(_ name: String) -> Source { Source(name: name, bytes: bytes) }
}
