import ArgumentParser
import RunRecords
import Training

extension RunPlots.Format: ExpressibleByArgument {}

struct Plot: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Draw a run: its losses, residuals and trajectories.",
    discussion: """
      EXAMPLES
        cajal-train plot runs/decay
        cajal-train plot runs/decay --format png --into figures

      Draws curves, the losses by steps; and of a finished run of the task files
      residuals, outputs minus targets of the test samples, and where a result
      is a sequence trajectories, the model's beside the data. Beside each figure
      are gnuplot's script and a table of what is drawn.
      """)

  @Argument(help: ArgumentHelp("The run's folder.", valueName: "run"))
  var folder: String

  @Option(help: "The figures' format.")
  var format = RunPlots.Format.svg

  @Option(help: ArgumentHelp("Where figures go; by default plots in the run's folder.", valueName: "folder"))
  var into: String?

  func run() throws {
    for path in try RunPlots(RunRecord(reading: folder)).draw(into: into ?? "\(folder)/plots", format) {
      printLine(path)
    }
  }
}
