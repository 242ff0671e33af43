import Diagnostics

/// Cuts a source text into tokens, one at a time (LANGUAGE.md, section 1).
///
/// A lexer is a value: a copy looks ahead without disturbing the original. It takes text as it comes and never
/// fails; what it could not read is reported in `diagnostics` and left out. Bytes that are not UTF-8 and control
/// characters are left out silently, because `TextCheck` has reported them.
public struct Lexer: Sendable {
  /// The longest name and the longest number, in bytes.
  public static let maximumNameLength = 1_000

  let bytes: [UInt8]
  var offset = 0
  var followsUnreadable = false
  /// Among the layers of a net: `5x5` is a token.
  var readsExtents = false
  public internal(set) var diagnostics = Diagnostics()

  public init(_ source: Source) {
    bytes = source.bytes
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { offset = 3 }
  }

  /// All tokens of a text, the end of the file included.
  public static func tokens(of source: Source) -> [Token] {
    var lexer = Lexer(source)
    var tokens: [Token] = []
    repeat { tokens.append(lexer.next()) } while tokens.last?.kind != .endOfFile
    return tokens
  }

  /// The next token; at the end, `endOfFile` as often as it is asked for.
  public mutating func next() -> Token {
    followsUnreadable = false
    while offset < bytes.count {
      let byte = bytes[offset]
      if byte == 0x20 || (byte >= 0x09 && byte <= 0x0D && byte != 0x0B && byte != 0x0C) {
        offset += 1
      } else if byte == 0x2D, peek(1) == 0x2D {
        skipLineComment()
      } else if byte == 0x7B, peek(1) == 0x2D {
        skipBlockComment()
      } else if byte.isASCIILetter || byte == 0x5F {
        return name()
      } else if byte.isDigit {
        return number()
      } else if let token = punctuation(byte) {
        return token
      } else if let token = byte < 0x80 ? nil : beyondASCII() {
        return token
      } else {
        skipUnreadable()
      }
    }
    return Token(.endOfFile, Span(offset, offset), followsUnreadable: followsUnreadable)
  }

  /// The byte at a distance from the current one; 0 beyond the end.
  func peek(_ distance: Int) -> UInt8 {
    offset + distance < bytes.count ? bytes[offset + distance] : 0
  }

  mutating func take(_ kind: Token.Kind, _ length: Int) -> Token {
    let start = offset
    offset += length
    return Token(kind, Span(start, offset), followsUnreadable: followsUnreadable)
  }

  // MARK: Comments

  private mutating func skipLineComment() {
    while offset < bytes.count, bytes[offset] != 0x0A, bytes[offset] != 0x0D { offset += 1 }
  }

  private mutating func skipBlockComment() {
    let start = offset
    var depth = 0
    while offset < bytes.count {
      if bytes[offset] == 0x7B, peek(1) == 0x2D {
        depth += 1
        offset += 2
      } else if bytes[offset] == 0x2D, peek(1) == 0x7D {
        depth -= 1
        offset += 2
        if depth == 0 { return }
      } else {
        offset += 1
      }
    }
    diagnostics.add(
      Diagnostic(
        .unterminatedComment, "a comment has no end", at: Label(Span(start, start + 2), "the comment starts here"),
        notes: depth > 1 ? ["comments nest: at the end of the file \(depth) are still open"] : [],
        help: "end it with `-}`; if a sign was meant, as in `iter { -x | … }`, put a space after `{`"))
    followsUnreadable = true
  }

  // MARK: Names

  private mutating func name() -> Token {
    let start = offset
    while offset < bytes.count {
      if bytes[offset] < 0x80 {
        guard bytes[offset].continuesASCIIName else { break }
        offset += 1
      } else {
        let decoded = DecodedScalar(bytes, at: offset)
        guard let scalar = decoded.scalar, scalar.continuesName else { break }
        offset += decoded.length
      }
    }
    let span = Span(start, offset)
    let length = offset - start
    if length > Self.maximumNameLength {
      diagnostics.add(
        Diagnostic(
          .nameTooLong, "a name of \(length) bytes is too long", at: Label(span, "this name"),
          notes: ["a name has at most \(Self.maximumNameLength) bytes"], help: "choose a shorter name"))
    }
    return Token(length > 8 ? .name : wordKind(span), span, followsUnreadable: followsUnreadable)
  }

  private func wordKind(_ span: Span) -> Token.Kind {
    var packed: UInt64 = 0
    for index in (span.start..<span.end).reversed() { packed = packed << 8 | UInt64(bytes[index]) }
    return Token.Kind.packedWords[packed] ?? .name
  }

  // MARK: Signs

  private mutating func punctuation(_ byte: UInt8) -> Token? {
    switch byte {
    case UInt8(ascii: "("): take(.leftParen, 1)
    case UInt8(ascii: ")"): take(.rightParen, 1)
    case UInt8(ascii: "["): take(.leftBracket, 1)
    case UInt8(ascii: "]"): take(.rightBracket, 1)
    case UInt8(ascii: "{"): take(.leftBrace, 1)
    case UInt8(ascii: "}"): take(.rightBrace, 1)
    case UInt8(ascii: "|"): take(.bar, 1)
    case UInt8(ascii: ","): take(.comma, 1)
    case UInt8(ascii: ":"): take(.colon, 1)
    case UInt8(ascii: "."): take(.dot, 1)
    case UInt8(ascii: "+"): take(.plus, 1)
    case UInt8(ascii: "*"): take(.star, 1)
    case UInt8(ascii: "/"): take(.slash, 1)
    case UInt8(ascii: "^"): take(.caret, 1)
    case UInt8(ascii: "!"): take(.bang, 1)
    case UInt8(ascii: "="): peek(1) == UInt8(ascii: ">") ? take(.arrow, 2) : take(.equals, 1)
    case UInt8(ascii: "-"): peek(1) == UInt8(ascii: ">") ? take(.thinArrow, 2) : take(.minus, 1)
    default: nil
    }
  }

  private mutating func beyondASCII() -> Token? {
    let decoded = DecodedScalar(bytes, at: offset)
    guard let scalar = decoded.scalar else { return nil }
    switch scalar {
    case .lambda: return take(.fun, decoded.length)
    case .two, .naturals: return take(.name, decoded.length)
    case "⊸": return take(.lollipop, decoded.length)
    case "⇒", "↪": return take(.arrow, decoded.length)
    case "→": return take(.thinArrow, decoded.length)
    default: return scalar.startsName ? name() : nil
    }
  }
}
