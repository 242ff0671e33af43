import Foundation
import TestSupport

/// The tables that a campaign ends with, in Markdown.
struct Report {
  private let reports: [ModuleReport]
  private let settings: Settings

  init(_ state: State, _ settings: Settings) {
    reports = state.all
    self.settings = settings
  }

  var text: String {
    let tables = [rows, oracles, counts("kind", \.kinds), counts("not tried, because", \.discarded), failures, notes]
    return tables.map { $0.joined(separator: "\n") + "\n" }.joined(separator: "\n")
  }

  /// With what a reader has to know of it.
  var page: String {
    """
    # What the campaign ran

    Printed by `make campaign N=\(settings.programs) SEED=\(settings.seed) PUBLISH=1`; what is compared with what, and
    what "worst" means, is in [Tests/Campaign/README.md](../Tests/Campaign/README.md).
    \(progress)
    \(text)
    """
  }

  private var progress: String {
    let done = total(\.programs, of: reports) + total(\.models, of: reports)
    if done >= settings.programs { return "" }
    return "\n\(Self.grouped(done)) of the \(Self.grouped(settings.programs)) were run so far.\n"
  }

  // MARK: Tables

  private var rows: [String] {
    var lines = [
      "| compiler | programs | models | calls | comparisons | failures | worst |", "|---|--:|--:|--:|--:|--:|--:|",
    ]
    func add(_ name: String, _ chosen: [ModuleReport]) {
      if chosen.isEmpty { return }
      let cells = [\ModuleReport.programs, \.models, \.calls, \.comparisons, \.failures.count].map {
        total($0, of: chosen)
      }
      let worst = String(format: "%.2f", chosen.map(\.worst).max() ?? 0)
      lines.append("| \(name) | " + cells.map(Self.grouped).joined(separator: " | ") + " | \(worst) |")
    }
    for row in Row.table.map(\.name) {
      for bytes in [4, 8] {
        add("`\(row)`, \(bytes == 4 ? "float" : "double")", reports.filter { $0.row == row && $0.realBytes == bytes })
      }
    }
    for blas in ["none", "openblas"] { add("of these `--blas \(blas)`", reports.filter { $0.blas == blas }) }
    add("all", reports)
    return lines
  }

  private var oracles: [String] {
    let lines = [
      ("graph with evaluator, programs at values", total(\.evaluated, of: reports)),
      ("graph with equations, programs at vectors", total(\.equations, of: reports)),
      ("adjoint with dual numbers, programs in a direction", total(\.derivatives, of: reports)),
      ("schedule with graph, calls", total(\.scheduled, of: reports)),
      ("gradients asked for alone that have other bits than among all", total(\.otherBits, of: reports)),
      ("comparisons with a bound above 1 % of the entry, and above 0.01", total(\.loose, of: reports)),
    ]
    return ["| besides | times |", "|---|--:|"] + lines.map { "| \($0) | \(Self.grouped($1)) |" }
  }

  private func counts(_ title: String, _ value: KeyPath<ModuleReport, [String: Int]>) -> [String] {
    let sums = reports.reduce(into: [String: Int]()) { $0.merge($1[keyPath: value], uniquingKeysWith: +) }
    return ["| \(title) | times |", "|---|--:|"]
      + sums.sorted { $0.key < $1.key }.map { "| \($0.key) | \(Self.grouped($0.value)) |" }
  }

  private var failures: [String] {
    let all = reports.flatMap { report in report.failures.map { (report, $0) } }
    if all.isEmpty { return ["No failure."] }
    return ["| program | kind | row | reason |", "|--:|---|---|---|"]
      + all.prefix(100).map { report, failure in
        let reason = failure.reason.prefix(120).replacingOccurrences(of: "\n", with: " ")
          .replacingOccurrences(of: "|", with: "\\|")
        return "| \(failure.program) | \(failure.kind) | `\(report.row)`, \(report.realBytes) bytes | \(reason) |"
      }
  }

  private var notes: [String] {
    let codes = Dictionary(grouping: reports, by: \.code).mapValues {
      total(\.programs, of: $0) + total(\.models, of: $0)
    }
    let seconds = reports.reduce(into: [String: Double]()) { $0.merge($1.seconds, uniquingKeysWith: +) }
    var lines = [
      "Sources and runtime, as git names their trees, with the programs that were run on them: "
        + codes.sorted { $0.key < $1.key }.map { "\($0.key) (\(Self.grouped($0.value)))" }.joined(separator: ", ")
        + ".",
      "Minutes of work: "
        + seconds.sorted { $0.key < $1.key }.map { "\($0.key) \(Int(($0.value / 60).rounded()))" }.joined(
          separator: ", ")
        + ".",
    ]
    for compiler in Set(settings.rows.map(\.compiler)).sorted() {
      if let version = try? run(compiler, ["--version"]).output.split(separator: "\n").first {
        lines.append("`\(compiler)`: \(version).")
      }
    }
    lines += Row.table.compactMap { row in row.obstacle.map { "Skipped, `\(row.name)`: \($0)." } }
    return lines.flatMap { [$0, ""] }.dropLast()
  }

  private func total(_ value: KeyPath<ModuleReport, Int>, of reports: [ModuleReport]) -> Int {
    reports.reduce(0) { $0 + $1[keyPath: value] }
  }

  /// With a space between thousands.
  private static func grouped(_ number: Int) -> String {
    var (digits, result) = (Array(String(number)), "")
    while digits.count > 3 {
      result = " " + String(digits.suffix(3)) + result
      digits.removeLast(3)
    }
    return String(digits) + result
  }
}
