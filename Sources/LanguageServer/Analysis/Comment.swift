import CajalSyntax
import Diagnostics

/// A comment between tokens.
struct Comment {
  let span: Span
  /// From `--` to the end of its line.
  let isLine: Bool

  static func all(in analysis: Analysis) -> [Comment] {
    let bytes = analysis.buffer.bytes
    var comments: [Comment] = []
    var offset = 0
    for token in analysis.tokens {
      scan(bytes, offset, token.kind == .endOfFile ? bytes.count : token.span.start, &comments)
      offset = token.span.end
    }
    return comments
  }

  private static func scan(_ bytes: [UInt8], _ start: Int, _ end: Int, _ comments: inout [Comment]) {
    var offset = start
    while offset + 1 < end {
      switch (bytes[offset], bytes[offset + 1]) {
      case (UInt8(ascii: "-"), UInt8(ascii: "-")):
        let first = offset
        while offset < end, bytes[offset] != 0x0A, bytes[offset] != 0x0D { offset += 1 }
        comments.append(Comment(span: Span(first, offset), isLine: true))
      case (UInt8(ascii: "{"), UInt8(ascii: "-")):
        let first = offset
        skipBlock(bytes, &offset, end)
        comments.append(Comment(span: Span(first, offset), isLine: false))
      default: offset += 1
      }
    }
  }

  private static func skipBlock(_ bytes: [UInt8], _ offset: inout Int, _ end: Int) {
    var depth = 0
    while offset < end {
      let next = offset + 1 < end ? bytes[offset + 1] : 0
      if bytes[offset] == UInt8(ascii: "{"), next == UInt8(ascii: "-") {
        depth += 1
        offset += 2
      } else if bytes[offset] == UInt8(ascii: "-"), next == UInt8(ascii: "}") {
        depth -= 1
        offset += 2
        if depth == 0 { return }
      } else {
        offset += 1
      }
    }
  }
}
