import Diagnostics

extension Parser {
  /// Reports an error unless it is likely to follow from the last one.
  mutating func report(_ diagnostic: Diagnostic) {
    if isSpeaking { diagnostics.add(diagnostic) }
    panicking = true
  }

  /// The next error is worth reporting.
  private var isSpeaking: Bool { !panicking && !token.followsUnreadable }

  /// Reports an error after which the parser knows where it stands.
  mutating func reportUnderstood(_ diagnostic: Diagnostic) {
    let before = panicking
    report(diagnostic)
    panicking = before
  }

  /// What a token is, in words.
  func describe(_ token: Token) -> String {
    switch token.kind {
    case .name: return "the name `\(clipped(token.span))`"
    case .numeral, .decimal, .malformedNumber: return "the number `\(clipped(token.span))`"
    case .extents: return "the size `\(clipped(token.span))`"
    case .endOfFile: return "the end of the file"
    default: return "`\(source.text(token.span))`"
    }
  }

  private func clipped(_ span: Span) -> String {
    guard span.end - span.start > 60 else { return source.text(span) }
    return String(source.text(Span(span.start, span.start + 60)).prefix(40)) + "…"
  }

  /// Where an error about the token in hand is shown. What is missing before the end of the file, or before a
  /// declaration on a new line, is missing after the last token.
  var place: Span {
    token.kind == .endOfFile || startsNewDeclaration ? Span(previousEnd, previousEnd) : token.span
  }

  private var startsNewDeclaration: Bool {
    (token.kind.startsDeclaration || atModelLine) && source.bytes[previousEnd..<token.span.start].contains(0x0A)
  }

  /// "expected …, found …" at the token in hand.
  mutating func unexpected(
    _ expected: String, also secondary: [Label] = [], notes: [String] = [], help: String? = nil, fixes: [Fix] = []
  ) {
    guard isSpeaking, !diagnostics.isFull else {
      if isSpeaking { diagnostics.countError() }
      panicking = true
      return
    }
    var help = help
    if token.kind == .star { help = endAdvice }
    if token.kind.isReservedWord, !startsNewDeclaration, expected.contains("name") {
      help =
        "`\(source.text(token.span))` is a reserved word; choose another name, such as `\(source.text(token.span))'`"
    }
    report(
      Diagnostic(
        .unexpectedToken, "expected \(expected), found \(describe(token))", at: Label(place, "expected \(expected)"),
        also: secondary, notes: notes, help: help, fixes: fixes))
  }

  /// Takes a token of this kind, or reports that it is missing, looks for it among the tokens up to `recovery`, and
  /// takes it if it is there.
  @discardableResult
  mutating func expect(
    _ kind: Token.Kind, _ expected: String, also secondary: [Label] = [], notes: [String] = [], help: String,
    recovery: TokenSet = []
  ) -> Bool {
    if token.kind != kind {
      unexpected(expected, also: secondary, notes: notes, help: help)
      skip(to: recovery, or: kind)
      guard token.kind == kind else { return false }
    }
    advance()
    panicking = false
    return true
  }

  /// Takes the bracket that closes the one at `opener`.
  mutating func close(_ kind: Token.Kind, _ opener: Span) {
    let sign = kind.spelling ?? ""
    brackets -= 1
    expect(
      kind, "`\(sign)`", also: [Label(opener, "to close this `\(source.text(opener))`")],
      help: "put the missing `\(sign)` here, or remove what does not belong",
      recovery: [.then, .else, .in, .bar, .arrow])
  }

  /// Skips to a token of the set (or of the kind), to the bracket that closes an enclosing one, or to a declaration.
  mutating func skip(to set: TokenSet, or kind: Token.Kind = .endOfFile) {
    var depth = 0
    let start = token.span.start
    defer { if token.span.start > start { unread.append(start) } }
    while token.kind != .endOfFile, !token.kind.startsDeclaration {
      if depth == 0 {
        if set.contains(token.kind) || token.kind == kind || token.kind.closesBracket || atDeclaration { return }
      } else if token.kind.closesBracket {
        depth -= 1
      }
      if token.kind.opensBracket { depth += 1 }
      advance()
    }
  }

  mutating func expectEnd(of what: String) {
    guard token.kind != .endOfFile else { return }
    unexpected("the end of the \(what)", help: endAdvice ?? "remove what follows the \(what)")
  }

  /// What to do about a token that cannot continue an expression.
  var endAdvice: String? {
    switch token.kind {
    case .star:
      "the factor on the left of `*` is a number, as in `2 * x`; `scale x y` multiplies by a variable, and `times x y` entry by entry"
    case .rightParen, .rightBracket, .rightBrace: "remove it: it closes nothing"
    case .equals:
      "there is no comparison: a Bool is taken apart by `if`, a Nat by `iter`; a local name is given by `let x = e in e`"
    case .colon: "a type is given to an expression in parentheses: `(e : type)`"
    case .then, .else, .in: "remove it: no `\(source.text(token.span))` is wanted here"
    case .arrow, .thinArrow: "a function starts with `fun`, as in `fun x => e`"
    case .lollipop: "types stand after a colon, as in `(e : type)`"
    case .leftBrace: "braces belong to `iter { base | y => step } (count)`; use parentheses for grouping"
    default: nil
    }
  }

  // MARK: Depth

  /// Reports that a tree is too deep, and gives up on the rest of the declaration.
  mutating func giveUpTooDeep(_ what: String, _ span: Span) {
    report(
      Diagnostic(
        .nestedTooDeeply, "\(what) is nested too deeply",
        at: Label(Span(max(span.start, previousEnd - 1), previousEnd), "level \(Term.maximumDepth) is reached here"),
        notes: ["a tree has at most \(Term.maximumDepth) levels; a chain such as `f a b …` has one for each step"],
        help: "name the parts by `def`"))
    abandonDeclaration()
  }

  /// A node of the tree, unless that tree is too deep.
  mutating func make(_ kind: Term.Kind, _ span: Span) -> Term {
    for child in kind.children where child.depth >= Term.maximumDepth {
      giveUpTooDeep("this expression", span)
      return Term(.error, span)
    }
    return Term(kind, span)
  }
}
