/// The training or the test samples of a task, checked against the model's inputs and result.
func loadSamples<Real: TrainingReal>(
  _ task: LearningTask, _ folder: String, _ part: Dataset.Part, _ model: Model, limit: Int?, _ workers: Workers
) throws -> Samples<Real> {
  let samples: Samples<Real>
  switch task {
  case .files: samples = try Samples(file: "\(folder)/\(part.rawValue).safetensors", model: model, limit: limit)
  case .image, .pairs, .classes:
    samples = try Samples(
      Dataset(folder: folder, part: part, limit: limit), task: task, part: part, workers: workers)
  case .lists(let lists):
    samples = try Samples(
      Dataset(folder: folder, part: part, limit: limit), lists: lists, part: part, model: model, workers: workers)
  }
  try samples.check(task, fit: model)
  return samples
}

extension LearningTask {
  /// Whether results are right or wrong, measured by accuracy, and no images.
  public func isClassification(_ loss: Loss) -> Bool {
    switch self {
    case .image: false
    case .pairs, .classes, .lists: true
    case .files: loss == .crossEntropy || loss == .nll
    }
  }
}
