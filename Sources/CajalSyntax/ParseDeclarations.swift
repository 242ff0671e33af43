import Diagnostics

extension Parser {
  mutating func parseFile() -> [Declaration] {
    var declarations: [Declaration] = []
    while token.kind != .endOfFile {
      panicking = false
      brackets = 0
      lexer.readsExtents = false
      if let declaration = parseDeclaration() { declarations.append(declaration) }
      resume()
    }
    return declarations
  }

  /// Takes at least one token. Nil where there is no declaration that could be read.
  private mutating func parseDeclaration() -> Declaration? {
    switch token.kind {
    case .horizon: return parseHorizon()
    case .type: return parseAlias()
    case .def: return parseDefinition()
    case .program: return parseProgram()
    default:
      if following.kind == .name, isName(token, "net") { return parseNet() }
      if following.kind == .name, isName(token, "model") { return parseModel() }
      if following.kind == .name, isName(token, "data") { return parseData() }
      if following.kind == .name, isName(token, "param") { return parseLearnt() }
      let meant = suggestedDeclaration
      unexpected(
        "a declaration",
        notes: ["declarations start with `program`, `model`, `net`, `param`, `def`, `type`, `data` or `horizon`"],
        help: token.kind.closesBracket
          ? "remove it: it closes nothing"
          : meant.map { "did you mean `\($0)`?" } ?? "start with one of these words, as in `def name = expression`",
        fixes: meant.map { [.replace(token.span, by: $0)] } ?? [])
      advance()
      skipToDeclaration()
      return nil
    }
  }

  private var suggestedDeclaration: String? {
    guard token.kind == .name else { return nil }
    return suggestion(
      for: source.text(token.span), among: ["program", "model", "net", "param", "def", "type", "data", "horizon"])
  }

  // MARK: horizon

  private mutating func parseHorizon() -> Declaration? {
    let start = token.span.start
    advance()
    let number = token
    switch number.kind {
    case .numeral:
      let value = UInt64(source.text(number.span)) ?? 0
      advance()
      if value == 0 { badHorizon(number.span) }
      endDeclaration()
      return value == 0 ? nil : Declaration(.horizon(value), span(from: start))
    case .decimal, .minus: badHorizon(number.span)
    case .malformedNumber: panicking = true
    default: unexpected("a number", help: "`horizon` gives the dimension of `Nat`, as in `horizon 10`")
    }
    skipToDeclaration()
    return nil
  }

  private mutating func badHorizon(_ span: Span) {
    report(
      Diagnostic(
        .badHorizon, "the horizon must be a whole number of 1 or more", at: Label(span, "not a horizon"),
        notes: ["the horizon is the dimension of `Nat`: with horizon N a `Nat` is one of 0 … N−1"],
        help: "write a number such as 10"))
  }

  // MARK: type

  private mutating func parseAlias() -> Declaration? {
    let start = token.span.start
    advance()
    let name = parseName("a name for the type", help: "an alias is written `type Image = Real[28, 28]`")
    expectEquals("`type \(name?.text ?? "Name") = type`")
    let type = parseType()
    endDeclaration()
    guard let name, isNewType(name) else { return nil }
    return Declaration(.type(name, type), span(from: start))
  }

  // MARK: def

  private mutating func parseDefinition() -> Declaration? {
    let start = token.span.start
    advance()
    let name = parseName("a name", help: "a definition is written `def name = expression`")
    if token.kind == .leftParen || token.kind == .name { rejectDefinitionParameters(name?.text ?? "f") }
    let type = accept(.colon) ? parseType() : nil
    expectEquals("`def \(name?.text ?? "name") = expression`")
    let body = parseExpression()
    endDeclaration()
    return name.map { Declaration(.definition($0, type, body), span(from: start)) }
  }

  private mutating func rejectDefinitionParameters(_ name: String) {
    report(
      Diagnostic(
        .unexpectedToken, "expected `:` or `=`, found \(describe(token))",
        at: Label(token.span, "a definition has no parameters"),
        notes: ["a definition is a closed expression; only a `program` lists parameters"],
        help: "bind them in the body, as in `def \(name) : Bool -o Bool = fun x => x`"))
    skip(to: [.colon, .equals])
    // `skip` stops at an unmatched closing bracket, which is beyond repair here.
    panicking = token.kind != .colon && token.kind != .equals
  }

  // MARK: param

  /// `param name : type [= literal]`
  private mutating func parseLearnt() -> Declaration? {
    let start = token.span.start
    let shape = "`param name : Real[3] = 0.1`"
    advance()
    let name = parseName("a name", help: "a learnt tensor is written \(shape)")
    expect(.colon, "`:` and its type", help: "a learnt tensor is written \(shape)", recovery: [.equals])
    let type = panicking ? TypeExpression(.error, token.span) : parseType()
    var value: Numbers?
    if !panicking, accept(.equals) { value = parseNumbers("what it starts from") }
    endDeclaration()
    return name.map { Declaration(.learnt($0, type, value), span(from: start)) }
  }

  // MARK: program, model, net

  private mutating func parseProgram() -> Declaration? {
    let start = token.span.start
    let head = parseHead("`program name (x : type, …) : type = expression`")
    let body = parseBody(of: head)
    return head.name.map { Declaration(.program($0, head.parameters, head.type, body), span(from: start)) }
  }

  private mutating func parseModel() -> Declaration? {
    let start = token.span.start
    let head = parseHead("`model name (x : type, …) : type = expression`")
    let body = parseBody(of: head)
    return head.name.map { Declaration(.model($0, head.parameters, head.type, body), span(from: start)) }
  }

