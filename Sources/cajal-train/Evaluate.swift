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

      Without --weights those that are embedded in the module are used.
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var data: DataOptions

  @Option(help: "The loss. By default l1, and cross-entropy for tasks with a choice.")
  var loss: Loss?

  @Option(help: ArgumentHelp("The weights.", valueName: "file.safetensors"))
  var weights: String?

  @Option(help: ArgumentHelp("On which samples.", valueName: "part"))
  var set = Dataset.Part.test

  @Option(
    help: ArgumentHelp("Save outputs here: .npy, or .safetensors with inputs and targets.", valueName: "file"))
  var saveOutputs: String?

  @Option(help: ArgumentHelp("The samples whose outputs are saved, counted from 0.", valueName: "N,N,…"))
  var images: NumberList?

  func validate() throws {
    if let saveOutputs, !saveOutputs.hasSuffix(".npy"), !saveOutputs.hasSuffix(".safetensors") {
      throw ValidationError("--save-outputs takes a file that ends in .npy or .safetensors, not `\(saveOutputs)`")
    }
  }

  func run() throws {
    let loss = loss ?? usualLoss(data.task)
    var settings = EvaluationSettings(modelPath: model.module, dataFolder: data.data, task: data.task, loss: loss)
    settings.modelName = model.model
    settings.part = set
    settings.weightsPath = weights
    settings.threads = data.threads
    settings.limit = set == .test ? data.testImages : data.trainImages
    settings.outputsPath = saveOutputs
    settings.outputSamples = images?.numbers ?? Array(0..<10)
    let measures = try evaluate(settings)
    let isClassification = data.task.isClassification(loss)
    print(Measures.csvHeader(isClassification: isClassification))
    print(measures.csv(isClassification: isClassification))
  }
}
