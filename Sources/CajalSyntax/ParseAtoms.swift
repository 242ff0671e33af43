import Diagnostics

extension Parser {
  mutating func parseAtom() -> Term {
    let span = token.span
    switch token.kind {
    case .name:
      if atDeclaration { return missingExpression() }
      if atAlternatives { return parseAlternatives() }
      return following.kind == .leftBrace && isMisspeltIteration ? parseIteration() : take(.variable(text(of: token)))
    case .true: return take(.bool(true))
    case .false: return take(.bool(false))
    case .numeral: return take(.numeral(UInt64(source.text(span)) ?? 0))
    case .decimal: return take(.decimal(Double(source.text(span)) ?? 0))
    case .malformedNumber: return take(.error)
    case .leftParen: return parseParenthesised()
    case .leftBracket: return parseLiteral()
    case .iter: return parseIteration()
    case .fun, .if, .let: return parseMisplacedExpression()
    case .succ, .minus: return parseMisplacedSign()
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

  // MARK: iter

  /// Only iterations have braces.
  private var isMisspeltIteration: Bool {
    suggestion(for: source.text(token.span), among: ["iter", "iterate", "loop", "repeat"]) != nil
      || ["iterate", "loop", "repeat"].contains(source.text(token.span))
  }

  /// `iter { base | state => step } ( count )`; its word may be misspelt.
  private mutating func parseIteration() -> Term {
    let start = token.span.start
    let shape = "an iteration is written `iter { base | y => step } (count)`"
    if token.kind != .iter {
      reportUnderstood(
        Diagnostic(
          .unexpectedToken, "there is no form `\(source.text(token.span)) { … }`",
          at: Label(token.span, "not a word of Cajal"), notes: [shape], help: "did you mean `iter`?"))
    }
    advance()
    let opener = token.span
    guard token.kind == .leftBrace else { return missingExpression("`{` after `iter`", shape) }
    advance()
    brackets += 1
    let base = parseExpression()
    expect(.bar, "`|`", also: [Label(opener, "in this iteration")], help: shape, recovery: [.arrow])
    let state = panicking ? nil : parseName("a name for the state", help: shape)
    if panicking { skip(to: [.arrow]) }
    if state == nil, token.kind == .arrow { panicking = false }
    expectStepArrow(shape)
    let step = panicking ? Term(.error, place) : parseExpression()
    close(.rightBrace, opener)
    let count = parseCount(shape)
    guard let state else { return Term(.error, span(from: start)) }
    return make(.iterate(base: base, state: state, step: step, count: count), span(from: start))
  }

  private mutating func expectStepArrow(_ help: String) {
    if token.kind == .thinArrow || token.kind == .equals || token.kind == .dot {
      reportUnderstood(
        Diagnostic(
          .unexpectedToken, "expected `=>`, found \(describe(token))", at: Label(token.span, "expected `=>`"),
          help: help))
      advance()
    } else {
      expect(.arrow, "`=>`", help: help)
    }
  }

  private mutating func parseCount(_ shape: String) -> Term {
    let opener = token.span
    guard token.kind == .leftParen else {
      guard token.kind.startsAtom, !atDeclaration else { return missingExpression("the count in parentheses", shape) }
      reportUnderstood(
        Diagnostic(
          .unexpectedToken, "expected the count in parentheses, found \(describe(token))",
          at: Label(token.span, "put this in parentheses"), help: shape))
      return parseAtom()
    }
    advance()
    brackets += 1
    let count = parseExpression()
    close(.rightParen, opener)
    return count
  }

  // MARK: Literals

  /// `[ signed, … ]` or `[ [ signed, … ], … ]`
  private mutating func parseLiteral() -> Term {
    let opener = token.span
    let errors = diagnostics.errorCount
    guard following.kind == .leftBracket else {
      let numbers = parseNumbers()
      let isGood = diagnostics.errorCount == errors && !panicking && !numbers.isEmpty
      return Term(isGood ? .vector(numbers) : .error, span(from: opener.start))
    }
    advance()
    brackets += 1
    var rows: [(span: Span, numbers: [Double])] = []
    repeat {
      let start = token.span.start
      guard token.kind == .leftBracket else {
        unexpected("`[` and a row", help: "a matrix is written `[[1, 2], [3, 4]]`: every entry is a row")
        skip(to: [])
        break
      }
      let numbers = parseNumbers()
      rows.append((span(from: start), numbers))
    } while accept(.comma)
    close(.rightBracket, opener)
    let isGood = diagnostics.errorCount == errors && !panicking
    guard isGood, checkRectangular(rows) else { return Term(.error, span(from: opener.start)) }
    return Term(.matrix(rows.map(\.numbers)), span(from: opener.start))
  }

  private mutating func checkRectangular(_ rows: [(span: Span, numbers: [Double])]) -> Bool {
    guard let first = rows.first, let odd = rows.first(where: { $0.numbers.count != first.numbers.count }) else {
      return true
    }
    reportUnderstood(
      Diagnostic(
        .raggedLiteral, "the rows of a matrix have different lengths",
        at: Label(odd.span, "\(odd.numbers.count) here"), also: [Label(first.span, "\(first.numbers.count) here")],
        help: "give every row as many numbers as the others"))
    return false
  }

  /// One bracket with numbers in it; empty where there are errors.
  private mutating func parseNumbers() -> [Double] {
    let opener = token.span
    advance()
    brackets += 1
    var numbers: [Double] = []
    repeat {
      guard let number = parseSigned() else {
        skip(to: [])
        break
      }
      numbers.append(number)
    } while accept(.comma)
    close(.rightBracket, opener)
    return numbers
  }

  /// `signed ::= [-] NUMBER`
  private mutating func parseSigned() -> Double? {
    let isNegative = accept(.minus)
    switch token.kind {
    case .numeral, .decimal:
      let value = Double(source.text(token.span)) ?? 0
      advance()
      return isNegative ? -value : value
    case .malformedNumber:
      advance()
      return 0
    default:
      unexpected(
        "a number", notes: ["a literal in brackets holds numbers only, at least one"],
        help: "write numbers separated by commas, as in `[1, -2.5]`")
      return nil
    }
  }
}
