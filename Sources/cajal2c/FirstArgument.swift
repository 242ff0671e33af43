import ArgumentParser
import Diagnostics
import Foundation

/// The first argument is a command, an option, or the file to compile. Throws where it is a word that is none of these,
/// before anything else is said about the command line.
func checkFirstArgument(_ arguments: [String]) throws {
  let commands = Cajal2c.configuration.subcommands.map { $0._commandName } + ["help"]
  guard let first = arguments.first, !first.isEmpty, !first.hasPrefix("-"), !commands.contains(first),
    !first.contains(where: { $0 == "." || $0 == "/" }), !FileManager.default.fileExists(atPath: first)
  else { return }
  let source = "\(first).cajal"
  let help: String
  if let command = suggestion(for: first, among: commands) {
    help = "did you mean `\(command)`?"
  } else if FileManager.default.fileExists(atPath: source) {
    help = "did you mean `\(source)`?"
  } else {
    help = "the commands are \(commands.joined(separator: ", "))"
  }
  throw ValidationError("`\(first)` is neither a command nor a file; \(help)")
}
