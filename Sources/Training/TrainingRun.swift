import Foundation
import TensorFiles

/// Trains a model as the settings say, and writes what the run's folder holds. Throws errors with a text for the user,
/// and a `StoppedRun` where `stop` ended it.
public func train(_ settings: RunSettings, progress: Progress, stop: StopSource = .never) throws {
  let library = try ModelLibrary(path: settings.modelPath)
  let model = try library.model(named: settings.modelName)
  guard model.parameterCount > 0 else {
    throw TrainingError("the model `\(model.name)` has no parameters: there is nothing to train")
  }
  defer { withExtendedLifetime(library) {} }
  // First, so that a folder in use is found before the data is read.
  let folder = try RunFolder(settings.out, resume: settings.resume)
  do {
    switch model.realBytes {
    case 4: try TrainingRun<Float>(settings, model, folder, progress, stop).run()
    default: try TrainingRun<Double>(settings, model, folder, progress, stop).run()
    }
  } catch {
    folder.abandon()
    throw error
  }
}

/// One run, from its first step or its last checkpoint to its end.
private final class TrainingRun<Real: TrainingReal> {
  private let settings: RunSettings
  private let model: Model
  private let progress: Progress
  private let stop: StopSource
  private let workers: Workers
  private let trainSamples, testSamples: Samples<Real>
  private let trainer: Trainer<Real>
  private let evaluator: Evaluator<Real>
  private let configuration: RunConfiguration
  private let folder: RunFolder
  private let metrics, steps: StepTable
  private let totalSteps: Int
  private let snapshotSamples: [Int]
  private var started = ContinuousClock.now
  private var state: Checkpoint
  /// The step of the checkpoint that is there.
  private var savedStep: Int?
  private let secondsBefore: Double
  private var latest: Measures?
  private var lastNorm = 0.0

  private static var metricsHeader: String {
    "step,epoch,train_loss,test_loss,test_l1,psnr,exact,accuracy,grad_norm,seconds"
  }

