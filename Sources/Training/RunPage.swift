import Foundation
import RunRecords

/// The page of a run, `live.html` in its folder: how far it is, its losses by steps, and what was measured last. It has
/// all that it needs in itself; while the run goes on, a browser loads it again every few seconds.
struct RunPage {
  enum State {
    /// The steps that are done, and how long the rest takes.
    case running(step: Int, of: Int, left: String)
    case finished(step: Int)
    /// Ended before the last step, and why.
    case stopped(String)
  }

  let html: String

  /// Points of the curve of steps, at most.
  private static let mostPoints = 1000

  /// - Parameter name: of the model.
  init(_ run: RunRecord, name: String, _ state: State) {
    var refresh = ""
    let said: String
    switch state {
    case .running(let step, let total, let left):
      refresh = "\n<meta http-equiv=\"refresh\" content=\"3\"/>"
      said = "Step \(step) of \(total), \(left) left. This page is rewritten as the run goes."
    case .finished(let step): said = "Finished after \(step) steps."
    case .stopped(let reason): said = reason
    }
    let title = "\(name) · \(run.path)"
    html = """
      <!DOCTYPE html>
      <html lang="en" xmlns="http://www.w3.org/1999/xhtml">
      <head>
      <meta charset="utf-8"/>
      <meta name="viewport" content="width=device-width, initial-scale=1"/>\(refresh)
      <title>\(escaped(title))</title>
      <style>
      \(Self.style)
      </style>
      </head>
      <body>
      <h1>\(escaped(title))</h1>
      <p>\(escaped(said))</p>
      \(Self.chart(run))
      <h2>Measured last</h2>
      \(Self.table(Self.measures(run)))
      <h2>The run</h2>
      \(Self.table(run.configuration.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }))
      </body>
      </html>

      """
  }

  private static func chart(_ run: RunRecord) -> String {
    let curves = [
      LossChart.Curve(name: "training", points: run.losses(atMost: mostPoints), hasMarks: false),
      LossChart.Curve(name: "validation", points: run.measured("validation_loss")),
      LossChart.Curve(name: "test", points: run.measured("test_loss")),
    ].filter { !$0.points.isEmpty }
    guard let chart = LossChart(curves) else { return "<p>There are no finite losses so far.</p>" }
    let key = curves.map { "<span class=\"\($0.name)\">\($0.name)</span>" }.joined(separator: " ")
    return "<h2>Loss, \(escaped(run.configuration["loss"] ?? "")), by steps</h2>\n<p>\(key)</p>\n\(chart.svg)"
  }

  private static func measures(_ run: RunRecord) -> [(String, String)] {
    (run.metrics.last ?? [:]).sorted { $0.key < $1.key }.compactMap { name, value in
      Double(value).map { (name.replacing("_", with: " "), significant($0, 6)) }
    }
  }

  private static func table(_ rows: [(String, String)]) -> String {
    let lines = rows.map { "<tr><th scope=\"row\">\(escaped($0.0))</th><td>\(escaped($0.1))</td></tr>" }
    return "<table>\n\(lines.joined(separator: "\n"))\n</table>"
  }

  private static let style = """
    :root { --ground: #fdfdfb; --ink: #1c1c1a; --soft: #5a5a54; --line: #d5d5cc; --training: #6f98bd; --validation: #b3560f;
      --test: #0b5cad; color-scheme: light dark; }
    @media (prefers-color-scheme: dark) { :root { --ground: #161719; --ink: #e9e8e4; --soft: #a9a9a2; --line: #3b3e42;
      --training: #4d6f8f; --validation: #f0a868; --test: #7db8f5; } }
    body { margin: 0 auto; max-width: 60rem; padding: 0 1rem 2rem; background: var(--ground); color: var(--ink);
      font: 16px/1.5 system-ui, sans-serif; }
    h1 { font-size: 1.5rem; overflow-wrap: anywhere; } h2 { font-size: 1.1rem; margin-top: 2rem; }
    svg { width: 100%; height: auto; } svg text { fill: var(--soft); font-size: 13px; }
    .grid, .frame { stroke: var(--line); fill: none; }
    polyline { fill: none; stroke-width: 1.6; } span::before { content: "━ "; }
    polyline.training { stroke: var(--training); stroke-width: 1; } span.training { color: var(--training); }
    polyline.validation { stroke: var(--validation); } .validation { color: var(--validation); }
    polyline.test { stroke: var(--test); } .test { color: var(--test); } circle { fill: currentColor; }
    table { border-collapse: collapse; } th { text-align: left; font-weight: normal; color: var(--soft); padding-right: 2rem; }
    td { font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
    """
}

/// As text of an element.
private func escaped(_ text: String) -> String {
  text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
}
