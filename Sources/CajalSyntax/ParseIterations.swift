import Diagnostics

/// `iter` and `scan`.
extension Parser {
  /// The token in hand is `scan` before `{`, or what may be a misspelt `iter`: only these forms have braces.
  var atIteration: Bool {
    guard token.kind == .name, following.kind == .leftBrace else { return false }
    let word = source.text(token.span)
    return ["scan", "iterate", "loop", "repeat"].contains(word)
      || suggestion(for: word, among: ["iter", "scan", "iterate", "loop", "repeat"]) != nil
  }

  private static let ofLast = "an iteration is written `iter { base | y => step } (count)`"
  private static let ofAll = "a trajectory is written `scan { base | y => step } (100)`"

  /// `iter { base | [!]state => step | claim … } ( count )`, or `scan`; the word may be misspelt.
  mutating func parseIteration() -> Term {
    let start = token.span.start
    let form: Iteration.Form = isName(token, "scan") ? .all : .last
    let shape = form == .all ? Self.ofAll : Self.ofLast
    if token.kind != .iter, form == .last {
      let meant = suggestion(for: source.text(token.span), among: ["scan"]) ?? "iter"
      reportUnderstood(
        Diagnostic(
          .unexpectedToken, "there is no form `\(source.text(token.span)) { … }`",
          at: Label(token.span, "not a word of Cajal"), notes: [shape], help: "did you mean `\(meant)`?",
          fixes: [.replace(token.span, by: meant)]))
    }
    advance()
    let opener = token.span
    guard token.kind == .leftBrace else { return missingExpression("`{` after `iter`", shape) }
    advance()
    brackets += 1
    let base = parseExpression()
    expect(.bar, "`|`", also: [Label(opener, "in this iteration")], help: shape, recovery: [.arrow])
    let isData = !panicking && accept(.bang)
    let state = panicking ? nil : parseName("a name for the state", help: shape)
    if panicking { skip(to: [.arrow]) }
    if state == nil, token.kind == .arrow { panicking = false }
    expectStepArrow(shape)
    let step = panicking ? Term(.error, place) : parseExpression()
    var claims: [Claim] = []
    while !panicking, accept(.bar) { if let claim = parseClaim() { claims.append(claim) } }
    close(.rightBrace, opener)
    let count = parseCount(shape)
    guard let state else { return Term(.error, span(from: start)) }
    return make(
      .iterate(Iteration(form, base: base, state: state, isData: isData, step: step, claims: claims, count: count)),
      span(from: start))
  }

  private mutating func expectStepArrow(_ help: String) {
    if token.kind == .thinArrow || token.kind == .equals || token.kind == .dot {
      reportUnderstood(
        Diagnostic(
          .unexpectedToken, "expected `=>`, found \(describe(token))", at: Label(token.span, "expected `=>`"),
          help: help,
          fixes: [.replace(token.span, by: "=>")]))
      advance()
    } else {
      expect(.arrow, "`=>`", help: help)
    }
  }

  /// `conserves literal` or `nonnegative`
  private mutating func parseClaim() -> Claim? {
    let start = token.span.start
    if isName(token, "nonnegative") {
      advance()
      return Claim(.nonnegative, span(from: start))
    }
    guard isName(token, "conserves") else {
      unexpected(
        "`conserves` or `nonnegative`", notes: ["after the step stands what is to be proved of the states"],
        help: "write `| conserves [1, 1]` or `| nonnegative`")
      skip(to: [.bar])
      if token.kind == .bar { panicking = false }
      return nil
    }
    advance()
    return parseNumbers("the weights of the state's entries").map { Claim(.conserves($0), span(from: start)) }
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
}
