import CajalSyntax
import Diagnostics

extension LanguageServer {
  /// The fixes of the diagnostics in a range.
  func codeActions(_ document: Document, _ params: JSON) throws -> JSON {
    guard let span = span(document, params) else { throw ResponseError.invalidParams("a range has a start and an end") }
    if let only = params.at("context", "only")?.array,
      !only.contains(where: { $0 == "quickfix" || $0 == "" })
    {
      return []
    }
    guard client.codeActionLiterals else { return [] }
    var actions: [JSON] = []
    for diagnostic in document.analysis.diagnostics {
      let place = diagnostic.primary?.span ?? Span(0, 0)
      guard place.start <= span.end, span.start <= place.end else { continue }
      for fix in diagnostic.fixes {
        actions.append([
          "title": .string(fix.title), "kind": "quickfix", "diagnostics": [json(diagnostic, document)],
          "isPreferred": .bool(diagnostic.fixes.count == 1),
          "edit": workspaceEdit(document, edits(fix.change, document.analysis)),
        ])
      }
    }
    return .array(actions)
  }

  private func edits(_ change: Fix.Change, _ analysis: Analysis) -> [Fix.Edit] {
    switch change {
    case .edits(let edits): return edits
    case .horizon(let value):
      let declarations = analysis.tree.declarations
      for declaration in declarations {
        if case .horizon = declaration.kind { return [Fix.Edit(declaration.span, "horizon \(value)")] }
      }
      let start = declarations.first?.span.start ?? 0
      return [Fix.Edit(Span(start, start), "horizon \(value)\n")]
    }
  }
}
