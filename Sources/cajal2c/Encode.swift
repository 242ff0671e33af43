import ArgumentParser
import CajalSyntax
import Diagnostics
import Driver
import TensorFiles

struct Encode: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print values as the compiled program takes them: the tables of lists and trees.",
    discussion: """
      A table's rows are its nodes in pre-order, the root first: 1 at the constructor, then the fields. With them come
      the nodes: of a list how many rows count, of a tree the children of each row, -1 for none.

      EXAMPLES
        cajal2c encode prog.cajal --set w='Letter true End'
        cajal2c encode prog.cajal --program even --set w=End -o one.safetensors

      A file is for the task files of cajal-train: one sample, its tensors of shape [1, ...].
      """)

  @OptionGroup var source: SourceOptions
  @OptionGroup var settings: SettingOptions

  @Option(help: "The real numbers of the file: float, the default, or double.")
  var real: RealType?

  @Option(
    name: .shortAndLong, help: ArgumentHelp("The file to write instead of JSON.", valueName: "file.safetensors"))
  var output: String?

  func validate() throws {
    if settings.set.isEmpty { throw ValidationError("there is nothing to encode: give a value, as in --set xs=End") }
    if let output, !output.hasSuffix(".safetensors") {
      throw ValidationError("-o takes a file that ends in .safetensors, not `\(output)`")
    }
  }

  func run() throws {
    let compilation = try source.compilation(real: real)
    let realBytes = real == .double ? 8 : 4
    try source.run(compilation) { compilation in
      do {
        guard
          let inputs = try compilation.encode(
            program: settings.program, settings: settings.pairs, steps: settings.steps,
            checksHorizon: source.overflow != nil)
        else { return nil as Void? }
        if let output {
          try writeDurably(inputs.safetensors(realBytes: realBytes), to: output)
        } else {
          print(inputs.json)
        }
        return ()
      } catch let problem as SettingProblem {
        source.report(problem.diagnostics, in: problem.source)
        return nil
      } catch let failure as DurableWriteFailure {
        throw FileProblem(
          diagnostic: Diagnostic(
            .unwritableFile, "\(failure)", at: nil, help: "check that its directory exists and can be written to"))
      }
    }
  }
}
