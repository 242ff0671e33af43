import Diagnostics

/// Definition, references and highlights.
extension LanguageServer {
  func definition(_ document: Document, _ params: JSON) throws -> JSON {
    let names = document.analysis.names
    guard let occurrence = names.occurrence(at: try offset(document, params)) else { return .null }
    return location(document, names.symbols[occurrence.symbol].name.span)
  }

  func references(_ document: Document, _ params: JSON) throws -> JSON {
    let names = document.analysis.names
    guard let occurrence = names.occurrence(at: try offset(document, params)) else { return [] }
    let isWithBinding = params.at("context", "includeDeclaration")?.bool ?? true
    return .array(
      names.uses(of: occurrence.symbol).filter { isWithBinding || !$0.isBinding }.map { location(document, $0.span) })
  }

  func highlights(_ document: Document, _ params: JSON) throws -> JSON {
    let names = document.analysis.names
    guard let occurrence = names.occurrence(at: try offset(document, params)) else { return [] }
    return .array(
      names.uses(of: occurrence.symbol).map {
        // Read and write, as the protocol has it.
        ["range": document.buffer.range($0.span), "kind": $0.isBinding ? 3 : 2]
      })
  }

  private func location(_ document: Document, _ span: Span) -> JSON {
    ["uri": .string(document.uri), "range": document.buffer.range(span)]
  }
}
