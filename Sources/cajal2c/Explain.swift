import ArgumentParser
import Diagnostics

struct Explain: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Explain a message by its code; without a code, list all.",
    discussion: """
      EXAMPLE
        cajal2c explain E0103
      """)

  @Argument(help: ArgumentHelp("A code such as E0103.", valueName: "code"))
  var code: String?

  func run() throws {
    guard let code else {
      for code in DiagnosticCode.allCases { print("\(code.rawValue)  \(code.title)") }
      return
    }
    guard let known = DiagnosticCode(rawValue: code.uppercased()) else {
      throw ValidationError("there is no message `\(code)`; `cajal2c explain` lists all codes")
    }
    print(known.explanation)
  }
}
