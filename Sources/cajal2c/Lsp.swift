import ArgumentParser
import Foundation
import LanguageServer

struct Lsp: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Serve an editor by the Language Server Protocol.",
    discussion: """
      The editor starts it, and speaks to it by standard input and output. docs/editors.md says how to set up an editor.

      EXAMPLE
        cajal2c lsp
      """)

  @Flag(help: "Speak by standard input and output, which is what is done anyway: some editors ask for it.")
  var stdio = false

  func run() throws {
    let compiler = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path
    throw ExitCode(serve(compiler: compiler))
  }
}
