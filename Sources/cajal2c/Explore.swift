import ArgumentParser
import Driver
import Exploring

struct Explore: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write a page for a browser that shows a file, and what its programs and models become.",
    discussion: """
      The page has all that it needs in itself: the source with what `check` says of each name, the C beside it, the
      graph of every program with its adjoint, matrices, and programs that run in the page. With the folder of a run of
      cajal-train it also shows how the model learnt: losses by steps, the weights of first layers, and outputs at the
      snapshots.

      EXAMPLES
        cajal2c explore prog.cajal -o prog.html
        cajal2c explore model.cajal -o model.html --weights run/best.safetensors
        cajal2c explore model.cajal -o model.html --run runs/blur
      """)

  @OptionGroup var source: SourceOptions

  @Option(name: .shortAndLong, help: ArgumentHelp("The page to write.", valueName: "page.html"))
  var output: String

  @Option(help: ArgumentHelp("The parameters of models to show, a safetensors file.", valueName: "file"))
  var weights: String?

  @Option(
    name: .customLong("run"),
    help: ArgumentHelp(
      "A run of one of the models, the folder of cajal-train's --out; its parameters are shown, unless --weights names "
        + "others.",
      valueName: "folder"))
  var trainingRun: String?

  func validate() throws {
    guard output.hasSuffix(".html") else {
      throw ValidationError("-o takes a file that ends in .html, not `\(output)`")
    }
    if source.isFile(output) { throw ValidationError("-o \(output) would overwrite the source \(source.file)") }
  }

  func run() throws {
    try source.run(try source.compilation(gradients: true, weights: weights)) { compilation in
      guard let page = try PageModel(compilation, run: trainingRun) else { return nil as Void? }
      try writeAtomically([(output, try page.html())])
      return ()
    }
  }
}
