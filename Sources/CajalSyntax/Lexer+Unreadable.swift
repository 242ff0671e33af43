import Diagnostics

extension Lexer {
  /// Leaves out what starts no token, and reports it once however long it is.
  mutating func skipUnreadable() {
    followsUnreadable = true
    let start = offset
    var first: Unicode.Scalar?
    var count = 0
    while offset < bytes.count {
      let decoded = DecodedScalar(bytes, at: offset)
      if let scalar = decoded.scalar, !scalar.isForbiddenEverywhere {
        guard Self.isUnreadable(scalar) else { break }
        if first == nil { first = scalar }
        count += 1
      }
      offset += decoded.length
    }
    guard let first else { return }
    let (bytes, span) = (bytes, Span(start, offset))
    diagnostics.addError {
      let text = String(decoding: bytes[start..<min(span.end, start + 40)], as: UTF8.self)
      return Diagnostic(
        .unexpectedCharacter,
        count == 1 ? "unexpected character `\(first)`" : "unexpected characters `\(text)`",
        at: Label(span, count == 1 ? "\(first.codePoint) starts no token" : "these start no token"),
        help: Self.advice(first))
    }
  }

  private static func isUnreadable(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.value < 0x80 {
      switch scalar {
      case "\"", "#", "$", "%", "&", "'", ";", "<", ">", "?", "@", "\\", "`", "~": return true
      default: return false
      }
    }
    switch scalar {
    case .lambda, .two, .naturals, "⊸", "⇒", "↪", "→": return false
    default: return !scalar.startsName
    }
  }

  /// What the character probably stands for.
  private static func advice(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\u{A0}", "\u{2007}", "\u{202F}", "\u{2009}", "\u{2003}", "\u{3000}", "\u{FEFF}", "\u{200B}":
      "this is a special space; replace it by an ordinary one"
    case "−", "–", "—": "write `-` for minus"
    case "×", "·", "⋅": "write `*`, with a number on its left"
    case "\\": "write `fun x => e` or `λx. e` for a function"
    case "≔": "write `=`"
    case "⟨", "⟩", "“", "”", "‘", "’", "\"": "remove it: Cajal has no strings"
    case "'": "a prime can only follow a letter, as in `x'`"
    case "&", "∧", "¬": "booleans are taken apart with `if c then a else b`"
    case "<", ">": "there is no comparison: a Bool is taken apart by `if`, a Nat by `iter`"
    case "÷": "write `/`"
    case "#": "remove it; a comment starts with `--`, or stands between `{-` and `-}`"
    case ";": "remove it: declarations and expressions need no separator"
    default: "remove it"
    }
  }
}
