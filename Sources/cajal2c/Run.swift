import ArgumentParser
import CajalSyntax
import Diagnostics
import Driver
import TensorFiles

struct Run: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run a program or a model on vectors, and print its result or its derivative there.",
    discussion: """
      A variable is set to a closed expression, or to the numbers of its vector in brackets: of a Bool, [0.3, 0.7]. A
      model needs its weights, but where every parameter starts from a number of its own. It is interpreted, in
      double precision.

      EXAMPLES
        cajal2c run pools.cajal --program pools --weights run/best.safetensors --set y0='[1, 0, 0]' --set t=0.5
        cajal2c run prog.cajal --set x='[0.5, 0.5]' --jacobian --format csv
      """)

  @OptionGroup var source: SourceOptions

  @OptionGroup var settings: SettingOptions

  @Option(help: ArgumentHelp("The parameters of models, a safetensors file.", valueName: "file"))
  var weights: String?

  @Flag(help: "The derivatives of the result in each variable, at that point.")
  var jacobian = false

  @OptionGroup var output: TensorOutput

  func run() throws {
    try source.run(try source.compilation(weights: weights)) { compilation in
      let result: RunResult
      do {
        guard let found = try compilation.run(settings.program, settings: settings.pairs, isJacobian: jacobian) else {
          return nil as Void?
        }
        result = found
      } catch let problem as SettingProblem {
        source.report(problem.diagnostics, in: problem.source)
        return nil
      }
      if !result.untrained.isEmpty {
        let names = result.untrained.joined(separator: ", ")
        printError(
          "cajal2c: note: \(names) \(result.untrained.count == 1 ? "has the numbers that it starts" : "have the numbers that they start") "
            + "from; --weights FILE gives trained ones")
      }
      try output.deliver(text: result.text, csv: result.csv, npy: result.npy)
      return ()
    }
  }
}
