import Foundation

/// The tables that a campaign ends with, in Markdown.
struct Report {
  let text: String

  init(_ state: State, _ settings: Settings) {
    let reports = state.reports.values.sorted { $0.module < $1.module }
    var lines: [String] = []
    func total(_ reports: [ModuleReport], _ value: (ModuleReport) -> Int) -> Int { reports.reduce(0) { $0 + value($1) } }
    func row(_ name: String, _ reports: [ModuleReport]) -> String {
      let worst = reports.map(\.worst).max() ?? 0
      let cells = [
        total(reports, \.programs), total(reports, \.models), total(reports, \.calls), total(reports, \.comparisons),
        total(reports, \.failures.count),
      ]
      return "| \(name) | " + cells.map(Self.grouped).joined(separator: " | ") + String(format: " | %.2f |", worst)
    }
    lines += ["| compiler | programs | models | calls | comparisons | failures | worst |", "|---|--:|--:|--:|--:|--:|--:|"]
    for name in Row.table.map(\.name) {
      for bytes in [4, 8] {
        let chosen = reports.filter { $0.row == name && $0.realBytes == bytes }
        if !chosen.isEmpty { lines.append(row("`\(name)`, \(bytes == 4 ? "float" : "double")", chosen)) }
      }
    }
    for blas in ["none", "openblas"] {
      lines.append(row("of these `--blas \(blas)`", reports.filter { $0.blas == blas }))
    }
    lines.append(row("all", reports))
    lines += ["", "| compared | times |", "|---|--:|"]
    lines.append("| graph with evaluator, at values | \(Self.grouped(total(reports, \.evaluated))) |")
    lines.append("| graph with equations, at vectors | \(Self.grouped(total(reports, \.equations))) |")
    lines.append("| adjoint with dual numbers, in a direction | \(Self.grouped(total(reports, \.derivatives))) |")
    lines.append(
      "| gradients asked for alone that have other bits than among all | \(Self.grouped(total(reports, \.otherBits))) |")
    lines += ["", "| kind | programs or calls |", "|---|--:|"]
    lines += Self.sum(reports.map(\.kinds)).sorted { $0.key < $1.key }.map { "| \($0.key) | \(Self.grouped($0.value)) |" }
    lines += ["", "| not tried, because | times |", "|---|--:|"]
    lines += Self.sum(reports.map(\.discarded)).sorted { $0.key < $1.key }.map { "| \($0.key) | \(Self.grouped($0.value)) |" }
    let codes = Dictionary(grouping: reports, by: \.code).mapValues { total($0, \.programs) + total($0, \.models) }
    lines += ["", "Sources: " + codes.sorted { $0.key < $1.key }.map { "\($0.key) (\($0.value))" }.joined(separator: ", ")]
    let seconds = reports.reduce(into: [String: Double]()) { $0.merge($1.seconds, uniquingKeysWith: +) }
    lines.append(
      "Seconds: " + seconds.sorted { $0.key < $1.key }.map { String(format: "%@ %.0f", $0.key, $0.value) }.joined(separator: ", "))
    text = lines.joined(separator: "\n") + "\n"
  }

  private static func sum(_ counts: [[String: Int]]) -> [String: Int] {
    counts.reduce(into: [:]) { $0.merge($1, uniquingKeysWith: +) }
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
