import Foundation

/// Prints diagnostics for editors: one JSON object a line, with sorted keys.
///
/// `line`, `column`, `endLine` and `endColumn` count from 1, columns in Unicode scalars; `startByte` and `endByte`
/// count from 0. They are absent where a diagnostic is about the file as a whole; `help` is absent where there is none.
public struct DiagnosticJSON: Sendable {
  public let source: Source

  public init(source: Source) { self.source = source }

  private struct Place: Encodable {
    let line: Int
    let column: Int
    let endLine: Int
    let endColumn: Int
    let startByte: Int
    let endByte: Int

    init(_ span: Span, _ source: Source) {
      let start = source.position(of: span.start)
      let end = source.position(of: span.end)
      (line, column, endLine, endColumn) = (start.line, start.column, end.line, end.column)
      (startByte, endByte) = (span.start, span.end)
    }
  }

  private struct PlacedLabel: Encodable {
    let place: Place
    let isPrimary: Bool
    let text: String

    enum Keys: String, CodingKey {
      case isPrimary = "primary"
      case text
    }

    func encode(to encoder: any Encoder) throws {
      try place.encode(to: encoder)
      var container = encoder.container(keyedBy: Keys.self)
      try container.encode(isPrimary, forKey: .isPrimary)
      try container.encode(text, forKey: .text)
    }
  }

  private struct Message: Encodable {
    let code: String?
    let severity: String
    let message: String
    let file: String
    let place: Place?
    let labels: [PlacedLabel]
    let notes: [String]
    let help: String?

    enum Keys: String, CodingKey { case code, severity, message, file, labels, notes, help }

    func encode(to encoder: any Encoder) throws {
      try place?.encode(to: encoder)
      var container = encoder.container(keyedBy: Keys.self)
      try container.encodeIfPresent(code, forKey: .code)
      try container.encode(severity, forKey: .severity)
      try container.encode(message, forKey: .message)
      try container.encode(file, forKey: .file)
      try container.encode(labels, forKey: .labels)
      try container.encode(notes, forKey: .notes)
      try container.encodeIfPresent(help, forKey: .help)
    }
  }

  /// A line for each, and one of severity `note` without a code if some are not shown.
  public func render(_ diagnostics: Diagnostics) -> String {
    var output = diagnostics.items.map(render).joined()
    if let remark = diagnostics.closingRemark {
      output += encoded(
        Message(
          code: nil, severity: "note", message: remark, file: source.name, place: nil, labels: [], notes: [], help: nil)
      )
    }
    return output
  }

  /// One line, with its line break.
  public func render(_ diagnostic: Diagnostic) -> String {
    let primary = diagnostic.primary.map { [($0, true)] } ?? []
    let labels = (primary + diagnostic.secondary.map { ($0, false) }).map { label, isPrimary in
      PlacedLabel(place: Place(label.span, source), isPrimary: isPrimary, text: label.text)
    }
    return encoded(
      Message(
        code: diagnostic.code.rawValue, severity: diagnostic.severity.rawValue, message: diagnostic.message,
        file: source.name, place: diagnostic.primary.map { Place($0.span, source) }, labels: labels,
        notes: diagnostic.notes, help: diagnostic.help))
  }

  private func encoded(_ message: Message) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Strings and integers always encode.
    guard let data = try? encoder.encode(message) else { preconditionFailure("a diagnostic did not encode") }
    return String(decoding: data, as: UTF8.self) + "\n"
  }
}
