import Foundation
import RunRecords
import TensorFiles

/// Trains a model as the settings say, and writes what the run's folder holds. Throws errors with a text for the user,
/// and a `StoppedRun` where `stop` ended it.
///
/// Of several processes, `ranks`, all throw at the same time, and the first one's error is for the user; except for a
/// `LoneFailure`, of which the others know nothing.
public func train(
  _ settings: RunSettings, progress: Progress, stop: StopSource = .never, ranks: Ranks = .alone
) throws {
  let (library, model) = try ranks.agree {
    let library = try ModelLibrary(path: settings.modelPath)
    let model = try library.model(named: settings.modelName)
    guard model.parameterCount > 0 else {
      throw TrainingError("the model `\(model.name)` has no parameters: there is nothing to train")
    }
    return (library, model)
  }
  defer { withExtendedLifetime(library) {} }
  // First, so that a folder in use is found before the data is read.
  let folder = try ranks.agree { ranks.isFirst ? try RunFolder(settings.out, resume: settings.resume) : nil }
  do {
    switch model.realBytes {
    case 4: try TrainingRun<Float>(settings, model, folder, progress, stop, ranks).run()
    default: try TrainingRun<Double>(settings, model, folder, progress, stop, ranks).run()
    }
  } catch {
    folder?.abandon()
    throw error
  }
}

/// One run, from its first step or its last checkpoint to its end. All of its processes take the same steps; the first
/// alone has the run's files.
private final class TrainingRun<Real: TrainingReal> {
  private let settings: RunSettings
  private let model: Model
  private let progress: Progress
  private let stop: StopSource
  private let ranks: Ranks
  private let parts: RunParts<Real>
  private let files: RunFiles?
  private var started = ContinuousClock.now
  private var state: Checkpoint
  /// The step of the checkpoint that is there.
  private var savedStep: Int?
  private var savedAt = ContinuousClock.now
  /// When the page was written, and how long that took.
  private var page = (at: ContinuousClock.now, took: Duration.zero)
  private let secondsBefore: Double
  private var latest: Measures?
  private var latestValidation: Double?
  private var warnedOfValidation = false
  private var lastNorm = 0.0

  private var trainer: Trainer<Real> { parts.trainer }
  private var totalSteps: Int { parts.totalSteps }

  /// - Parameter folder: that of the first process.
  init(
    _ settings: RunSettings, _ model: Model, _ folder: RunFolder?, _ progress: Progress, _ stop: StopSource,
    _ ranks: Ranks
  ) throws {
    self.settings = settings
    self.model = model
    self.progress = progress
    self.stop = stop
    self.ranks = ranks
    let parts = try ranks.agree { try RunParts<Real>(settings, model, ranks) }
    try parts.checkAgreement(settings, ranks)
    let files = try ranks.agree { try folder.map { try RunFiles($0, settings, parts) } }
    let start = ranks.ofFirst(files?.start ?? RunStart(state: Checkpoint(), resumes: false))
    parts.trainer.takeStateOfFirst()
    self.parts = parts
    self.files = files
    state = start.state
    savedStep = start.resumes ? start.state.step : nil
    secondsBefore = start.state.seconds
  }

  /// What ended the run is what is thrown, not that its page could not be written.
  func run() throws {
    do { try runToTheEnd() } catch let stopped as StoppedRun {
      try? writePage(.stopped("\(stopped)"))
      throw stopped
    } catch let failure as LoneFailure {
      throw LoneFailure(error: sayingWhatIsKept(failure.error), place: failure.place)
    } catch {
      let error = sayingWhatIsKept(error)
      try? writePage(.stopped("\(error)"))
      throw error
    }
  }

  private func sayingWhatIsKept(_ error: any Error) -> any Error {
    guard let savedStep else { return error }
    let kept = "The checkpoint of step \(savedStep) is kept in \(settings.out)"
    return TrainingError("\(error)\n\(kept)" + (error is NotFiniteError ? "." : ": --resume goes on from it."))
  }

  /// Writes to the run's files, which only the first process has.
  private func write(_ work: (RunFiles) throws -> Void) throws {
    guard let files else { return }
    try ranks.apart { try work(files) }
  }

