import Diagnostics

/// What can be said about a text before it is cut into tokens: that it is UTF-8 and holds no control characters.
///
/// Many bad places make one diagnostic with their number, not one each.
struct TextCheck {
  private struct Places {
    var first: Span?
    var count = 0

    mutating func add(_ span: Span) {
      if first == nil { first = span }
      count += 1
    }

    var note: [String] {
      count > 1
        ? ["there \(count == 2 ? "is" : "are") \(count - 1) more such place\(count == 2 ? "" : "s") in the file"] : []
    }
  }

  /// A text with more bad places than this is not a text, and nothing further is said about it.
  private static let tolerance = 10

  private var invalid = Places()
  private var forbidden = Places()
  private var firstForbidden: Unicode.Scalar = "\0"
  private let source: Source

  init(_ source: Source) {
    self.source = source
    let bytes = source.bytes
    var offset = 0
    while offset < bytes.count {
      let byte = bytes[offset]
      if byte >= 0x20, byte < 0x7F {
        offset += 1
        continue
      }
      let decoded = DecodedScalar(bytes, at: offset)
      let span = Span(offset, offset + decoded.length)
      if let scalar = decoded.scalar {
        if scalar.isForbiddenEverywhere {
          if forbidden.count == 0 { firstForbidden = scalar }
          forbidden.add(span)
        }
      } else {
        invalid.add(span)
      }
      offset += decoded.length
    }
  }

  /// Whether the rest is worth reading.
  var isText: Bool { invalid.count <= Self.tolerance && forbidden.count <= Self.tolerance }

  func report(to diagnostics: inout Diagnostics) {
    if let span = invalid.first {
      let bytes = source.bytes[span.start..<span.end].map { "0x" + String($0, radix: 16, uppercase: true) }
      diagnostics.add(
        Diagnostic(
          .invalidUTF8, "the file is not UTF-8",
          at: Label(span, "\(bytes.joined(separator: " ")) is not the encoding of any character"),
          notes: invalid.note,
          help: isText
            ? "remove the byte, or save the file in the encoding UTF-8"
            : "this does not look like a text; if it is one, save it in the encoding UTF-8"))
    }
    if let span = forbidden.first {
      let name = firstForbidden == "\0" ? "a NUL byte" : "the control character \(firstForbidden.codePoint)"
      diagnostics.add(
        Diagnostic(
          .unexpectedCharacter, "\(name) in the file", at: Label(span, "this character is invisible"),
          notes: ["control characters are allowed nowhere, comments included: they hide what a program says"]
            + forbidden.note,
          help: "remove it"))
    }
  }
}
