import CajalSyntax

/// What can stand at a place, by the tokens before it.
struct CompletionPlace {
  enum Kind { case nothing, symbol, type, layer, declaration, expression }

  let kind: Kind
  /// Where what is completed begins.
  let start: Int

  init(_ offset: Int, _ analysis: Analysis) {
    let bytes = analysis.buffer.bytes
    var start = offset
    // A name, or a backslash with what follows it.
    while start > 0, Self.continues(bytes[start - 1]) { start -= 1 }
    if start > 0, bytes[start - 1] == UInt8(ascii: "-"), start > 1, bytes[start - 2] == UInt8(ascii: "\\") {
      start -= 1
    }
    if start > 0, bytes[start - 1] == UInt8(ascii: "\\") {
      self.start = start - 1
      kind = .symbol
      return
    }
    self.start = start
    guard !Comment.all(in: analysis).contains(where: { $0.span.start < offset && offset <= $0.span.end }) else {
      kind = .nothing
      return
    }
    let isLineStart = start == 0 || bytes[start - 1] == 0x0A || bytes[start - 1] == 0x0D
    kind = isLineStart ? .declaration : Self.kind(before: start, analysis)
  }

  private static func continues(_ byte: UInt8) -> Bool {
    byte >= 0x80 || byte == 0x5F || byte == 0x27 || (byte >= 0x30 && byte <= 0x39)
      || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A)
  }

  private static func kind(before start: Int, _ analysis: Analysis) -> Kind {
    let (head, tokens) = declaration(before: start, analysis)
    guard let head, let last = tokens.last else { return .declaration }
    if last.kind == .program || last.kind == .def || last.kind == .type { return .nothing }
    var isType = false
    var open: [Bool] = []
    var hasBody = false
    for token in tokens {
      if token.kind == .leftParen || token.kind == .leftBracket || token.kind == .leftBrace {
        open.append(isType)
      } else if token.kind == .rightParen || token.kind == .rightBracket || token.kind == .rightBrace {
        isType = open.popLast() ?? false
      } else if token.kind == .colon {
        isType = true
      } else if token.kind == .comma {
        isType = false
      } else if token.kind == .equals {
        if open.isEmpty, !hasBody { hasBody = true }
        isType = head == "type" || head == "data"
      }
    }
    if isType { return .type }
    guard hasBody else { return .nothing }
    if head == "net" { return .layer }
    return head == "horizon" ? .nothing : .expression
  }

  /// The word of the declaration around a place, and the tokens from there up to the place.
  private static func declaration(before start: Int, _ analysis: Analysis) -> (head: String?, tokens: [Token]) {
    var tokens: [Token] = []
    for token in analysis.tokens.reversed() where token.kind != .endOfFile && token.span.end <= start {
      tokens.append(token)
      let text = analysis.source.text(token.span)
      let atLineStart = token.span.start == 0 || analysis.buffer.bytes[token.span.start - 1] == 0x0A
      let isHead =
        token.kind.startsDeclaration || (atLineStart && ["net", "model", "data", "param"].contains(text))
      if isHead { return (text, tokens.reversed()) }
    }
    return (nil, [])
  }

  /// Names that `fun`, `let`, an alternative or a list of parameters gives before a place, in its declaration.
  static func binders(before offset: Int, _ analysis: Analysis) -> Set<String> {
    let tokens = declaration(before: offset, analysis).tokens
    var names: Set<String> = []
    var isBinding = false
    for (index, token) in tokens.enumerated() {
      switch token.kind {
      case .fun, .let, .bar: isBinding = true
      case .arrow, .dot, .equals, .in: isBinding = false
      case .name where isBinding || (index + 1 < tokens.count && tokens[index + 1].kind == .colon):
        names.insert(analysis.source.text(token.span))
      default: break
      }
    }
    return names
  }
}
