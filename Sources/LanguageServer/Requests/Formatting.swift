import Diagnostics
import Formatting

extension LanguageServer {
  /// One edit of the lines that change; none where the text has errors.
  func formatting(_ document: Document, _ params: JSON) throws -> JSON {
    var diagnostics = Diagnostics()
    guard let text = try format(document.analysis.source, diagnostics: &diagnostics) else { return .null }
    let (old, new) = (document.buffer.bytes, Array(text.utf8))
    if old == new { return [] }
    var start = zip(old, new).prefix { $0 == $1 }.count
    var tail = zip(old[start...].reversed(), new[start...].reversed()).prefix { $0 == $1 }.count
    // Between characters.
    while start > 0, start < old.count, old[start] & 0xC0 == 0x80 { start -= 1 }
    while start > 0, start < new.count, new[start] & 0xC0 == 0x80 { start -= 1 }
    while tail > 0, old[old.count - tail] & 0xC0 == 0x80 { tail -= 1 }
    // A place between \r and \n is none in the protocol.
    if start > 0, start < old.count, old[start - 1] == 0x0D, old[start] == 0x0A { start -= 1 }
    if tail > 0, old[old.count - tail] == 0x0A, old.count - tail > 0, old[old.count - tail - 1] == 0x0D { tail -= 1 }
    return [
      [
        "range": document.buffer.range(Span(start, old.count - tail)),
        "newText": .string(String(decoding: new[start..<(new.count - tail)], as: UTF8.self)),
      ]
    ]
  }
}