  init(_ settings: RunSettings, _ model: Model, _ folder: RunFolder, _ progress: Progress, _ stop: StopSource) throws {
    self.settings = settings
    self.model = model
    self.folder = folder
    self.progress = progress
    self.stop = stop
    workers = Workers(threads: settings.threads)
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
        clip: settings.clip, pieces: settings.pieces), workers: workers)
    evaluator = try Evaluator(model, testSamples, loss: settings.loss, workers: workers)
    totalSteps =
      switch settings.length {
      case .epochs(let epochs): epochs * trainer.stepsPerEpoch
      case .steps(let steps): steps
      }
    var initialHash: UInt64?
    if let path = settings.weightsPath {
      try Initialisation.fill(trainer.parameters, of: model, from: TensorFile(reading: path))
      initialHash = fnv1a(UnsafeRawBufferPointer(trainer.parameters.elements))
    } else {
      Initialisation.fill(trainer.parameters, of: model, seed: settings.seed)
    }
    configuration = RunConfiguration(
      settings, model, trainChecksum: trainSamples.checksum, initialWeights: initialHash)

    folder.removeLeftovers()
    let resumes = folder.hasCheckpoint
    state = resumes ? try Checkpoint(reading: folder.checkpoint, into: trainer, configuration) : Checkpoint()
    guard state.step <= totalSteps else {
      throw TrainingError(
        "the run in \(settings.out) has already done \(state.step) steps, and \(totalSteps) were asked for")
    }
    for (option, chosen) in [("--snapshots", settings.snapshots), ("--eval-at", settings.evaluateAt)] {
      for step in chosen where step > totalSteps {
        throw TrainingError("\(option) names step \(step), and the last step of the run is \(totalSteps)")
      }
    }
    savedStep = resumes ? state.step : nil
    secondsBefore = state.seconds
    metrics = try StepTable(folder.metrics, header: Self.metricsHeader, after: resumes ? state.step : nil)
    steps = try StepTable(folder.steps, header: "step,loss,grad_norm", after: resumes ? state.step : nil)
    try folder.write(
      configuration,
      [
        ("steps", String(totalSteps)), ("train-samples", String(trainSamples.count)),
        ("test-samples", String(testSamples.count)),
      ])
  }

  func run() throws {
    do { try runToTheEnd() } catch let stopped as StoppedRun { throw stopped } catch {
      guard let savedStep else { throw error }
      let kept = "The checkpoint of step \(savedStep) is kept in \(folder.path)"
      throw TrainingError("\(error)\n\(kept)" + (error is NotFiniteError ? "." : ": --resume goes on from it."))
    }
  }

  private func runToTheEnd() throws {
    started = .now
    stop.begin()
    let epochSteps = trainer.stepsPerEpoch
    progress.line(
      "\(model.name): \(model.parameterCount) parameters, \(trainSamples.count) training samples, "
        + "\(testSamples.count) test samples; \(epochSteps) steps an epoch, \(totalSteps) in all"
        + (state.step > 0 ? ", resumed after \(state.step)" : ""))
    if state.step == 0 && !folder.hasCheckpoint {
      try evaluateAndSave()
      try writeCheckpoint()
    }
    progress.begin(at: state.step, of: totalSteps)
    while state.step < totalSteps {
      if let signal = stop.signal() {
        if savedStep != state.step { try writeCheckpoint() }
        throw StoppedRun(signal: signal, step: state.step, folder: folder.path)
      }
      let result = try nextStep()
      state.step = trainer.step
      state.lossSum += result.loss
      state.lossCount += 1
      lastNorm = result.gradientNorm
      try steps.append("\(state.step),\(result.loss),\(result.gradientNorm)")
      progress.update(step: state.step, batch: settings.batch, loss: result.loss)

      let (step, isLast) = (state.step, state.step == totalSteps)
      let trainLoss = state.lossSum / Double(state.lossCount)
      try evaluateAndSave(isLast: isLast)
      if step % epochSteps == 0 || isLast { reportEpoch(trainLoss) }
      if isLast || step % (settings.checkpointEvery ?? epochSteps) == 0 { try writeCheckpoint() }
    }
    try writeWeights()
  }

  /// A step; where a NaN or an infinity stops it, the tables are completed first.
  private func nextStep() throws -> Trainer<Real>.StepResult {
    do { return try trainer.doStep() } catch let error as NotFiniteError {
      try steps.append("\(error.step),\(error.loss),\(error.gradientNorm)")
      try steps.flush()
      try metrics.flush()
      throw error
    }
  }

  /// What is due after this step, other than a checkpoint.
  private func evaluateAndSave(isLast: Bool = false) throws {
    let step = state.step
    let every = settings.evaluateEvery ?? trainer.stepsPerEpoch
    if isLast || step % every == 0 || settings.evaluateAt.contains(step) { try evaluate() }
    if settings.snapshots.contains(step) { try saveSnapshot() }
  }

  private func evaluate() throws {
    let measures = try evaluator.evaluate(trainer.parameters)
    latest = measures
    let isClassification = settings.task.isClassification(settings.loss)
    let trainLoss = state.lossCount > 0 ? "\(state.lossSum / Double(state.lossCount))" : ""
    let fields = [
      "\(state.step)", "\(Double(state.step) / Double(trainer.stepsPerEpoch))", trainLoss, "\(measures.loss)",
      isClassification ? "" : "\(measures.l1)", isClassification ? "" : "\(measures.psnr)",
      isClassification ? "" : "\(measures.exact)", isClassification ? "\(measures.accuracy)" : "",
      state.step > 0 ? "\(lastNorm)" : "", String(format: "%.3f", seconds),
    ]
    try metrics.append(fields.joined(separator: ","))
    (state.lossSum, state.lossCount) = (0, 0)
  }

  private var seconds: Double { secondsBefore + (ContinuousClock.now - started) / .seconds(1) }

  private func reportEpoch(_ trainLoss: Double) {
    let epoch = Double(state.step) / Double(trainer.stepsPerEpoch)
    var text = "epoch \(significant(epoch, 4))  step \(state.step)  train loss \(significant(trainLoss, 5))"
    if let latest {
      text += "  test loss \(significant(latest.loss, 5))"
      if settings.task.isClassification(settings.loss) {
        text += "  accuracy \(significant(latest.accuracy, 4))"
      } else {
        text += "  psnr \(significant(latest.psnr, 4)) dB" + (latest.exact > 0 ? " (\(latest.exact) exact)" : "")
      }
    }
    progress.line(text + "  \(String(format: "%.1f", seconds)) s")
  }

  /// Rows first: a checkpoint's rows are always there.
  private func writeCheckpoint() throws {
    try steps.flush()
    try metrics.flush()
    state.seconds = seconds
    try state.write(to: folder.checkpoint, trainer, configuration)
    savedStep = state.step
  }

  private func writeWeights() throws {
    let metadata = [
      "trainer": "cajal-train", "model": model.name, "signature": model.signature, "task": settings.task.name,
      "loss": settings.loss.rawValue, "step": String(state.step), "seed": String(settings.seed),
    ]
    try model.tensorFile(of: trainer.parameters, metadata: metadata).write(to: folder.weights)
  }

  private func saveSnapshot() throws {
    let chosen = snapshotSamples
    try makeFolder(folder.snapshots)
    func save(_ name: String, _ values: [Real], _ shape: [Int]) throws {
      try folder.write(NumpyFile.bytes(values, shape: [chosen.count] + shape), to: "\(folder.snapshots)/\(name).npy")
    }
    func rows(_ column: Column<Real>) -> [Real] {
      chosen.flatMap { UnsafeBufferPointer(start: column.row($0), count: column.size) }
    }
    for (port, column) in zip(model.inputs, testSamples.inputs) {
      try save("input-\(port.name)", rows(column), port.shape)
    }
    try save("target", rows(testSamples.target), model.output.shape)
    try save("\(state.step)", try evaluator.outputs(trainer.parameters, of: chosen), model.output.shape)
  }
}
