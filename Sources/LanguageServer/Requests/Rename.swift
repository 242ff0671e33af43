import CajalSyntax
import Diagnostics

extension LanguageServer {
  func prepareRename(_ document: Document, _ params: JSON) throws -> JSON {
    let names = document.analysis.names
    guard let occurrence = names.occurrence(at: try offset(document, params)) else { return .null }
    let name = names.symbols[occurrence.symbol].name.text
    return ["range": document.buffer.range(occurrence.span), "placeholder": .string(name)]
  }

  func rename(_ document: Document, _ params: JSON) throws -> JSON {
    guard let name = params["newName"]?.string else { throw ResponseError.invalidParams("newName is a string") }
    let names = document.analysis.names
    guard let occurrence = names.occurrence(at: try offset(document, params)) else {
      throw ResponseError.failed("there is no name here that the file gives")
    }
    guard isName(name) else { throw ResponseError.failed("`\(name)` is no name, or a word of the language") }
    let edits = names.uses(of: occurrence.symbol).map { Fix.Edit($0.span, name) }
    let renamed = String(decoding: applied(edits, to: document.buffer.bytes), as: UTF8.self)
    let after = Analysis(TextBuffer(renamed), uri: document.uri)
    guard after.names.hasSameShape(as: names), after.errorCodes == document.analysis.errorCodes else {
      throw ResponseError.failed("`\(name)` means something else in one of these places")
    }
    return workspaceEdit(document, edits)
  }

  private func isName(_ text: String) -> Bool {
    let tokens = Lexer.tokens(of: Source(name: "", text: text))
    guard tokens.count == 2, tokens[0].kind == .name, tokens[0].span == Span(0, text.utf8.count) else { return false }
    return !["ℕ", "𝟚", "Nat", "Bool", "Real"].contains(text)
      && text.utf8.count <= Lexer.maximumNameLength
  }

  /// Edits in the order of the text, none over another.
  func applied(_ edits: [Fix.Edit], to bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var offset = 0
    for edit in edits {
      result += bytes[offset..<edit.span.start]
      result += edit.text.utf8
      offset = edit.span.end
    }
    return result + bytes[offset...]
  }

  func workspaceEdit(_ document: Document, _ edits: [Fix.Edit]) -> JSON {
    let texts = JSON.array(
      edits.map { ["range": document.buffer.range($0.span), "newText": .string($0.text)] })
    guard client.documentChanges else { return ["changes": .object([document.uri: texts])] }
    let version = document.version.map { JSON.integer($0) } ?? .null
    return [
      "documentChanges": [["textDocument": ["uri": .string(document.uri), "version": version], "edits": texts]]
    ]
  }
}

extension Analysis {
  fileprivate var errorCodes: [DiagnosticCode] { diagnostics.filter { $0.severity == .error }.map(\.code) }
}
