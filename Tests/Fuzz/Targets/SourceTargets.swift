import CajalSyntax
import CajalTyping
import Diagnostics
import Driver
import EmitC
import Formatting
import Foundation
import LinearMaps
import TestSupport

/// What parses without errors prints as a text that parses to the same tree, and is formatted as one.
func checkSyntax(_ bytes: [UInt8]) throws {
  let source = Source(name: "fuzz.cajal", bytes: bytes)
  var diagnostics = Diagnostics()
  let tree = parse(source, diagnostics: &diagnostics)
  try check(diagnostics, of: source)
  guard !diagnostics.hasErrors else { return }
  try checkFormatting(source, tree)
  for width in [20, 100] {
    let text = PrettyPrinter(width: width).print(tree)
    var found = Diagnostics()
    let again = parse(Source(name: "printed.cajal", text: text), diagnostics: &found)
    try require(!found.hasErrors && again.isSame(as: tree), "round trip", "printed as\n\(text)")
    try require(PrettyPrinter(width: width).print(again) == text, "printer", "prints again otherwise than\n\(text)")
  }
}

private func checkFormatting(_ source: Source, _ tree: SyntaxTree) throws {
  func formatted(_ source: Source) throws -> String {
    var found = Diagnostics()
    do {
      guard let text = try format(source, diagnostics: &found) else { throw Falsified("silence", "no formatted text") }
      return text
    } catch let fault as FormattingFault { throw Falsified("formatter", "\(fault)") }
  }
  let text = try formatted(source)
  var found = Diagnostics()
  let again = parse(Source(name: "formatted.cajal", text: text), diagnostics: &found)
  try require(!found.hasErrors && again.isSame(as: tree), "formatter", "formatted as\n\(text)")
  try require(
    try formatted(Source(name: "formatted.cajal", text: text)) == text, "formatter", "not formatted:\n\(text)")
}

/// What the checker accepts goes on to C, or is refused in so many words; every graph on the way is valid.
func checkProgram(_ bytes: [UInt8]) throws {
  let source = Source(name: "fuzz.cajal", bytes: bytes)
  let compilation = Compilation(source: source, options: options(for: bytes.count))
  let emitted: (c: String, header: String)?
  do { emitted = try compilation.emitted() } catch {
    throw Falsified("internal error", "\(type(of: error)): \(error)")
  }
  try check(compilation.diagnostics, of: source)
  try require((emitted == nil) == compilation.diagnostics.hasErrors, "silence", "no C, and no error")
  guard let module = compilation.module, emitted != nil else { return }
  _ = JudgementPrinter(module).print()
  // Horizons, norm bounds and costs, as `cajal2c check` prints them.
  let costs = try compilation.costs()
  try require(costs != nil && compilation.summary(costs: costs ?? []) != nil, "silence", "C, and no summary")
  guard let unit = try compilation.moduleUnit() else { throw Falsified("silence", "C, and no module") }
  let json = try manifest(unit)
  try require((try? JSONSerialization.jsonObject(with: Data(json.utf8))) != nil, "manifest", json)
  for program in unit.programs {
    for graph in [program.forward] + (program.backward.map { [$0] } ?? []) { try checkText(of: graph) }
  }
}

/// Every option that changes what is emitted, by the length of the text.
private func options(for length: Int) -> CompilerOptions {
  var options = CompilerOptions()
  options.gradients = true
  options.realBytes = length % 2 == 0 ? 4 : 8
  options.blas = length % 3 == 0 ? .none : .openblas
  options.strictLinear = length % 5 == 0
  options.typePreserving = length % 7 == 5 ? .trained : length % 7 == 6 ? .frozen : nil
  return options
}

/// Places lie within the text, and every message can be shown.
private func check(_ diagnostics: Diagnostics, of source: Source) throws {
  for diagnostic in diagnostics.items {
    for label in (diagnostic.primary.map { [$0] } ?? []) + diagnostic.secondary {
      try require(
        label.span.start >= 0 && label.span.end <= source.bytes.count, "place",
        "\(diagnostic.code.rawValue) at \(label.span) of \(source.bytes.count) bytes")
    }
    for case .edits(let edits) in diagnostic.fixes.map(\.change) {
      var end = 0
      for edit in edits {
        try require(
          edit.span.start >= end && edit.span.start <= edit.span.end && edit.span.end <= source.bytes.count, "fix",
          "\(diagnostic.code.rawValue) edits \(edit.span) of \(source.bytes.count) bytes")
        end = edit.span.end
      }
    }
  }
  let text = DiagnosticRenderer(source: source).render(diagnostics)
  try require(text.utf8.count < 400_000, "length", "\(text.utf8.count) bytes of messages")
  let json = DiagnosticJSON(source: source).render(diagnostics)
  for line in json.split(separator: "\n") {
    try require((try? JSONSerialization.jsonObject(with: Data(line.utf8))) != nil, "JSON", "\(line)")
  }
}
