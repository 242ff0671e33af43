import TensorFiles

/// What a run works with: read and made before its first step, and the same in all of its processes.
struct RunParts<Real: TrainingReal> {
  let trainSamples, testSamples: Samples<Real>
  let trainer: Trainer<Real>
  let evaluator: Evaluator<Real>
  let configuration: RunConfiguration
  let totalSteps: Int
  let snapshotSamples: [Int]

  init(_ settings: RunSettings, _ model: Model, _ ranks: Ranks) throws {
    let workers = Workers(threads: settings.threads)
    trainSamples = try loadSamples(
      settings.task, settings.dataFolder, .train, model, limit: settings.trainLimit, workers)
    testSamples = try loadSamples(settings.task, settings.dataFolder, .test, model, limit: settings.testLimit, workers)
    let testCount = testSamples.count
    snapshotSamples = settings.snapshotSamples ?? Array(0..<min(10, testCount))
    if !settings.snapshots.isEmpty, let sample = snapshotSamples.first(where: { !(0..<testCount).contains($0) }) {
      throw TrainingError("there is no test sample \(sample) to save: there are \(testCount)")
    }
    trainer = try Trainer(
      model, trainSamples,
      Trainer.Settings(
        loss: settings.loss, batch: settings.batch, learningRate: settings.learningRate, seed: settings.seed,
        clip: settings.clip, pieces: settings.pieces), workers: workers, ranks: ranks)
    evaluator = try Evaluator(model, testSamples, loss: settings.loss, workers: workers, ranks: ranks)
    totalSteps =
      switch settings.length {
      case .epochs(let epochs): epochs * trainer.stepsPerEpoch
      case .steps(let steps): steps
      }
    var initialHash: UInt64?
    if let path = settings.weightsPath {
      try Initialisation.fill(trainer.parameters, of: model, from: TensorFile(reading: path))
      initialHash = trainer.parametersHash
    } else {
      Initialisation.fill(trainer.parameters, of: model, seed: settings.seed)
    }
    configuration = RunConfiguration(
      settings, model, trainChecksum: trainSamples.checksum, initialWeights: initialHash)
  }

  /// Of all processes: throws where one was asked for another run than the first, or found other data.
  func checkAgreement(_ settings: RunSettings, _ ranks: Ranks) throws {
    guard ranks.count > 1 else { return }
    let schedule = [
      ("steps", String(totalSteps)), ("test samples", String(testSamples.checksum, radix: 16)),
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
