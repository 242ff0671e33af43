import Diagnostics
import LanguageServer

/// A text in lines of stretches, each with what it is and what is said of it.
struct SourceText: Encodable, Sendable {
  struct Stretch: Encodable, Sendable {
    let text: String
    /// Nil where it is plain.
    var kind: String?
    /// Its place in `notes`.
    var note: Int?
    /// A name is given here.
    var isDeclaration: Bool?
    var isNonlinear: Bool?
  }

  private(set) var lines: [[Stretch]] = [[]]
  private(set) var notes: [String] = []

  init(_ source: Source, _ tokens: [DescribedToken]) {
    var places: [String: Int] = [:]
    var offset = source.bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    for token in tokens {
      append(source.text(Span(offset, token.span.start))) { Stretch(text: $0) }
      var note: Int?
      if let text = token.note {
        note = places[text] ?? notes.count
        places[text] = note
        if note == notes.count { notes.append(text) }
      }
      append(source.text(token.span)) {
        Stretch(
          text: $0, kind: token.kind, note: note, isDeclaration: token.isDeclaration ? true : nil,
          isNonlinear: token.isNonlinear ? true : nil)
      }
      offset = token.span.end
    }
    append(source.text(Span(offset, source.bytes.count))) { Stretch(text: $0) }
    if lines.last?.isEmpty == true { lines.removeLast() }
  }

  private mutating func append(_ text: String, _ stretch: (String) -> Stretch) {
    let parts = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }
    for (index, part) in parts.enumerated() {
      if index > 0 { lines.append([]) }
      if !part.isEmpty { lines[lines.count - 1].append(stretch(String(part))) }
    }
  }
}
