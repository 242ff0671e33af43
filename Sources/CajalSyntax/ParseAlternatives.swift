import Diagnostics

/// `case` and `fold` (LANGUAGE.md, section 8).
extension Parser {
  /// The token in hand is the word of a form with alternatives: before `{` it cannot be a name.
  var atAlternatives: Bool {
    following.kind == .leftBrace && (isName(token, "case") || isName(token, "fold"))
  }

  /// `case { [|] alt | alt | … } ( expr )`, and `fold` likewise.
  mutating func parseAlternatives() -> Term {
    let start = token.span.start
    let word = source.text(token.span)
    let isFold = word == "fold"
    let shape = "this form is written `\(word) { Con x => e | … } (e)`"
    advance()
    let opener = token.span
    advance()
    brackets += 1
    var alternatives: [Alternative] = []
    var isRead = true
    _ = accept(.bar)
    repeat {
      if let alternative = parseAlternative(shape) { alternatives.append(alternative) } else { isRead = false }
      if panicking {
        isRead = false
        skip(to: [.bar])
        if token.kind == .bar { panicking = false }
      }
    } while accept(.bar)
    close(.rightBrace, opener)
    let operand = parseOperand(shape)
    let span = span(from: start)
    guard isRead else { return Term(.error, span) }
    return make(isFold ? .fold(alternatives, operand) : .cases(alternatives, operand), span)
  }

  /// Nil where the pattern could not be read.
  private mutating func parseAlternative(_ shape: String) -> Alternative? {
    let start = token.span.start
    let pattern = parsePattern(shape)
    if pattern == nil {
      skip(to: [.arrow, .bar])
      if token.kind == .arrow { panicking = false }
    }
    if !panicking { expectAlternativeArrow(shape) }
    if panicking { return nil }
    let body = parseExpression()
    return pattern.map { Alternative(pattern: $0, body: body, span: span(from: start)) }
  }

  private mutating func expectAlternativeArrow(_ shape: String) {
    if token.kind == .thinArrow || token.kind == .equals || token.kind == .dot {
      reportUnderstood(
        Diagnostic(
          .unexpectedToken, "expected `=>`, found \(describe(token))", at: Label(token.span, "expected `=>`"),
          help: shape,
          fixes: [.replace(token.span, by: "=>")]))
      advance()
    } else {
      expect(
        .arrow, "`=>`", notes: ["a pattern is a constructor with a variable for each of its fields"], help: shape,
        recovery: [.bar])
    }
  }

  /// `pat ::= Con x* | true | false | 0 | succ x`
  private mutating func parsePattern(_ shape: String) -> Pattern? {
    let start = token.span.start
    switch token.kind {
    case .true, .false:
      let value = token.kind == .true
      advance()
      return Pattern(.bool(value), span(from: start))
    case .numeral where source.text(token.span) == "0":
      advance()
      return Pattern(.zero, span(from: start))
    case .succ:
      advance()
      let name = parseName("a name for the number before", help: "the alternative for the others is `succ x => e`")
      return name.map { Pattern(.successor($0), span(from: start)) }
    case .name where !atBoundary:
      let constructor = Name(text(of: token), token.span)
      advance()
      var binders: [Name] = []
      while token.kind == .name, !atBoundary {
        binders.append(Name(text(of: token), token.span))
        advance()
      }
      return Pattern(.constructor(constructor, binders), span(from: start))
    default:
      let isNumber = token.kind == .numeral || token.kind == .decimal
      unexpected(
        "a pattern", notes: ["patterns are `Con x y`, `true`, `false`, `0` and `succ x`"],
        help: isNumber ? "a Nat is `0` or `succ x`; other numbers are told apart by `case` in a `case`" : shape)
      return nil
    }
  }

  private mutating func parseOperand(_ shape: String) -> Term {
    let opener = token.span
    guard token.kind == .leftParen else {
      guard token.kind.startsAtom, !atDeclaration else {
        return missingExpression("what is taken apart, in parentheses", shape)
      }
      reportUnderstood(
        Diagnostic(
          .unexpectedToken, "expected `(`, found \(describe(token))", at: Label(token.span, "put this in parentheses"),
          help: shape))
      return parseAtom()
    }
    advance()
    brackets += 1
    let operand = parseExpression()
    close(.rightParen, opener)
    return operand
  }
}
