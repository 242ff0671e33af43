import ArgumentParser
import CajalEvaluator

/// What the commands take that evaluate values of a program's variables.
struct SettingOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The program; needed where the file has several.", valueName: "name"))
  var program: String?

  @Option(help: ArgumentHelp("A value for a variable of the context: a closed expression.", valueName: "name=value"))
  var set: [String] = []

  @Option(parsing: .unconditional, help: ArgumentHelp("How many steps evaluation may take.", valueName: "N"))
  var steps = Evaluator.defaultStepLimit

  func validate() throws {
    if steps < 1 { throw ValidationError("--steps takes a number above 0, not \(steps)") }
    for setting in set where !setting.contains("=") {
      throw ValidationError("--set takes a name and a value, as in --set n=3, not `\(setting)`")
    }
  }

  var pairs: [(name: String, value: String)] {
    self.set.map { setting in
      let parts = setting.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return (name: parts[0].trimmingSpaces, value: String(parts[1]))
    }
  }
}

extension Substring {
  fileprivate var trimmingSpaces: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
