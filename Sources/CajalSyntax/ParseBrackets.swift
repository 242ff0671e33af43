import Diagnostics

/// What stands in brackets: numbers, expressions, and rows of these.
extension Parser {
  /// A number with its sign, and its place.
  private struct Signed {
    let value: Double
    let isNegative: Bool
    /// Of its digits.
    let digits: Span
    let span: Span
  }

  /// `[ signed, … ]`, `[ expr, … ]` or rows of these in brackets.
  mutating func parseBrackets() -> Term {
    let opener = token.span
    let errors = diagnostics.errorCount
    advance()
    brackets += 1
    var numbers: [Signed] = []
    var entries: [Term] = []
    repeat {
      if entries.isEmpty, atSigned {
        numbers.append(takeSigned())
      } else if token.kind == .rightBracket || token.kind == .comma {
        unexpected(
          "a number or an expression", notes: ["what stands in brackets has at least one entry"],
          help: "write entries separated by commas, as in `[1, -2.5]` or `[x, 2 * y]`")
        skip(to: [])
        break
      } else {
        if entries.isEmpty { entries = numbers.map(term) }
        entries.append(parseExpression())
      }
    } while accept(.comma)
    close(.rightBracket, opener)
    let span = span(from: opener.start)
    guard diagnostics.errorCount == errors, !panicking else { return Term(.error, span) }
    if entries.isEmpty { return Term(.vector(numbers.map(\.value)), span) }
    // Parentheses around a number make no other term of it.
    let values = entries.compactMap(\.literal)
    return values.count == entries.count ? Term(.vector(values), span) : rows(entries, span)
  }

  /// A number before a comma or the closing bracket; or before another number, where one of these is missing.
  private var atSigned: Bool {
    func isNumber(_ token: Token) -> Bool { [.numeral, .decimal, .malformedNumber].contains(token.kind) }
    func ends(_ token: Token) -> Bool { token.kind == .comma || token.kind == .rightBracket || isNumber(token) }
    if isNumber(token) { return ends(following) }
    guard token.kind == .minus, isNumber(following) else { return false }
    var ahead = lexer
    return ends(ahead.next())
  }

  private mutating func takeSigned() -> Signed {
    let start = token.span.start
    let isNegative = accept(.minus)
    let isMalformed = token.kind == .malformedNumber
    let digits = token.span
    let value = isMalformed ? 0 : Double(source.text(digits)) ?? 0
    advance()
    return Signed(value: isNegative ? -value : value, isNegative: isNegative, digits: digits, span: span(from: start))
  }

  /// A number among expressions.
  private func term(_ number: Signed) -> Term {
    let magnitude =
      UInt64(source.text(number.digits)).map { Term(.numeral($0), number.digits) }
      ?? Term(.decimal(number.value.magnitude), number.digits)
    return number.isNegative ? Term(.negate(magnitude), number.span) : magnitude
  }

  /// A matrix where the entries are rows.
  private mutating func rows(_ entries: [Term], _ span: Span) -> Term {
    let sizes = entries.map(\.rowSize)
    guard let first = sizes[0] else {
      if let row = sizes.firstIndex(where: { $0 != nil }) { reportNoRow(entries[0], row: entries[row]) }
      return sizes.contains { $0 != nil } ? Term(.error, span) : make(.list(entries), span)
    }
    for (entry, size) in zip(entries, sizes) {
      guard let size else {
        reportNoRow(entry, row: entries[0])
        return Term(.error, span)
      }
      guard size != first else { continue }
      reportUnderstood(
        Diagnostic(
          .raggedLiteral, "the rows of a matrix have different lengths", at: Label(entry.span, "\(size) here"),
          also: [Label(entries[0].span, "\(first) here")], help: "give every row as many entries as the others"))
      return Term(.error, span)
    }
    var numbers: [[Double]] = []
    for entry in entries { if case .vector(let row) = entry.kind { numbers.append(row) } }
    return numbers.count == entries.count ? Term(.matrix(numbers), span) : make(.list(entries), span)
  }

  private mutating func reportNoRow(_ entry: Term, row: Term) {
    reportUnderstood(
      Diagnostic(
        .raggedLiteral, "a matrix holds rows only", at: Label(entry.span, "this is no row in brackets"),
        also: [Label(row.span, "this is a row")],
        help: "a matrix is written `[[1, 2], [3, 4]]`: every entry is a row"))
  }

  /// A literal: a number with its sign, or numbers in brackets. Nil where there is none.
  mutating func parseNumbers(_ what: String) -> Numbers? {
    let start = token.span.start
    if token.kind == .leftBracket {
      let errors = diagnostics.errorCount
      switch parseBrackets().kind {
      case .vector(let entries): return .vector(entries)
      case .matrix(let rows): return .matrix(rows)
      default:
        guard diagnostics.errorCount == errors else { return nil }
        reportUnderstood(
          Diagnostic(
            .unexpectedToken, "\(what) are numbers", at: Label(span(from: start), "not a literal"),
            help: "write numbers separated by commas, as in `[1, -2.5]`"))
        return nil
      }
    }
    let isNegative = accept(.minus)
    guard token.kind == .numeral || token.kind == .decimal else {
      if token.kind == .malformedNumber {
        panicking = true
      } else {
        unexpected("a number or numbers in brackets", help: "write \(what), as in `0.5` or `[1, -2.5]`")
      }
      return nil
    }
    let value = Double(source.text(token.span)) ?? 0
    advance()
    return .number(isNegative ? -value : value)
  }
}

extension Term {
  /// The value of a number with its sign.
  fileprivate var literal: Double? {
    if case .negate(let operand) = kind { operand.magnitude.map { -$0 } } else { magnitude }
  }

  private var magnitude: Double? {
    if case .numeral(let value) = kind { Double(value) } else if case .decimal(let value) = kind { value } else { nil }
  }

  /// How many entries it has as a row of a matrix; nil where it stands in no brackets.
  fileprivate var rowSize: Int? {
    switch kind {
    case .vector(let entries): entries.count
    case .list(let entries): entries.count
    default: nil
    }
  }
}
