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

  @OptionGroup var output: TensorOutput

  func run() throws {
    try source.run(try source.compilation()) { compilation in
      guard let tensor = try compilation.tensor(of: program) else { return nil as Void? }
      try output.deliver(text: tensor.text, csv: tensor.csv, npy: tensor.npy)
      return ()
    }
  }
}
