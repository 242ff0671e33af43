import Diagnostics

extension Parser {
  /// `expr ::= fun … | if … | let … | sum`
  mutating func parseExpression() -> Term {
    nesting += 1
    defer { nesting -= 1 }
    guard nesting <= Term.maximumDepth else {
      giveUpTooDeep("this expression", token.span)
      return Term(.error, token.span)
    }
    switch token.kind {
    case .fun: return parseFunction()
    case .if: return parseConditional()
    case .let: return parseLet()
    default: return parseSum()
    }
  }

  // MARK: fun, if, let

  private mutating func parseFunction() -> Term {
    let word = token.span
    advance()
    var binders: [(start: Int, binder: Binder)] = []
    var isRead = true
    while token.kind == .name || token.kind == .leftParen {
      let start = token.span.start
      guard let binder = parseBinder() else {
        isRead = false
        continue
      }
      binders.append((start, binder))
    }
    if binders.isEmpty, isRead {
      isRead = false
      unexpected("a variable after `fun`", help: "a function is written `fun x => e` or `fun (x : type) => e`")
      skip(to: [.arrow, .dot, .thinArrow])
      if token.kind == .arrow || token.kind == .dot || token.kind == .thinArrow { panicking = false }
    }
    expectArrow(orDot: true, "a function is written `fun x => e` or `λx. e`")
    var term = parseExpression()
    let end = previousEnd
    for index in binders.indices.reversed() {
      term = make(.function(binders[index].binder, term), Span(index == 0 ? word.start : binders[index].start, end))
    }
    return isRead ? term : Term(.error, span(from: word.start))
  }

  private mutating func parseBinder() -> Binder? {
    if token.kind == .name {
      let name = Name(text(of: token), token.span)
      advance()
      return Binder(name: name, type: nil)
    }
    let opener = token.span
    advance()
    brackets += 1
    let help = "a variable with its type is written `(x : type)`"
    let name = parseName("a variable's name", help: help)
    if !panicking { expect(.colon, "`:` and a type", help: help, recovery: [.rightParen]) }
    let type = panicking ? nil : parseType()
    if isName(token, "within") {
      unexpected("`)`", notes: ["only the parameters of a program have bounds"], help: "remove the bound")
    }
    if panicking { skip(to: [.arrow]) }
    close(.rightParen, opener)
    return name.map { Binder(name: $0, type: type) }
  }

  /// `=>`; after a function's variables also `.`.
  private mutating func expectArrow(orDot: Bool, _ help: String) {
    if orDot, accept(.dot) { return }
    if token.kind == .thinArrow || token.kind == .equals || (orDot && token.kind == .colon) {
      if token.kind == .colon {
        unexpected("`=>`", help: "put a variable and its type in parentheses: `fun (x : type) => e`")
        skip(to: [.arrow, .dot])
        panicking = token.kind != .arrow && token.kind != .dot
      } else {
        reportUnderstood(
          Diagnostic(
            .unexpectedToken, "expected `=>`, found \(describe(token))", at: Label(token.span, "expected `=>`"),
            help: help,
            fixes: [.replace(token.span, by: "=>")]))
      }
      if !panicking { advance() }
      return
    }
    expect(.arrow, "`=>`", help: help, recovery: [.bar, .then, .else, .in])
  }

  private mutating func parseConditional() -> Term {
    let word = token.span
    advance()
    let shape = "a conditional is written `if c then a else b`"
    let opener = [Label(word, "for this `if`")]
    let condition = parseExpression()
    expect(.then, "`then`", also: opener, help: shape, recovery: [.else, .in, .bar, .comma, .colon])
    let positive = parseExpression()
    expect(
      .else, "`else`", also: opener, notes: ["both branches are needed: a conditional always has a value"], help: shape,
      recovery: [.then, .in, .bar, .comma, .colon])
    // Without `else` there is nothing to read, and what stands here belongs to someone else.
    let negative = panicking ? Term(.error, place) : parseExpression()
    return make(.conditional(condition, then: positive, else: negative), span(from: word.start))
  }

  private mutating func parseLet() -> Term {
    let word = token.span
    advance()
    let shape = "a local name is given by `let x = e in e`"
    let opener = [Label(word, "for this `let`")]
    let name = parseLetName(shape)
    expect(.equals, "`=`", also: opener, help: shape, recovery: [.in])
    let value = panicking ? Term(.error, place) : parseExpression()
    expect(.in, "`in`", also: opener, help: shape, recovery: [.then, .else, .bar, .comma, .colon])
    let body = panicking ? Term(.error, place) : parseExpression()
    guard let name else { return Term(.error, span(from: word.start)) }
    return make(.letIn(name, value, body: body), span(from: word.start))
  }

  private mutating func parseLetName(_ shape: String) -> Name? {
    let typed = "give the type to the value: `let x = (e : type) in e`"
    if token.kind == .leftParen {
      unexpected("a name", notes: ["`let` names one value"], help: typed)
      skip(to: [.equals])
      panicking = token.kind != .equals
      return nil
    }
    let name = parseName("a name", help: shape)
    if name != nil, token.kind == .colon {
      reportUnderstood(
        Diagnostic(
          .unexpectedToken, "expected `=`, found `:`", at: Label(token.span, "a type does not stand here"), help: typed)
      )
      advance()
      _ = parseType()
    }
    return name
  }

