/// The folder of a run with its tables, opened to be written to by one process.
struct RunFiles {
  let folder: RunFolder
  let metrics, steps: StepTable
  /// What the run goes on from.
  let start: RunStart

  /// Reads the checkpoint, where there is one, into the trainer, and cuts the tables back to it.
  init<Real>(_ folder: RunFolder, _ settings: RunSettings, _ parts: RunParts<Real>) throws {
    self.folder = folder
    folder.removeLeftovers()
    let resumes = folder.hasCheckpoint
    let state =
      resumes
      ? try Checkpoint(reading: folder.checkpoint, into: parts.trainer, best: parts.best, parts.configuration)
      : Checkpoint()
    let totalSteps = parts.totalSteps
    guard state.step <= totalSteps else {
      throw TrainingError(
        "the run in \(settings.out) has already done \(state.step) steps, and \(totalSteps) were asked for")
    }
    for (option, chosen) in [("--snapshots", settings.snapshots), ("--eval-at", settings.evaluateAt)] {
      for step in chosen where step > totalSteps {
        throw TrainingError("\(option) names step \(step), and the last step of the run is \(totalSteps)")
      }
    }
    start = RunStart(state: state, resumes: resumes)
    metrics = try StepTable(folder.metrics, header: Self.metricsHeader, after: resumes ? state.step : nil)
    steps = try StepTable(folder.steps, header: "step,loss,grad_norm", after: resumes ? state.step : nil)
    try folder.write(
      parts.configuration,
      [
        ("steps", String(totalSteps)), ("train-samples", String(parts.samples.train.count)),
        ("test-samples", String(parts.samples.test.count)),
        ("validation-samples", String(parts.samples.validation?.count ?? 0)),
      ])
  }

  private static let metricsHeader =
    "step,epoch,train_loss,validation_loss,test_loss,test_l1,psnr,psnr_1,exact,rmse,r2,relative_error,accuracy,grad_norm,"
    + "seconds"

  func flush() throws {
    try steps.flush()
    try metrics.flush()
  }
}

/// Where a run begins.
struct RunStart: BitwiseCopyable {
  let state: Checkpoint
  /// Whether that is a checkpoint.
  let resumes: Bool
}
