import TensorFiles

/// The parameters that training starts from.
enum Initialisation {
  /// What the module says, or else uniform in ±1/√fan_in, PyTorch's default. A number depends on the seed, the tensor's
  /// name and its index alone.
  static func fill<Real: TrainingReal>(_ parameters: Buffer<Real>, of model: Model, seed: UInt64) {
    for tensor in model.tensors {
      if let initial = tensor.initial {
        (parameters.base + tensor.range.lowerBound).update(
          from: initial.assumingMemoryBound(to: Real.self), count: tensor.range.count)
        continue
      }
      let stream = RandomStream(seed: seed, name: "init:\(tensor.name)")
      let bound = 1 / Double(tensor.fanIn).squareRoot()
      for index in 0..<tensor.range.count {
        parameters[tensor.range.lowerBound + index] = Real(bound * (2 * stream.unit(index) - 1))
      }
    }
  }

  /// The tensors of a file, which holds exactly those of the model, all of them finite.
  static func fill<Real: TrainingReal>(_ parameters: Buffer<Real>, of model: Model, from file: TensorFile) throws {
    try file.check(holdsExactly: model.expectedTensors, dtype: Real.dtype)
    for tensor in model.tensors {
      try file.copyValues(named: tensor.name, shape: tensor.shape, to: parameters.base + tensor.range.lowerBound)
      if let index = tensor.range.first(where: { !parameters[$0].isFinite }) {
        throw TrainingError(
          "\(file.path): entry \(index - tensor.range.lowerBound) of the tensor \"\(tensor.name)\" is "
            + "\(parameters[index]); weights have to be finite")
      }
    }
  }

  /// Those that nothing is learnt for any more: of a file, or else those that are embedded in the module.
  static func parameters<Real: TrainingReal>(of model: Model, weightsPath: String?) throws -> Buffer<Real> {
    let parameters = try Buffer<Real>(model.parameterCount, for: "parameters")
    if let weightsPath {
      // A run of another model of the module may have more: a net of it is looked at by a model of its own.
      var file = try TensorFile(reading: weightsPath)
      let names = Set(model.tensors.map(\.name))
      file.tensors.removeAll { !names.contains($0.name) }
      try fill(parameters, of: model, from: file)
    } else if model.parameterCount > 0, !fill(parameters, embeddedIn: model) {
      throw TrainingError("the model `\(model.name)` has no embedded weights: give some with --weights")
    }
    return parameters
  }

  /// The weights that are embedded in the module; false where there are none.
  static func fill<Real: TrainingReal>(_ parameters: Buffer<Real>, embeddedIn model: Model) -> Bool {
    guard let weights = model.weights else { return false }
    parameters.base.update(from: weights.assumingMemoryBound(to: Real.self), count: parameters.count)
    return true
  }
}

extension Model {
  /// The parameters as a file of weights, by the tensors' names.
  func tensorFile<Real: TrainingReal>(of parameters: Buffer<Real>, metadata: [String: String]) -> TensorFile {
    TensorFile(
      metadata: metadata,
      tensors: tensors.map { tensor in
        Tensor(
          tensor.name, shape: tensor.shape,
          values: UnsafeBufferPointer(start: parameters.base + tensor.range.lowerBound, count: tensor.range.count))
      })
  }
}
