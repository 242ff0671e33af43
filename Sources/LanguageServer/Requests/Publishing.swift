import Diagnostics

extension LanguageServer {
  func publish(_ document: Document, _ diagnostics: [Diagnostic]) {
    publish(uri: document.uri, version: document.version, diagnostics.map { json($0, document) })
  }

  func publish(uri: String, version: Int?, _ diagnostics: [JSON]) {
    var params: [String: JSON] = ["uri": .string(uri), "diagnostics": .array(diagnostics)]
    if let version { params["version"] = .integer(version) }
    outbox.tell("textDocument/publishDiagnostics", .object(params))
  }

  func json(_ diagnostic: Diagnostic, _ document: Document) -> JSON {
    let buffer = document.buffer
    var members: [String: JSON] = [
      "range": buffer.range(diagnostic.primary?.span ?? Span(0, 0)),
      "severity": diagnostic.severity == .error ? 1 : 2,
      "code": .string(diagnostic.code.rawValue),
      "source": "cajal2c",
      "message": .string(text(diagnostic, buffer)),
    ]
    if client.relatedInformation, !diagnostic.secondary.isEmpty {
      members["relatedInformation"] = .array(
        diagnostic.secondary.map { label in
          [
            "location": ["uri": .string(document.uri), "range": buffer.range(label.span)],
            "message": .string(label.text),
          ]
        })
    }
    if client.codeDescription, let page = pages.link(to: diagnostic.code) {
      members["codeDescription"] = ["href": .string(page)]
    }
    if diagnostic.code == .unused { members["tags"] = [1] }
    return .object(members)
  }

  /// All that a diagnostic says and that has no place of its own in the protocol.
  private func text(_ diagnostic: Diagnostic, _ buffer: TextBuffer) -> String {
    var lines = [diagnostic.message]
    if let label = diagnostic.primary?.text, !label.isEmpty { lines[0] += ": " + label }
    if !client.relatedInformation {
      lines += diagnostic.secondary.map { "line \(buffer.position(of: $0.span.start).line + 1): \($0.text)" }
    }
    return (lines + diagnostic.notes.map { "note: \($0)" } + (diagnostic.help.map { ["help: \($0)"] } ?? []))
      .joined(separator: "\n")
  }
}
