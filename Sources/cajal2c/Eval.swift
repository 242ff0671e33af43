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

  @OptionGroup var settings: SettingOptions

  func run() throws {
    let compilation = try source.compilation()
    try source.run(compilation) { compilation in
      do {
        guard
          let value = try compilation.evaluate(
            program: settings.program, settings: settings.pairs, steps: settings.steps,
            checksHorizon: source.overflow != nil)
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
