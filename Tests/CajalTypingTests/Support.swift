import CajalSyntax
import CajalTyping
import Diagnostics
import Foundation

struct Outcome {
  let source: Source
  let module: TypedModule?
  let diagnostics: [Diagnostic]

  var codes: [String] { diagnostics.map(\.code.rawValue) }

  /// The text under the primary label of a diagnostic.
  func place(_ index: Int = 0) -> String {
    diagnostics.indices.contains(index) ? diagnostics[index].primary.map { source.text($0.span) } ?? "" : ""
  }

  func also(_ index: Int = 0) -> [String] { diagnostics[index].secondary.map { source.text($0.span) } }

  var rendered: String {
    var all = Diagnostics()
    for diagnostic in diagnostics { all.add(diagnostic) }
    return DiagnosticRenderer(source: source).render(all)
  }
}

func checked(_ text: String, horizon: Int? = nil, strict: Bool = false) -> Outcome {
  let source = Source(name: "test.cajal", text: text)
  var diagnostics = Diagnostics()
  let tree = parse(source, diagnostics: &diagnostics)
  let module = check(
    tree, options: CheckOptions(horizonOverride: horizon, strictLinear: strict), diagnostics: &diagnostics)
  return Outcome(source: source, module: module, diagnostics: diagnostics.items)
}

/// The type of the definition `e` of a file.
func type(of name: String = "e", _ text: String) -> String? {
  checked(text).module?.definitions.first { $0.name == name }.map { "\($0.term.type)" }
}
