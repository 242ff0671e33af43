import TensorFiles

/// What a model is to be applied to.
public struct PredictionSettings: Sendable {
  public var modelPath: String
  public var modelName: String?
  /// A file of inputs; targets in it are not looked at.
  public var inputsPath: String
  /// nil: the weights that are embedded in the module.
  public var weightsPath: String?
  public var threads = 1

  public init(modelPath: String, inputsPath: String) {
    self.modelPath = modelPath
    self.inputsPath = inputsPath
  }
}

/// A model's results for samples, one after another.
public struct Predictions: Sendable {
  public let count: Int
  /// A header and a row a sample; columns are called as the model: `decay[0]`, `decay[1]`, …
  public let csv: String
  /// In NumPy's format, of the shape [samples, …].
  public let npy: [UInt8]
}

/// Applies a model to all samples of a file.
public func predict(_ settings: PredictionSettings) throws -> Predictions {
  let library = try ModelLibrary(path: settings.modelPath)
  let model = try library.model(named: settings.modelName)
  defer { withExtendedLifetime(library) {} }
  switch model.realBytes {
  case 4: return try predict(settings, model, Float.self)
  default: return try predict(settings, model, Double.self)
  }
}

private func predict<Real: TrainingReal>(
  _ settings: PredictionSettings, _ model: Model, _ real: Real.Type
) throws -> Predictions {
  let parameters: Buffer<Real> = try Initialisation.parameters(of: model, weightsPath: settings.weightsPath)
  let samples: Samples<Real> = try Samples(file: settings.inputsPath, model: model, limit: nil, targets: false)
  // No loss is computed that would be shown.
  let evaluator = try Evaluator(model, samples, loss: .mse, workers: Workers(threads: settings.threads))
  let outputs = try evaluator.outputs(parameters, of: Array(0..<samples.count))
  let output = Port(name: model.name, type: model.output.type, size: model.output.size, shape: model.output.shape)
  var csv = DataTable.names(of: output).joined(separator: ",") + "\n"
  for sample in 0..<samples.count {
    csv += outputs[sample * output.size..<(sample + 1) * output.size].map { "\($0)" }.joined(separator: ",") + "\n"
  }
  return Predictions(
    count: samples.count, csv: csv, npy: NumpyFile.bytes(outputs, shape: [samples.count] + model.output.shape))
}
