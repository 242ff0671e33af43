import ArgumentParser
import Training

/// How steps are done: what every command takes that does some.
struct LearningOptions: ParsableArguments {
  @Option(help: "The loss. By default that of the task: l1, cross-entropy, nll or mse.")
  var loss: Loss?

  @Option(parsing: .unconditional, help: ArgumentHelp("Samples a step.", valueName: "N"))
  var batch = 64

  @Option(help: "How gradients change parameters: adam is AdamW where weights decay.")
  var optimizer = Optimizer.Kind.adam

  @Option(parsing: .unconditional, help: ArgumentHelp("The learning rate.", valueName: "R"))
  var lr = 5e-4

  @Option(help: "How the learning rate changes; cosine falls to 0 at the run's end.")
  var schedule = RateSchedule.Kind.constant

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Steps in which the learning rate rises from 0 first.", valueName: "N"))
  var warmup = 0

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Steps from one fall of --schedule step to the next; by default a third of what follows the warm-up.",
      valueName: "N"))
  var decayEvery: Int?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("What --schedule step multiplies the learning rate by.", valueName: "R")
  )
  var decayFactor = 0.1

  @Option(parsing: .unconditional, help: ArgumentHelp("The part of the last step that sgd keeps.", valueName: "R"))
  var momentum = 0.0

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The part of the learning rate by which parameters shrink in a step.", valueName: "R"))
  var weightDecay = 0.0

  @Option(parsing: .unconditional, help: ArgumentHelp("Clip the gradient's global norm to this.", valueName: "R"))
  var clip: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Pieces a batch is split into for the threads; the result's rounding depends on it.", valueName: "N"))
  var pieces = 4

  @Option(help: ArgumentHelp("Start from these weights.", valueName: "file.safetensors"))
  var weights: String?

  func validate() throws {
    try require(batch, "--batch", from: 1, to: 1 << 24)
    try require(pieces, "--pieces", from: 1, to: 1024)
    try require(warmup, "--warmup", from: 0)
    try require(decayEvery, "--decay-every", from: 1)
    if !(lr > 0 && lr.isFinite) { throw ValidationError("--lr takes a number above 0, not \(lr)") }
    if let clip, !(clip > 0 && clip.isFinite) { throw ValidationError("--clip takes a number above 0, not \(clip)") }
    if !(0..<1).contains(momentum) {
      throw ValidationError("--momentum takes a number from 0 to below 1, not \(momentum)")
    }
    if !(weightDecay >= 0 && weightDecay.isFinite) {
      throw ValidationError("--weight-decay takes a number from 0, not \(weightDecay)")
    }
    if !(decayFactor > 0 && decayFactor <= 1) {
      throw ValidationError("--decay-factor takes a number above 0 and up to 1, not \(decayFactor)")
    }
    if momentum > 0, optimizer != .sgd { throw ValidationError("--momentum needs --optimizer sgd") }
    if decayFactor != 0.1, schedule != .step { throw ValidationError("--decay-factor needs --schedule step") }
    if decayEvery != nil, schedule != .step { throw ValidationError("--decay-every needs --schedule step") }
  }

  /// Hands all of it to a run's settings.
  func apply(to settings: inout RunSettings) {
    settings.batch = batch
    settings.optimizer.kind = optimizer
    settings.optimizer.momentum = momentum
    settings.optimizer.weightDecay = weightDecay
    settings.schedule.kind = schedule
    settings.schedule.rate = lr
    settings.schedule.warmup = warmup
    settings.schedule.every = decayEvery
    settings.schedule.factor = decayFactor
    settings.clip = clip
    settings.pieces = pieces
    settings.weightsPath = weights
  }
}
