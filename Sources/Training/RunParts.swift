import TensorFiles

/// What a run works with: read and made before its first step, and the same in all of its processes.
struct RunParts<Real: TrainingReal> {
  let samples: LoadedSamples<Real>
  let trainer: Trainer<Real>
  /// On the test samples.
  let evaluator: Evaluator<Real>
  /// On the samples by which the best parameters are chosen.
  let validator: Evaluator<Real>?
  /// The parameters with the least validation loss, where there is a validation.
  let best: Buffer<Real>?
  let configuration: RunConfiguration
  let totalSteps: Int
  let snapshotSamples: [Int]

  init(_ settings: RunSettings, _ model: Model, _ ranks: Ranks) throws {
    let workers = Workers(threads: settings.threads)
    samples = try LoadedSamples(settings, model, workers)
    let testCount = samples.test.count
    snapshotSamples = settings.snapshotSamples ?? Array(0..<min(10, testCount))
    if !settings.snapshots.isEmpty, let sample = snapshotSamples.first(where: { !(0..<testCount).contains($0) }) {
      throw TrainingError("there is no test sample \(sample) to save: there are \(testCount)")
    }
    totalSteps =
      switch settings.length {
      case .epochs(let epochs): epochs * Trainer.stepsPerEpoch(samples.train, batch: settings.batch)
      case .steps(let steps): steps
      }
    trainer = try Trainer(
      model, samples.train, Trainer.Settings(settings, totalSteps: totalSteps), workers: workers, ranks: ranks)
    evaluator = try Evaluator(model, samples.test, loss: settings.loss, workers: workers, ranks: ranks)
    validator = try samples.validation.map {
      try Evaluator(model, $0, loss: settings.loss, workers: workers, ranks: ranks)
    }
    best = validator == nil ? nil : try Buffer(model.parameterCount, for: "parameters")
    var initialHash: UInt64?
    if let path = settings.weightsPath {
      try Initialisation.fill(trainer.parameters, of: model, from: TensorFile(reading: path))
      initialHash = trainer.parametersHash
    } else {
      Initialisation.fill(trainer.parameters, of: model, seed: settings.seed)
    }
    configuration = RunConfiguration(
      settings, model, trainChecksum: samples.train.checksum, testChecksum: samples.test.checksum,
      validationChecksum: samples.validation?.checksum,
      initialWeights: initialHash, totalSteps: totalSteps)
  }

  /// Steps from one evaluation to the next where the settings do not say: whole epochs, and at most a hundred of them.
  var usualInterval: Int {
    let epoch = trainer.stepsPerEpoch
    return epoch * max((totalSteps + 100 * epoch - 1) / (100 * epoch), 1)
  }

  /// Of all processes: throws where one was asked for another run than the first, or found other data.
  func checkAgreement(_ settings: RunSettings, _ ranks: Ranks) throws {
    guard ranks.count > 1 else { return }
    let schedule = [
      ("steps", String(totalSteps)), ("test samples", String(samples.test.checksum, radix: 16)),
      ("validation samples", String(samples.validation?.checksum ?? 0, radix: 16)),
      ("eval-every", "\(settings.evaluateEvery ?? 0)"), ("eval-at", "\(settings.evaluateAt)"),
      ("checkpoint-every", "\(settings.checkpointEvery ?? 0)"),
    ]
    let mine = (configuration.fields + schedule).map { "\($0) \($1)" }.joined(separator: "\n")
    let first = ranks.broadcast(mine, from: 0)
    try ranks.agree {
      if mine == first { return }
      let differences = zip(mine.split(separator: "\n"), first.split(separator: "\n")).filter { $0 != $1 }
        .map { "\($0), there \($1)" }.joined(separator: "; ")
      throw TrainingError("this is another run than that of process 0: \(differences)")
    }
  }
}
