import ArgumentParser
import TensorFiles
import Training

struct Predict: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Apply a model to inputs.",
    discussion: """
      EXAMPLES
        cajal-train predict decay.so --data inputs.csv \\
          --weights runs/decay/best.safetensors -o outputs.csv
        cajal-train predict decay.so --data inputs.npz -o outputs.npy

      The file has the inputs of the samples, as for training; targets need not
      be there and are not looked at. The results of all samples are written, in
      their order; as CSV, a sample a row, to standard output by default.
      Without --weights those that are embedded in the module are used.
      """)

  @OptionGroup var model: ModelOptions

  @Option(help: ArgumentHelp("The inputs: .csv, .npz or .safetensors.", valueName: "file"))
  var data: String

  @Option(help: ArgumentHelp("The weights.", valueName: "file.safetensors"))
  var weights: String?

  @Option(name: .shortAndLong, help: ArgumentHelp("Where results go: .csv or .npy.", valueName: "file"))
  var output: String?

  @Option(parsing: .unconditional, help: ArgumentHelp("Threads; the result does not depend on them.", valueName: "N"))
  var threads = availableProcessors()

  func validate() throws {
    try require(threads, "--threads", from: 1, to: 1024)
    if let output, !output.hasSuffix(".csv"), !output.hasSuffix(".npy") {
      throw ValidationError("--output takes a file that ends in .csv or .npy, not `\(output)`")
    }
  }

  func run() throws {
    var settings = PredictionSettings(modelPath: model.module, inputsPath: data)
    settings.modelName = model.model
    settings.weightsPath = weights
    settings.threads = threads
    let predictions = try predict(settings)
    guard let output else {
      printLine(String(predictions.csv.dropLast()))
      return
    }
    try writeDurably(output.hasSuffix(".npy") ? predictions.npy : Array(predictions.csv.utf8), to: output)
    printError("cajal-train: wrote the results of \(predictions.count) samples to \(output)")
  }
}