  private mutating func parseNet() -> Declaration? {
    let start = token.span.start
    let head = parseHead("`net name (x : type, …) : type = layer | layer …`", readsExtents: true)
    let layers = panicking ? [] : parseLayers()
    if !atNetEnd { endDeclaration() }
    // The layers are not worth checking where it is not known what comes in.
    let checked = head.areParametersRead ? layers : []
    return head.name.map { Declaration(.net($0, head.parameters, head.type, checked), span(from: start)) }
  }

  /// `word name ( parameters ) : type =`
  private struct Head {
    let name: Name?
    let parameters: [Parameter]
    let areParametersRead: Bool
    let type: TypeExpression
  }

  private mutating func parseHead(_ shape: String, readsExtents: Bool = false) -> Head {
    let help = "a \(source.text(token.span)) is written \(shape)"
    advance()
    let name = parseName("a name", help: help)
    let errors = diagnostics.errorCount
    let parameters = parseParameters()
    let areParametersRead = diagnostics.errorCount == errors && !panicking
    expect(.colon, "`:` and the type of the result", help: help, recovery: [.equals])
    let type = panicking ? TypeExpression(.error, token.span) : parseType()
    lexer.readsExtents = readsExtents
    expectEquals(shape)
    return Head(name: name, parameters: parameters, areParametersRead: areParametersRead, type: type)
  }

  private mutating func parseBody(of head: Head) -> Term {
    let body = parseExpression()
    endDeclaration()
    // The body is not worth checking where its variables are not known.
    return head.areParametersRead ? body : Term(.error, body.span)
  }

  private mutating func parseParameters() -> [Parameter] {
    let opener = token.span
    guard token.kind == .leftParen else {
      report(
        Diagnostic(
          .unexpectedToken, "expected `(`, found \(describe(token))", at: Label(place, "the parameters are missing"),
          help: "list the parameters in parentheses, as in `(x : Bool)`; write `( )` if there are none"))
      return []
    }
    brackets += 1
    advance()
    var parameters: [Parameter] = []
    if token.kind != .rightParen {
      repeat {
        if let parameter = parseParameter() { parameters.append(parameter) }
        if panicking {
          skip(to: [.comma])
          if token.kind == .comma { panicking = false }
        }
      } while accept(.comma)
    }
    close(.rightParen, opener)
    return parameters
  }

  private mutating func parseParameter() -> Parameter? {
    let name = parseName("a parameter's name", help: "a parameter is written `x : type`")
    if panicking { return nil }
    guard
      expect(
        .colon, "`:` and the parameter's type",
        help: "every parameter has a type of its own, as in `x : Bool, y : Bool`",
        recovery: [.comma])
    else { return nil }
    let (type, rows) = parseParameterType()
    let start = token.span.start
    let bound = isName(token, "within") ? parseBound() : nil
    let place = bound.map { _ in span(from: start) }
    return name.map { Parameter(name: $0, type: type, bound: bound, boundPlace: place, rows: rows) }
  }

  /// `within norm NUMBER`
  mutating func parseBound() -> Bound? {
    advance()
    let example = "a bound is written `within l2 1.0`; the norms are `l1`, `l2` and `linf`"
    guard token.kind == .name, let norm = Norm(rawValue: source.text(token.span)) else {
      let norms = token.kind == .name ? Norm.allCases.map { Fix.replace(token.span, by: $0.rawValue) } : []
      badBound("expected a norm, found \(describe(token))", token.span, example, norms)
      return nil
    }
    advance()
    guard token.kind == .numeral || token.kind == .decimal else {
      if token.kind == .malformedNumber {
        panicking = true
      } else {
        badBound("expected a positive number, found \(describe(token))", token.span, example)
      }
      return nil
    }
    let radius = Double(source.text(token.span)) ?? 0
    guard radius > 0, radius.isFinite else {
      badBound("the radius of a bound must be positive", token.span, "write a number above 0")
      return nil
    }
    advance()
    return Bound(norm: norm, radius: radius)
  }

  private mutating func badBound(_ message: String, _ span: Span, _ help: String, _ fixes: [Fix] = []) {
    report(
      Diagnostic(
        .badBound, message, at: Label(span, "in this bound"),
        notes: ["`within l2 c` links v if its norm is at most c, and c·v/‖v‖ otherwise"], help: help, fixes: fixes))
  }

  // MARK: Parts of declarations

  /// What stands after the names of declarations, parameters and variables.
  private static let afterNames: TokenSet = [.equals, .colon, .arrow, .leftParen]

  mutating func parseName(_ expected: String, help: String) -> Name? {
    guard token.kind == .name else {
      let isMeantAsName = token.kind.isReservedWord && Self.afterNames.contains(following.kind)
      let staysHere = place == token.span
      unexpected(expected, help: help)
      if isMeantAsName, staysHere {
        advance()
        panicking = false
      }
      return nil
    }
    let name = Name(text(of: token), token.span)
    advance()
    return name
  }

  mutating func expectEquals(_ shape: String) {
    expect(.equals, "`=`", help: "this declaration is written \(shape)")
  }

  /// An expression or type has ended: so must the declaration.
  mutating func endDeclaration() {
    guard !atBoundary else { return }
    unexpected(
      "the end of the declaration", help: endAdvice ?? "remove it, or start the next declaration by its word")
    skipToDeclaration()
  }
}
