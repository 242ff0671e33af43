import ArgumentParser
import Training

struct Baselines: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "What a task's measures are without learning.",
    discussion: """
      EXAMPLE
        cajal-train baselines --data DIR --task blur

      For a transform of images: the image after a number of rounds that does
      not depend on its class; `best` repeats the row with the least L1. For a
      choice: always the same answer.
      """)

  @OptionGroup var data: DataOptions

  func run() throws {
    let baselines = try data.task.baselines(
      folder: data.data, trainLimit: data.trainImages, testLimit: data.testImages, threads: data.threads)
    let kind = data.task.measured(by: data.task.usualLoss)
    printLine("baseline,\(Measures.csvHeader(kind))")
    for baseline in baselines {
      printLine("\(baseline.name),\(baseline.measures.csv(kind))")
    }
    if kind == .images, let best = baselines.min(by: { $0.measures.l1 < $1.measures.l1 }) {
      printLine("best (\(best.name)),\(best.measures.csv(kind))")
    }
  }
}
