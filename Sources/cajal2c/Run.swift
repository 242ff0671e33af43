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

  @Option(help: "How it is written: text, csv or npy; by default what the output's name ends in, else text.")
  var format: TensorFormat?

  @Option(name: .shortAndLong, help: ArgumentHelp("The file to write instead of standard output.", valueName: "file"))
  var output: String?

  private var chosenFormat: TensorFormat {
    format ?? TensorFormat.allCases.first { output?.hasSuffix(".\($0.rawValue)") == true } ?? .text
  }

  func validate() throws {
    if chosenFormat == .npy && output == nil {
      throw ValidationError("npy is no text: give a file to write, as in -o result.npy")
    }
  }

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
      let bytes: [UInt8]
      switch chosenFormat {
      case .text: bytes = Array(result.text.utf8)
      case .csv: bytes = Array(result.csv.utf8)
      case .npy: bytes = result.npy
      }
      try deliver(bytes, to: output)
      return ()
    }
  }
}

/// Writes to a file, or to standard output.
func deliver(_ bytes: [UInt8], to output: String?) throws {
  guard let output else { return print(String(decoding: bytes, as: UTF8.self), terminator: "") }
  do { try writeDurably(bytes, to: output) } catch let failure as DurableWriteFailure {
    throw FileProblem(
      diagnostic: Diagnostic(
        .unwritableFile, "\(failure)", at: nil, help: "check that its directory exists and can be written to"))
  }
}
