import Diagnostics

extension Parser {
  mutating func parseAtom() -> Term {
    let span = token.span
    switch token.kind {
    case .name:
      if atDeclaration { return missingExpression() }
      if atAlternatives { return parseAlternatives() }
      return atIteration ? parseIteration() : take(.variable(text(of: token)))
    case .true: return take(.bool(true))
    case .false: return take(.bool(false))
    case .numeral: return take(.numeral(UInt64(source.text(span)) ?? 0))
    case .decimal: return take(.decimal(Double(source.text(span)) ?? 0))
    case .malformedNumber: return take(.error)
    case .leftParen: return parseParenthesised()
    case .leftBracket: return parseBrackets()
    case .iter: return parseIteration()
    case .fun, .if, .let: return parseMisplacedExpression()
    case .succ, .minus: return parseMisplacedSign()
    case .bang: return parseMisplacedBang()
    default: return missingExpression()
    }
  }

  private mutating func take(_ kind: Term.Kind) -> Term {
    let span = token.span
    advance()
    return Term(kind, span)
  }

  /// Reports that there is no expression, and skips to where its surroundings go on.
  mutating func missingExpression(_ expected: String = "an expression", _ help: String? = nil) -> Term {
    let span = place
    unexpected(expected, help: help ?? missingAdvice)
    skip(to: [.then, .else, .in, .bar, .comma, .colon, .arrow, .equals])
    return Term(.error, span)
  }

  private var missingAdvice: String {
    switch token.kind {
    case .dot where following.kind == .numeral: "write a digit before the point, as in `0.5`"
    case .leftBrace: "braces belong to `iter { base | y => step } (count)`; use parentheses for grouping"
    case .plus: "a sum starts with its first term; only `-` can be a sign"
    default: "put an expression here: a variable, a number, `true`, `( … )`, `fun x => e`, …"
    }
  }

  /// `fun`, `if` or `let` as an operand of `+`, `-` or `*`.
  private mutating func parseMisplacedExpression() -> Term {
    let word = source.text(token.span)
    reportUnderstood(
      Diagnostic(
        .unexpectedToken, "`\(word)` needs parentheses as an operand", at: Label(token.span, "expected a product"),
        notes: ["`\(word)` extends as far right as it can"], help: "put it in parentheses: `(\(word) …)`"))
    return parseExpression()
  }

  /// `-` in the middle of a sum, or `succ` where only an atom can stand.
  private mutating func parseMisplacedSign() -> Term {
    let word = source.text(token.span)
    reportUnderstood(
      Diagnostic(
        .unexpectedToken, "expected an expression, found `\(word)`", at: Label(token.span, "expected an expression"),
        notes: [word == "-" ? "a sign can stand only at the start of a sum" : "only an atom can stand here"],
        help: "put it in parentheses: `(\(word == "-" ? "-" : word + " ")x)`"))
    // A row of signs is one mistake.
    if word == "-" { while accept(.minus) {} }
    return parseExpression()
  }

  /// `( expr )` or `( expr : type )`
  private mutating func parseParenthesised() -> Term {
    let opener = token.span
    advance()
    brackets += 1
    var term = parseExpression()
    if accept(.colon) {
      let type = parseType()
      close(.rightParen, opener)
      term = make(.ascription(term, type), span(from: opener.start))
    } else {
      close(.rightParen, opener)
    }
    return term
  }

  /// `!` before anything but a state.
  private mutating func parseMisplacedBang() -> Term {
    reportUnderstood(
      Diagnostic(
        .unexpectedToken, "expected an expression, found `!`", at: Label(token.span, "expected an expression"),
        notes: ["`!` stands before the state of an iteration of a model: `iter { base | !y => step } (n)`"],
        help: "booleans are taken apart with `if c then a else b`"))
    while accept(.bang) {}
    return token.kind.startsAtom ? parseAtom() : missingExpression()
  }
}