  // MARK: Sums and products

  /// `sum ::= [-] product ((+ | -) product)*`
  private mutating func parseSum() -> Term {
    let start = token.span.start
    let isNegated = accept(.minus)
    var term = parseProduct()
    if isNegated { term = make(.negate(term), span(from: start)) }
    while true {
      switch token.kind {
      case .plus:
        advance()
        let right = parseProduct()
        term = make(.add(term, right), span(from: start))
      case .minus:
        advance()
        let right = parseProduct()
        term = make(.subtract(term, right), span(from: start))
      default: return term
      }
    }
  }

  /// `product ::= NUMBER * product | power (/ power)*`
  private mutating func parseProduct() -> Term {
    var factors: [(start: Int, value: Double)] = []
    while following.kind == .star, [.numeral, .decimal, .malformedNumber].contains(token.kind) {
      factors.append((token.span.start, Double(source.text(token.span)) ?? 0))
      advance()
      advance()
    }
    var term = parseQuotient()
    let end = previousEnd
    while let factor = factors.popLast() {
      term = make(.scale(factor.value, term), Span(factor.start, end))
    }
    return term
  }

  private mutating func parseQuotient() -> Term {
    let start = token.span.start
    var term = parsePower()
    while accept(.slash) {
      let divisor = parsePower()
      term = make(.divide(term, divisor), span(from: start))
    }
    return term
  }

  /// `power ::= apply [^ [-] NUMBER]`
  private mutating func parsePower() -> Term {
    let start = token.span.start
    let base = parseApplication()
    guard accept(.caret) else { return base }
    let isNegative = accept(.minus)
    guard token.kind == .numeral || token.kind == .decimal else {
      if token.kind == .malformedNumber {
        panicking = true
      } else {
        unexpected(
          "a number", notes: ["an exponent is a number, as in `x ^ 2` or `x ^ -0.5`"],
          help: "for an exponent that is computed write `exp (times p (log x))`")
      }
      skip(to: [.then, .else, .in, .bar, .comma, .colon, .arrow, .equals])
      return Term(.error, span(from: start))
    }
    let exponent = Double(source.text(token.span)) ?? 0
    advance()
    if token.kind == .caret {
      unexpected(
        "the end of the power", notes: ["powers do not chain"], help: "multiply the exponents, or use parentheses")
      skip(to: [.then, .else, .in, .bar, .comma, .colon, .arrow, .equals])
    }
    return make(.power(base, isNegative ? -exponent : exponent), span(from: start))
  }

  // MARK: Application

  /// `apply ::= apply atom | succ atom | atom`
  private mutating func parseApplication() -> Term {
    let start = token.span.start
    var term = token.kind == .succ ? parseSucc() : parseAtom()
    while true {
      if token.kind.startsAtom {
        if token.kind == .name, atDeclaration { return term }
        if token.followsUnreadable { return unreadableOperation(from: start) }
        let argument = parseAtom()
        term = make(.apply(term, argument), span(from: start))
      } else if [.fun, .if, .let, .succ].contains(token.kind), !panicking {
        reportNeedsParentheses("an argument")
        let argument = token.kind == .succ ? parseSucc() : parseExpression()
        term = make(.apply(term, argument), span(from: start))
      } else {
        return term
      }
    }
  }

  /// `x & y`: what stood between the two was reported, and probably an operator.
  private mutating func unreadableOperation(from start: Int) -> Term {
    panicking = true
    skip(to: [.then, .else, .in, .bar, .comma, .colon, .arrow, .equals])
    return Term(.error, span(from: start))
  }

  private mutating func reportNeedsParentheses(_ what: String) {
    let word = source.text(token.span)
    let example: String
    switch token.kind {
    case .fun: example = "(fun x => e)"
    case .if: example = "(if c then a else b)"
    case .let: example = "(let x = e in e)"
    case .succ: example = "(succ n)"
    default: example = "(-x)"
    }
    reportUnderstood(
      Diagnostic(
        .unexpectedToken, "`\(word)` needs parentheses as \(what)", at: Label(token.span, "expected an atom"),
        notes: [
          token.kind == .succ
            ? "`succ` is applied like a function, and application groups to the left"
            : "without parentheses it is not clear where it belongs"
        ],
        help: "write `\(example)`"))
  }

  /// `succ` before an atom or another `succ` form; a chain of them is read in a loop.
  private mutating func parseSucc() -> Term {
    var starts: [Int] = []
    while token.kind == .succ {
      starts.append(token.span.start)
      advance()
    }
    var term: Term
    if token.kind.startsAtom, !atDeclaration {
      term = parseAtom()
    } else if [.fun, .if, .let, .minus].contains(token.kind) {
      reportNeedsParentheses("the argument of `succ`")
      term = parseExpression()
    } else {
      term = missingExpression("an argument for `succ`", "`succ n` is the number after n")
    }
    let end = previousEnd
    while let start = starts.popLast() { term = make(.succ(term), Span(start, end)) }
    return term
  }
}
