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

  @OptionGroup var learning: LearningOptions

  @Option(parsing: .unconditional, help: ArgumentHelp("Steps a round.", valueName: "N"))
  var steps = 10

  @Option(parsing: .unconditional, help: ArgumentHelp("Rounds.", valueName: "N"))
  var rounds = 10

  @Flag(help: "Wait for a line on standard input before each round: a number of steps, or nothing.")
  var wait = false

  func validate() throws {
    try require(steps, "--steps", from: 1)
    try require(rounds, "--rounds", from: 1)
  }

  func run() throws {
    // There is no folder.
    var settings = RunSettings(
      modelPath: model.module, dataFolder: data.data, task: data.task, loss: learning.loss ?? data.task.usualLoss,
      out: "")
    learning.apply(to: &settings)
    settings.modelName = model.model
    settings.threads = data.threads
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
