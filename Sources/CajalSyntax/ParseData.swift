import Diagnostics

/// `data` declarations and tables (LANGUAGE.md, section 8).
extension Parser {
  /// `data Name =` follows: a declaration, whatever is in scope.
  var atDataHead: Bool {
    guard isName(token, "data"), following.kind == .name else { return false }
    var ahead = lexer
    return ahead.next().kind == .equals
  }

  /// `data Name = [|] con | con | …`
  mutating func parseData() -> Declaration? {
    let start = token.span.start
    advance()
    let name = parseName("a name for the type", help: "a type is declared by `data Name = Con type … | Con | …`")
    expectEquals("`data \(name?.text ?? "Name") = Con type … | Con | …`")
    var constructors: [ConstructorDeclaration] = []
    _ = accept(.bar)
    repeat {
      guard let constructor = parseConstructor() else { break }
      constructors.append(constructor)
    } while accept(.bar)
    endDeclaration()
    guard let name, isNewType(name) else { return nil }
    return Declaration(.data(name, panicking ? [] : constructors), span(from: start))
  }

  /// `con ::= Con field*`; nil where it could not be read.
  private mutating func parseConstructor() -> ConstructorDeclaration? {
    guard !panicking else { return nil }
    guard token.kind == .name, !atBoundary else {
      unexpected("the name of a constructor", help: "a type is declared by `data Name = Con type … | Con | …`")
      return nil
    }
    let name = Name(text(of: token), token.span)
    advance()
    var fields: [TypeExpression] = []
    while token.kind == .name || token.kind == .leftParen, !atBoundary {
      fields.append(parseTypeAtom())
      if panicking { return nil }
    }
    return ConstructorDeclaration(name: name, fields: fields)
  }

  /// Whether a name may be given to a type; reports if it is one of the language's.
  mutating func isNewType(_ name: Name) -> Bool {
    guard ["Bool", "Nat", "Real"].contains(name.text) else { return true }
    reportUnderstood(
      Diagnostic(
        .duplicateDeclaration, "`\(name.text)` is a type of the language",
        at: Label(name.span, "declared again here"),
        help: "choose another name"))
    return false
  }

  /// The type of a parameter, with its rows where it is a table, `Name[N]`.
  mutating func parseParameterType() -> (type: TypeExpression, rows: (count: UInt64, span: Span)?) {
    guard token.kind == .name, following.kind == .leftBracket, !["Real", "Nat", "Bool"].contains(text(of: token)) else {
      return (parseType(), nil)
    }
    let type = TypeExpression(.name(text(of: token)), token.span)
    advance()
    let rows = parseCount(
      "the number of rows", help: "a table of at most 65 nodes is written `x : \(source.text(type.span))[65]`")
    if let rows, token.kind == .lollipop || token.kind == .minus || token.kind == .thinArrow {
      report(
        Diagnostic(
          .unexpectedToken, "expected the end of the parameter, found \(describe(token))",
          at: Label(token.span, "a table is no part of another type"),
          also: [Label(rows.span, "this says how many rows a table has")],
          notes: ["the number of rows belongs to the parameter and not to the type"],
          help: "remove the rows, or take the table as a parameter of its own"))
    }
    return (type, rows)
  }

  /// `[n]`; nil where there are errors.
  mutating func parseCount(_ what: String, help: String) -> (count: UInt64, span: Span)? {
    let opener = token.span
    brackets += 1
    advance()
    let number = token
    guard number.kind == .numeral, let count = UInt64(source.text(number.span)) else {
      if number.kind == .malformedNumber { panicking = true } else { unexpected(what, help: help) }
      skip(to: [])
      close(.rightBracket, opener)
      return nil
    }
    advance()
    close(.rightBracket, opener)
    return panicking ? nil : (count, number.span)
  }
}