  private func runToTheEnd() throws {
    started = .now
    stop.begin()
    let epochSteps = trainer.stepsPerEpoch
    progress.line(
      "\(model.name): \(model.parameterCount) parameters, \(parts.samples.train.count) training samples, "
        + (parts.samples.validation.map { "\($0.count) to choose by, " } ?? "")
        + (parts.samples.testsAreValidation
          ? "which are the test samples too" : "\(parts.samples.test.count) test samples")
        + "; \(epochSteps) steps an epoch, \(totalSteps) in all"
        + (ranks.count > 1 ? ", on \(ranks.count) processes" : "")
        + (state.step > 0 ? ", resumed after \(state.step)" : ""))
    if let doubt = settings.loss.doubt(about: model.output) { progress.line("warning: \(doubt)") }
    if savedStep == nil {
      try evaluateAndSave()
      try writeCheckpoint()
    } else if state.bestLoss.isFinite {
      // A process that was killed may have written one of a later step.
      try writeBest()
    } else {
      try write { _ = unlink($0.folder.best) }
    }
    progress.begin(at: state.step, of: totalSteps)
    // A page of an earlier part of the run would say that this one goes on.
    if !settings.isLive { try write { _ = unlink($0.folder.page) } }
    try writePage(.running(step: state.step, of: totalSteps, left: "some time"))
    while state.step < totalSteps, !isOutOfPatience {
      // One signal to one process stops all.
      if let signal = ranks.gather(stop.signal() ?? 0).first(where: { $0 != 0 }) {
        if savedStep != state.step { try writeCheckpoint() }
        throw StoppedRun(signal: signal, step: state.step, folder: settings.out)
      }
      let result = try nextStep()
      state.step = trainer.step
      state.lossSum += result.loss
      state.lossCount += 1
      lastNorm = result.gradientNorm
      try write { try $0.steps.append("\(state.step),\(result.loss),\(result.gradientNorm)") }
      progress.update(step: state.step, batch: settings.batch, loss: result.loss)

      let step = state.step
      // Lines show what was measured at their step.
      (latest, latestValidation) = (nil, nil)
      let trainLoss = state.lossSum / Double(state.lossCount)
      try evaluateAndSave(isLast: step == totalSteps)
      let isLast = step == totalSteps || isOutOfPatience
      if step % parts.usualInterval == 0 || isLast { reportEpoch(trainLoss, isLast: isLast) }
      if isLast || isCheckpointDue { try writeCheckpoint() }
      if isPageDue {
        try writePage(.running(step: step, of: totalSteps, left: progress.left(after: step)))
      }
    }
    if parts.validator != nil { reportBest() }
    try write { try weights(trainer.parameters, step: state.step).write(to: $0.folder.weights) }
    reportLearnt()
    if case .vectors = settings.task.measured(by: settings.loss) { try writeOutputs() }
    try writePage(.finished(step: state.step))
  }

  /// Every two seconds, where that takes a twentieth of the time at most.
  private var isPageDue: Bool {
    settings.isLive && ContinuousClock.now - page.at >= max(.seconds(2), page.took * 20)
  }

  private func writePage(_ state: RunPage.State) throws {
    guard settings.isLive else { return }
    let begin = ContinuousClock.now
    try write {
      try $0.flush()
      let html = RunPage(try RunRecord(reading: $0.folder.path), name: model.name, state).html
      try $0.folder.write(Array(html.utf8), to: $0.folder.page)
    }
    page = (.now, ContinuousClock.now - begin)
  }

  /// The same in all processes.
  private var isCheckpointDue: Bool {
    if let every = settings.checkpointEvery { return state.step % every == 0 }
    guard state.step % parts.usualInterval == 0 else { return false }
    // A short step is done sooner than a file is on the disk.
    return ranks.ofFirst(ContinuousClock.now - savedAt >= .seconds(5))
  }

  private var isOutOfPatience: Bool { settings.patience.map { state.evaluationsSinceBest >= $0 } ?? false }

  /// A step; where a NaN or an infinity stops it, the tables are completed first.
  private func nextStep() throws -> Trainer<Real>.StepResult {
    do { return try trainer.doStep() } catch let error as NotFiniteError {
      try write {
        try $0.steps.append("\(error.step),\(error.loss),\(error.gradientNorm)")
        try $0.flush()
      }
      throw error
    }
  }

  /// What is due after this step, other than a checkpoint.
  private func evaluateAndSave(isLast: Bool = false) throws {
    let step = state.step
    let every = settings.evaluateEvery ?? parts.usualInterval
    if isLast || step % every == 0 || settings.evaluateAt.contains(step) { try evaluate() }
    if settings.snapshots.contains(step) { try write { try saveSnapshot($0.folder) } }
  }

  private func evaluate() throws {
    let measures = try parts.evaluator.evaluate(trainer.parameters)
    latest = measures
    let validation = try parts.validator?.evaluate(trainer.parameters).loss
    if let validation { try noteBest(validation) }
    latestValidation = validation
    let trainLoss = state.lossCount > 0 ? "\(state.lossSum / Double(state.lossCount))" : ""
    let values = Dictionary(
      uniqueKeysWithValues: measures.columns(settings.task.measured(by: settings.loss)).map { ($0.name, $0.value) })
    let measured = ["l1", "psnr", "psnr_1", "exact", "rmse", "r2", "relative_error", "accuracy"].map {
      values[$0] ?? ""
    }
    let fields =
      [
        "\(state.step)", "\(Double(state.step) / Double(trainer.stepsPerEpoch))", trainLoss,
        validation.map { "\($0)" } ?? "", "\(measures.loss)",
      ] + measured + [state.step > 0 ? "\(lastNorm)" : "", String(format: "%.3f", seconds)]
    try write { try $0.metrics.append(fields.joined(separator: ",")) }
    (state.lossSum, state.lossCount) = (0, 0)
  }

