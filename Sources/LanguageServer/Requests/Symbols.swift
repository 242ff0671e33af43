import CajalSyntax
import Diagnostics

extension LanguageServer {
  func documentSymbols(_ document: Document, _ params: JSON) throws -> JSON {
    let outlines = document.analysis.tree.declarations.map { outline($0, document) }
    if client.hierarchicalSymbols { return .array(outlines.map { hierarchical($0, document) }) }
    return .array(
      outlines.flatMap { [$0] + $0.children }.map { outline in
        [
          "name": .string(outline.name), "kind": .integer(outline.kind.rawValue),
          "location": ["uri": .string(document.uri), "range": document.buffer.range(outline.span)],
        ]
      })
  }

  /// The numbers of the protocol.
  private enum SymbolKind: Int {
    case module = 2
    case structure = 23
    case enumeration = 10
    case function = 12
    case variable = 13
    case constant = 14
    case member = 22
    case method = 6
  }

  private struct Outline {
    let name: String
    let detail: String
    let kind: SymbolKind
    let span: Span
    let selection: Span
    var children: [Outline] = []
  }

  private func outline(_ declaration: Declaration, _ document: Document) -> Outline {
    let source = document.analysis.source
    func named(_ name: Name, _ kind: SymbolKind, _ detail: String, _ children: [Outline] = []) -> Outline {
      Outline(
        name: name.text, detail: detail, kind: kind, span: declaration.span, selection: name.span, children: children)
    }
    func text(_ type: TypeExpression) -> String { source.text(type.span) }
    switch declaration.kind {
    case .horizon(let value):
      return Outline(
        name: "horizon", detail: "\(value)", kind: .constant, span: declaration.span, selection: declaration.span)
    case .type(let name, let type): return named(name, .structure, text(type))
    case .data(let name, let constructors):
      let children = constructors.map { constructor in
        let end = constructor.fields.last?.span.end ?? constructor.name.span.end
        return Outline(
          name: constructor.name.text, detail: constructor.fields.map(text).joined(separator: " "), kind: .member,
          span: Span(constructor.name.span.start, max(end, constructor.name.span.end)),
          selection: constructor.name.span)
      }
      return named(name, .enumeration, "data", children)
    case .definition(let name, let type, _): return named(name, .function, type.map(text) ?? "")
    case .program(let name, _, let type, _): return named(name, .method, text(type))
    case .net(let name, _, let type, _): return named(name, .module, text(type))
    case .model(let name, _, let type, _): return named(name, .method, text(type))
    case .learnt(let name, let type, _): return named(name, .variable, text(type))
    }
  }

  private func hierarchical(_ outline: Outline, _ document: Document) -> JSON {
    [
      "name": .string(outline.name), "detail": .string(outline.detail), "kind": .integer(outline.kind.rawValue),
      "range": document.buffer.range(outline.span.union(outline.selection)),
      "selectionRange": document.buffer.range(outline.selection),
      "children": .array(outline.children.map { hierarchical($0, document) }),
    ]
  }
}
