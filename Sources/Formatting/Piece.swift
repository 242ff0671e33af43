import CajalSyntax
import Diagnostics

/// A token or a comment, with what the author put before it.
struct Piece {
  enum Kind: Hashable {
    case token(Token.Kind)
    case lineComment, blockComment
  }

  /// What formatting leaves as it is.
  struct Content: Hashable {
    let kind: Kind
    /// Of a comment without space at the ends of its lines.
    let text: String
  }

  let content: Content
  /// Line breaks before it; 2 stand for any number of empty lines.
  var breaks: Int
  /// Spaces before it, on its line.
  let spaces: Int
  /// The first token of a declaration.
  let startsDeclaration: Bool
  var role = Role.other

  var text: String { content.text }
  var isComment: Bool { token == nil }
  var token: Token.Kind? { if case .token(let kind) = content.kind { kind } else { nil } }

  /// Those of a text, in order.
  static func all(of source: Source, declarations: [Declaration]) -> [Piece] {
    var scanner = Scanner(source: source, starts: Set(declarations.map(\.span.start)))
    return scanner.run()
  }
}

private struct Scanner {
  let source: Source
  let starts: Set<Int>
  private var pieces: [Piece] = []
  private var breaks = 0
  private var spaces = 0

  init(source: Source, starts: Set<Int>) {
    self.source = source
    self.starts = starts
  }

  mutating func run() -> [Piece] {
    var offset = source.bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    for token in Lexer.tokens(of: source) {
      gap(offset, token.span.start)
      offset = token.span.end
      guard token.kind != .endOfFile else { break }
      add(.token(token.kind), source.text(token.span), starts.contains(token.span.start))
    }
    return pieces
  }

  private mutating func add(_ kind: Piece.Kind, _ text: String, _ starts: Bool = false) {
    pieces.append(
      Piece(
        content: Piece.Content(kind: kind, text: text), breaks: pieces.isEmpty ? 0 : min(breaks, 2), spaces: spaces,
        startsDeclaration: starts))
    (breaks, spaces) = (0, 0)
  }

  /// Between two tokens are space and comments alone.
  private mutating func gap(_ start: Int, _ end: Int) {
    let bytes = source.bytes
    var offset = start
    while offset < end {
      switch bytes[offset] {
      case UInt8(ascii: "\n"):
        (breaks, spaces) = (breaks + 1, 0)
        offset += 1
      case UInt8(ascii: "\r"):
        if offset + 1 >= end || bytes[offset + 1] != UInt8(ascii: "\n") { (breaks, spaces) = (breaks + 1, 0) }
        offset += 1
      case UInt8(ascii: "-"):
        let first = offset
        while offset < end, bytes[offset] != 0x0A, bytes[offset] != 0x0D { offset += 1 }
        add(.lineComment, comment(first, offset))
      case UInt8(ascii: "{"):
        let first = offset
        skipBlock(&offset, end)
        add(.blockComment, comment(first, offset))
      default:
        spaces += 1
        offset += 1
      }
    }
  }

  private func skipBlock(_ offset: inout Int, _ end: Int) {
    var depth = 0
    repeat {
      let next = offset + 1 < end ? source.bytes[offset + 1] : 0
      if source.bytes[offset] == UInt8(ascii: "{"), next == UInt8(ascii: "-") {
        depth += 1
        offset += 2
      } else if source.bytes[offset] == UInt8(ascii: "-"), next == UInt8(ascii: "}") {
        depth -= 1
        offset += 2
      } else {
        offset += 1
      }
    } while depth > 0 && offset < end
  }

  private func comment(_ start: Int, _ end: Int) -> String {
    var lines: [[UInt8]] = [[]]
    var offset = start
    while offset < end {
      let byte = source.bytes[offset]
      if byte == 0x0A || byte == 0x0D {
        if byte == 0x0D, offset + 1 < end, source.bytes[offset + 1] == 0x0A { offset += 1 }
        lines.append([])
      } else {
        lines[lines.count - 1].append(byte)
      }
      offset += 1
    }
    return lines.map { line in
      let end = line.lastIndex { $0 != 0x20 && $0 != 0x09 }.map { $0 + 1 } ?? 0
      return String(decoding: line[..<end], as: UTF8.self)
    }.joined(separator: "\n")
  }
}
