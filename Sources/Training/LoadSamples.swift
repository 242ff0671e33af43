/// The samples that a run works with.
struct LoadedSamples<Real: TrainingReal> {
  let train: Samples<Real>
  let test: Samples<Real>
  /// Nil where nothing is chosen by them.
  let validation: Samples<Real>?
  /// There are no test samples of their own.
  let testsAreValidation: Bool

  init(_ settings: RunSettings, _ model: Model, _ workers: Workers) throws {
    let (task, data) = (settings.task, settings.data)
    func load(_ part: Dataset.Part) throws -> Samples<Real>? {
      try loadSamples(
        task, data, part, model, limit: part == .train ? settings.trainLimit : settings.testLimit, loss: settings.loss,
        workers)
    }
    guard let train = try load(.train) else { preconditionFailure("there are always training samples") }
    switch data.validation {
    case .none:
      self.train = train
      validation = nil
    case .part(let part):
      let (learnt, held) = try train.split(holding: part, seed: settings.seed)
      self.train = learnt
      validation = held
    case .file(let path):
      guard case .files = task else {
        throw TrainingError("--validation takes a file with the task `files` only, and for others a part, as in 0.1")
      }
      let samples: Samples<Real> = try Samples(
        file: path, model: model, limit: nil, loss: settings.loss)
      try samples.check(task, fit: model)
      self.train = train
      validation = samples
    }
    let own = try load(.test)
    testsAreValidation = own == nil
    guard let test = own ?? validation else {
      throw TrainingError(
        "there are no test samples beside \(data.path): name their file (--test), or hold some of the training samples "
          + "back (--validation 0.2)")
    }
    self.test = test
  }
}

/// The training or the test samples of a task, checked against the model's inputs and result; nil where there is no file
/// of test samples.
func loadSamples<Real: TrainingReal>(
  _ task: LearningTask, _ data: DataSource, _ part: Dataset.Part, _ model: Model, limit: Int?, loss: Loss,
  _ workers: Workers
) throws -> Samples<Real>? {
  let samples: Samples<Real>
  switch task {
  case .files:
    guard let file = try data.file(part) else { return nil }
    samples = try Samples(file: file, model: model, limit: limit, loss: loss)
  case .image, .pairs, .classes:
    samples = try Samples(
      Dataset(folder: data.path, part: part, limit: limit), task: task, part: part, workers: workers)
  case .lists(let lists):
    samples = try Samples(
      Dataset(folder: data.path, part: part, limit: limit), lists: lists, part: part, model: model, workers: workers)
  }
  try samples.check(task, fit: model)
  return samples
}

extension Samples {
  /// The samples without some that are held back, and those: a random choice of the seed's stream `validation`.
  fileprivate func split(holding part: Double, seed: UInt64) throws -> (learnt: Samples, held: Samples) {
    let heldCount = Int((part * Double(count)).rounded())
    guard (1..<count).contains(heldCount) else {
      throw TrainingError("--validation \(part) of \(count) training samples leaves none on one side")
    }
    let buffer = try Buffer<Int32>(count, for: "the order of the samples")
    RandomStream(seed: seed, name: "validation")
      .permute(UnsafeMutableBufferPointer(start: buffer.base, count: count))
    let order = buffer.elements.map { Int($0) }
    return (
      try selecting(order.dropFirst(heldCount).sorted()), try selecting(order.prefix(heldCount).sorted())
    )
  }

  private func selecting(_ samples: [Int]) throws -> Samples {
    Samples(
      count: samples.count,
      inputs: try inputs.map { column in
        switch column {
        case .reals(let column): .reals(try column.selecting(samples))
        case .nodes(let column): .nodes(try column.selecting(samples))
        }
      },
      target: try target.selecting(samples), answer: answer, inputNames: inputNames, checksum: checksum)
  }
}

extension Column {
  /// Of some samples, whose rows are where they were.
  fileprivate func selecting(_ samples: [Int]) throws -> Column {
    let chosen = try Buffer<Int32>(samples.count * places, for: "the samples")
    for (position, sample) in samples.enumerated() {
      for place in 0..<places {
        let at = sample * places + place
        chosen[position * places + place] = index?[at] ?? Int32(at)
      }
    }
    return Column(rows, shape: shape, places: places, index: chosen)
  }
}