  /// Keeps the parameters with the least validation loss.
  private func noteBest(_ loss: Double) throws {
    if loss.isNaN, !warnedOfValidation {
      progress.line(
        "warning: step \(state.step): the validation loss is NaN: the model's result is, on samples to choose by")
      warnedOfValidation = true
    }
    guard loss < state.bestLoss else {
      state.evaluationsSinceBest += 1
      return
    }
    (state.bestLoss, state.bestStep, state.evaluationsSinceBest) = (loss, state.step, 0)
    parts.best?.base.update(from: trainer.parameters.base, count: trainer.parameters.count)
    try writeBest()
  }

  private func reportBest() {
    var text = "best: step \(state.bestStep), validation loss \(significant(state.bestLoss, 5)): best.safetensors"
    if !state.bestLoss.isFinite {
      text = "no best.safetensors: the validation loss was never finite; try a lower learning rate (--lr), or --clip 1"
    } else if state.bestStep == 0, state.step > 0 {
      text += "\nNo step was better than the first parameters: try a lower learning rate (--lr), or --clip 1"
    }
    if isOutOfPatience { text += " (stopped after \(state.evaluationsSinceBest) evaluations without a better one)" }
    progress.line(text)
  }

  /// The numbers of learnt tensors that are no net's, as far as a line has room.
  private func reportLearnt() {
    let parameters = state.bestLoss.isFinite ? parts.best ?? trainer.parameters : trainer.parameters
    for tensor in model.tensors where !tensor.name.contains(".") && tensor.range.count <= 8 {
      let text = tensor.range.map { significant(Double(parameters[$0]), 7) }.joined(separator: ", ")
      progress.line("\(tensor.name) = \(tensor.shape.isEmpty ? text : "[\(text)]")")
    }
  }

  private var seconds: Double { secondsBefore + (ContinuousClock.now - started) / .seconds(1) }

  private func reportEpoch(_ trainLoss: Double, isLast: Bool) {
    let epoch = Double(state.step) / Double(trainer.stepsPerEpoch)
    var text = "epoch \(significant(epoch, 4))  step \(state.step)  train loss \(significant(trainLoss, 5))"
    if let latestValidation { text += "  validation loss \(significant(latestValidation, 5))" }
    if let latest {
      text += "  test loss \(significant(latest.loss, 5))"
      switch settings.task.measured(by: settings.loss) {
      case .choices: text += "  accuracy \(significant(latest.accuracy, 4))"
      case .images:
        text += "  psnr \(significant(latest.psnr, 4)) dB" + (latest.exact > 0 ? " (\(latest.exact) exact)" : "")
      case .vectors: text += "  relative error \(significant(latest.relativeError, 4))"
      }
    }
    text += "  \(String(format: "%.1f", seconds)) s"
    progress.line(isLast ? text : text + ", \(progress.left(after: state.step)) left")
  }

  /// Rows first: a checkpoint's rows are always there.
  private func writeCheckpoint() throws {
    try trainer.checkParametersAgree()
    state.seconds = seconds
    try write {
      try $0.flush()
      try state.write(to: $0.folder.checkpoint, trainer, best: parts.best, parts.configuration)
    }
    savedStep = state.step
    savedAt = .now
  }

  private func writeBest() throws {
    guard let best = parts.best else { return }
    try write { try weights(best, step: state.bestStep).write(to: $0.folder.best) }
  }

  private func weights(_ parameters: Buffer<Real>, step: Int) -> TensorFile {
    let metadata = [
      "trainer": "cajal-train", "model": model.name, "signature": model.signature, "task": settings.task.name,
      "loss": settings.loss.rawValue, "step": String(step), "seed": String(settings.seed),
    ]
    return model.tensorFile(of: parameters, metadata: metadata)
  }

  /// The outputs of the test samples beside their targets, for `plot`.
  private func writeOutputs() throws {
    let size = max(model.output.size, 1)
    let chosen = Array(0..<min(parts.samples.test.count, max(Self.outputEntries / size, 1)))
    try write { files in
      let outputs = try parts.evaluator.outputs(trainer.parameters, of: chosen)
      try save(outputs, of: chosen, parts.samples.test, model, to: files.folder.outputs)
    }
  }

  /// How many entries of outputs are kept at most.
  private static var outputEntries: Int { 1 << 20 }

  private func saveSnapshot(_ folder: RunFolder) throws {
    let (chosen, testSamples) = (parts.snapshotSamples, parts.samples.test)
    try makeFolder(folder.snapshots)
    func save<Element: TensorElement>(_ name: String, _ values: [Element], _ shape: [Int]) throws {
      try folder.write(NumpyFile.bytes(values, shape: [chosen.count] + shape), to: "\(folder.snapshots)/\(name).npy")
    }
    for (port, column) in zip(model.inputs, testSamples.inputs) {
      switch column {
      case .reals(let column): try save("input-\(port.name)", column.values(of: chosen), port.shape)
      case .nodes(let column): try save("input-\(port.name)", column.values(of: chosen), port.shape)
      }
    }
    try save("target", testSamples.target.values(of: chosen), model.output.shape)
    try save("\(state.step)", try parts.evaluator.outputs(trainer.parameters, of: chosen), model.output.shape)
  }
}
