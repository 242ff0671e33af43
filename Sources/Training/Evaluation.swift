import Foundation
import TensorFiles

/// What the evaluation of a model is asked for.
public struct EvaluationSettings: Sendable {
  public var modelPath: String
  public var modelName: String?
  public var data: DataSource
  public var task: LearningTask
  public var loss: Loss
  public var part = Dataset.Part.test
  /// nil: the weights that are embedded in the module.
  public var weightsPath: String?
  public var threads = 1
  /// How many samples to use, the first ones; nil: all.
  public var limit: Int?
  /// Where to save outputs, `.npy` or `.safetensors`.
  public var outputsPath: String?
  /// Of which samples; nil: of all that were measured.
  public var outputSamples: [Int]?

  public init(modelPath: String, dataFolder: String, task: LearningTask, loss: Loss) {
    self.modelPath = modelPath
    data = DataSource(dataFolder)
    self.task = task
    self.loss = loss
  }
}

/// Measures a model on a task's samples, and saves outputs where the settings say so.
public func evaluate(_ settings: EvaluationSettings) throws -> Measures {
  let library = try ModelLibrary(path: settings.modelPath)
  let model = try library.model(named: settings.modelName)
  defer { withExtendedLifetime(library) {} }
  switch model.realBytes {
  case 4: return try evaluate(settings, model, Float.self)
  default: return try evaluate(settings, model, Double.self)
  }
}

private func evaluate<Real: TrainingReal>(
  _ settings: EvaluationSettings, _ model: Model, _ real: Real.Type
) throws -> Measures {
  let workers = Workers(threads: settings.threads)
  let parameters: Buffer<Real> = try Initialisation.parameters(of: model, weightsPath: settings.weightsPath)
  let samples: Samples<Real>? = try loadSamples(
    settings.task, settings.data.alone, settings.part, model, limit: settings.limit, loss: settings.loss, workers)
  guard let samples else { throw TrainingError("there are no test samples in \(settings.data.path)") }
  let evaluator = try Evaluator(model, samples, loss: settings.loss, workers: workers)
  let measures = try evaluator.evaluate(parameters)
  if let path = settings.outputsPath {
    let chosen = settings.outputSamples ?? Array(0..<samples.count)
    if let sample = chosen.first(where: { !(0..<samples.count).contains($0) }) {
      throw TrainingError("there is no sample \(sample) to save: there are \(samples.count)")
    }
    try save(try evaluator.outputs(parameters, of: chosen), of: chosen, samples, model, to: path)
  }
  return measures
}

/// Writes outputs of samples: as `.npy`, or as safetensors with the samples' inputs and targets.
func save<Real: TrainingReal>(
  _ outputs: [Real], of chosen: [Int], _ samples: Samples<Real>, _ model: Model, to path: String
) throws {
  let shape = [chosen.count] + model.output.shape
  if path.hasSuffix(".npy") {
    try writeDurably(NumpyFile.bytes(outputs, shape: shape), to: path)
    return
  }
  var tensors = [
    Tensor("output", shape: shape, values: outputs),
    Tensor("target", shape: shape, values: samples.target.values(of: chosen)),
  ]
  for (port, column) in zip(model.inputs, samples.inputs) {
    let (name, shape) = ("input.\(port.name)", [chosen.count] + port.shape)
    switch column {
    case .reals(let column): tensors.append(Tensor(name, shape: shape, values: column.values(of: chosen)))
    case .nodes(let column): tensors.append(Tensor(name, shape: shape, values: column.values(of: chosen)))
    }
  }
  try TensorFile(tensors: tensors).write(to: path)
}
