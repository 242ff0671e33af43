import ArgumentParser
import Foundation
import Training

struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Time training steps.",
    discussion: """
      EXAMPLE
        cajal-train bench blur.so --data DIR --task blur --batch 64 --threads 2

      Prints CSV: for each round its last loss, and the seconds a step takes and
      its parts take; those that pieces do at the same time are summed over the
      pieces. The first round also warms up.
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var data: DataOptions

  @Option(help: "The loss. By default that of the task: l1, cross-entropy, nll or mse.")
  var loss: Loss?

  @Option(help: ArgumentHelp("Samples a step.", valueName: "N"))
  var batch = 64

  @Option(help: ArgumentHelp("Adam's learning rate.", valueName: "R"))
  var lr = 5e-4

  @Option(help: ArgumentHelp("Clip the gradient's global norm to this.", valueName: "R"))
  var clip: Double?

  @Option(help: ArgumentHelp("Pieces a batch is split into for the threads.", valueName: "N"))
  var pieces = 4

  @Option(help: ArgumentHelp("Start from these weights.", valueName: "file.safetensors"))
  var weights: String?

  @Option(help: ArgumentHelp("Steps a round.", valueName: "N"))
  var steps = 10

  @Option(help: ArgumentHelp("Rounds.", valueName: "N"))
  var rounds = 10

  @Flag(help: "Wait for a line on standard input before each round: a number of steps, or nothing.")
  var wait = false

  func validate() throws {
    try require(batch, "--batch", from: 1, to: 1 << 24)
    try require(pieces, "--pieces", from: 1, to: 1024)
    try require(steps, "--steps", from: 1)
    try require(rounds, "--rounds", from: 1)
    if !(lr > 0 && lr.isFinite) { throw ValidationError("--lr takes a number above 0, not \(lr)") }
    if let clip, !(clip > 0 && clip.isFinite) { throw ValidationError("--clip takes a number above 0, not \(clip)") }
  }

  func run() throws {
    // There is no folder.
    var settings = RunSettings(
      modelPath: model.module, dataFolder: data.data, task: data.task, loss: loss ?? data.task.usualLoss, out: "")
    settings.modelName = model.model
    settings.batch = batch
    settings.learningRate = lr
    settings.clip = clip
    settings.threads = data.threads
    settings.pieces = pieces
    settings.weightsPath = weights
    settings.trainLimit = data.trainImages
    var remaining = 0..<rounds
    try timeSteps(
      settings,
      next: {
        if remaining.popFirst() == nil { return nil }
        if !wait { return steps }
        guard let line = readLine() else { return nil }
        return Int(line).map { max($0, 1) } ?? steps
      },
      report: printLine)
  }
}
