import ArgumentParser
import RunRecords
import Training

struct Compare: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Put runs beside each other.",
    discussion: """
      EXAMPLE
        cajal-train compare runs/adam runs/sgd

      Prints a row for each run: what it was asked for where the runs differ, and
      its measures, of the best parameters where there was a validation, else of
      the last ones; the seconds are those of the whole run.
      """)

  @Argument(help: "The runs' folders.")
  var runs: [String]

  @Flag(help: "Print CSV.")
  var csv = false

  func run() throws {
    let table = compare(try runs.map(RunRecord.init))
    guard !csv else {
      for row in table { printLine(row.map(quoted).joined(separator: ",")) }
      return
    }
    let widths = table[0].indices.map { column in table.map { $0[column].count }.max() ?? 0 }
    for row in table {
      let cells = zip(row, widths).enumerated().map { column, cell in
        let space = String(repeating: " ", count: cell.1 - cell.0.count)
        return column == 0 ? cell.0 + space : space + cell.0
      }
      printLine(cells.joined(separator: "  "))
    }
  }

  private func quoted(_ cell: String) -> String {
    cell.contains { ",\"\n".contains($0) } ? "\"\(cell.replacing("\"", with: "\"\""))\"" : cell
  }
}
