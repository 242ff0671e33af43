import ArgumentParser
import CajalEvaluator
import CajalSyntax
import Driver

struct Eval: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Evaluate a program and print its value.",
    discussion: """
      A value is computed with numbers of any size. With --overflow, warn or error, it is also said where the compiled
      program would drop an entry.

      EXAMPLES
        cajal2c eval prog.cajal --program double --set n=3
        cajal2c eval prog.cajal --set f='fun (x : Bool) => x' --set n=2
      """)

  @OptionGroup var source: SourceOptions

  @Option(help: ArgumentHelp("The program to evaluate; needed where the file has several.", valueName: "name"))
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

  func run() throws {
    let settings = set.map { setting in
      let parts = setting.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return (name: parts[0].trimmingSpaces, value: String(parts[1]))
    }
    let compilation = try source.compilation()
    try source.run(compilation) { compilation in
      do {
        guard
          let value = try compilation.evaluate(
            program: program, settings: settings, steps: steps, checksHorizon: source.overflow != nil)
        else { return nil as Void? }
        print(value)
        return ()
      } catch let problem as SettingProblem {
        source.report(problem.diagnostics, in: problem.source)
        return nil
      }
    }
  }
}

extension Substring {
  fileprivate var trimmingSpaces: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
