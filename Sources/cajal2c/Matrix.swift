import ArgumentParser
import Diagnostics
import Driver
import TensorFiles

struct Matrix: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print the matrix of a linear program, or the tensor of a multilinear one.",
    discussion: """
      Rows are the basis of the result. Columns are the basis of the last variable (of the result's last argument,
      where the result is a function); with more variables there is a block for each choice of the others.

      EXAMPLES
        cajal2c matrix prog.cajal --program not
        cajal2c matrix prog.cajal --program flip --format csv
        cajal2c matrix prog.cajal --program flip -o flip.npy
      """)

  @OptionGroup var source: SourceOptions

  @Option(help: ArgumentHelp("The program; needed where the file has several.", valueName: "name"))
  var program: String?

  @Option(help: "How it is written: text, csv or npy; by default what the output's name ends in, else text.")
  var format: TensorFormat?

  @Option(name: .shortAndLong, help: ArgumentHelp("The file to write instead of standard output.", valueName: "file"))
  var output: String?

  private var chosenFormat: TensorFormat {
    format ?? TensorFormat.allCases.first { output?.hasSuffix(".\($0.rawValue)") == true } ?? .text
  }

  func validate() throws {
    if chosenFormat == .npy && output == nil {
      throw ValidationError("npy is no text: give a file to write, as in -o \(program ?? "program").npy")
    }
  }

  func run() throws {
    try source.run(try source.compilation()) { compilation in
      guard let tensor = try compilation.tensor(of: program) else { return nil as Void? }
      let bytes: [UInt8]
      switch chosenFormat {
      case .text: bytes = Array(tensor.text.utf8)
      case .csv: bytes = Array(tensor.csv.utf8)
      case .npy: bytes = tensor.npy
      }
      try deliver(bytes, to: output)
      return ()
    }
  }
}

extension TensorFormat: ExpressibleByArgument {}
