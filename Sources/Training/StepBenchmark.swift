import TensorFiles

/// Times training steps: the same steps as a run's, without its folder and its evaluations.
///
/// - Parameters:
///   - next: called before each round; says how many steps it has, or nil where there is none.
///   - report: called with a line of CSV for each round, and with a header before.
public func timeSteps(_ settings: RunSettings, next: () -> Int?, report: (String) -> Void) throws {
  let library = try ModelLibrary(path: settings.modelPath)
  let model = try library.model(named: settings.modelName)
  defer { withExtendedLifetime(library) {} }
  switch model.realBytes {
  case 4: try timeSteps(settings, model, Float.self, next, report)
  default: try timeSteps(settings, model, Double.self, next, report)
  }
}

private func timeSteps<Real: TrainingReal>(
  _ settings: RunSettings, _ model: Model, _ real: Real.Type, _ next: () -> Int?, _ report: (String) -> Void
) throws {
  let workers = Workers(threads: settings.threads)
  let samples: Samples<Real>? = try loadSamples(
    settings.task, settings.data, .train, model, limit: settings.trainLimit, loss: settings.loss, workers)
  guard let samples else { preconditionFailure("there are always training samples") }
  let trainer = try Trainer(model, samples, Trainer.Settings(settings, totalSteps: 0), workers: workers)
  if let path = settings.weightsPath {
    try Initialisation.fill(trainer.parameters, of: model, from: TensorFile(reading: path))
  } else {
    Initialisation.fill(trainer.parameters, of: model, seed: settings.seed)
  }

  report((["round", "step", "last_loss", "seconds"] + StepTimes.Part.allCases.map { "\($0)" }).joined(separator: ","))
  var round = 0
  while let steps = next() {
    let times = try StepTimes(pieces: settings.pieces)
    trainer.times = times
    let start = ContinuousClock.now
    var loss = 0.0
    for _ in 0..<steps { loss = try trainer.doStep().loss }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    let perStep = ([seconds] + StepTimes.Part.allCases.map(times.sum)).map { "\($0 / Double(steps))" }
    round += 1
    report("\(round),\(trainer.step),\(loss)," + perStep.joined(separator: ","))
  }
}
