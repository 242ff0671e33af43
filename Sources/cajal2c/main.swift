import ArgumentParser
import Driver
import Foundation

// Exit codes: 0 fine, 1 errors in the program, 2 wrong usage, 70 a bug in the compiler.
reportCrashesAsInternalErrors()
let code = withDeepStack { () -> Int32 in
  useSignalStack()
  do {
    try checkFirstArgument(Array(CommandLine.arguments.dropFirst()))
    var command = try Cajal2c.parseAsRoot()
    try command.run()
    return 0
  } catch let exit as ExitCode {
    return exit.rawValue
  } catch {
    let text = Cajal2c.fullMessage(for: error)
    if Cajal2c.exitCode(for: error) == .success {
      print(text)
      return 0
    }
    printError(text)
    return 2
  }
}
exit(code)
