import ArgumentParser
import Training

struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure a model, and save outputs.",
    discussion: """
      EXAMPLES
        cajal-train evaluate blur.so --data DIR --task blur \\
          --weights runs/blur/model.safetensors
        cajal-train evaluate blur.so --data DIR --task blur \\
          --save-outputs rows.npy --images 0,1,2
        cajal-train evaluate decay.so --data outside.csv --loss mse \\
          --weights runs/decay/best.safetensors

      Without --weights those that are embedded in the module are used. Measures
      go to standard output; of how many samples outputs were saved, to standard
      error.
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var data: DataOptions

  @Option(help: "The loss. By default that of the task: l1, cross-entropy, nll or mse.")
  var loss: Loss?

  @Option(help: ArgumentHelp("The weights.", valueName: "file.safetensors"))
  var weights: String?

  @Option(help: ArgumentHelp("On which samples.", valueName: "part"))
  var set = Dataset.Part.test

  @Option(
    help: ArgumentHelp("Save outputs here: .npy, or .safetensors with inputs and targets.", valueName: "file"))
  var saveOutputs: String?

  @Option(
    help: ArgumentHelp(
      "The samples whose outputs are saved, counted from 0; by default all that are measured.",
      valueName: "N,N,…|all"))
  var images: Selection?

  func validate() throws {
    if let saveOutputs, !saveOutputs.hasSuffix(".npy"), !saveOutputs.hasSuffix(".safetensors") {
      throw ValidationError("--save-outputs takes a file that ends in .npy or .safetensors, not `\(saveOutputs)`")
    }
    if images != nil, saveOutputs == nil { throw ValidationError("--images needs --save-outputs") }
  }

  func run() throws {
    let loss = loss ?? data.task.usualLoss
    var settings = EvaluationSettings(modelPath: model.module, dataFolder: data.data, task: data.task, loss: loss)
    settings.data = data.source
    settings.modelName = model.model
    settings.part = set
    settings.weightsPath = weights
    settings.threads = data.threads
    settings.limit = set == .test ? data.testImages : data.trainImages
    settings.outputsPath = saveOutputs
    if case .some(let numbers)? = images { settings.outputSamples = numbers }
    let measures = try evaluate(settings)
    if let saveOutputs {
      let count = settings.outputSamples?.count ?? measures.count
      printError("cajal-train: saved the outputs of \(count) of \(measures.count) samples in \(saveOutputs)")
    }
    let kind = data.task.measured(by: loss)
    printLine(Measures.csvHeader(kind))
    printLine(measures.csv(kind))
  }
}
