import Diagnostics

extension Parser {
  /// A type with the height of its tree.
  private struct MeasuredType {
    let type: TypeExpression
    let depth: Int
  }

  /// `type ::= atom [-o type]`
  mutating func parseType() -> TypeExpression { parseMeasuredType().type }

  mutating func parseTypeAtom() -> TypeExpression { parseMeasuredAtom().type }

  private mutating func parseMeasuredType() -> MeasuredType {
    var atoms: [(start: Int, type: MeasuredType)] = []
    repeat {
      let start = token.span.start
      let atom = parseMeasuredAtom()
      atoms.append((start, atom))
      if atoms.count > Term.maximumDepth {
        giveUpTooDeep("this type", span(from: atoms[0].start))
        break
      }
    } while acceptLinearArrow()
    let end = previousEnd
    var result = atoms.removeLast().type
    while let argument = atoms.popLast() {
      let span = Span(argument.start, end)
      let depth = max(argument.type.depth, result.depth) + 1
      if depth > Term.maximumDepth {
        giveUpTooDeep("this type", span)
        return MeasuredType(type: TypeExpression(.error, span), depth: 1)
      }
      result = MeasuredType(type: TypeExpression(.function(argument.type.type, result.type), span), depth: depth)
    }
    return result
  }

  /// `⊸`, or `-` with the name `o` right behind it.
  private mutating func acceptLinearArrow() -> Bool {
    switch token.kind {
    case .lollipop:
      advance()
      return true
    case .minus: return acceptMinusO()
    case .thinArrow:
      reportUnderstood(
        Diagnostic(
          .unexpectedToken, "expected `-o`, found \(describe(token))",
          at: Label(token.span, "the linear arrow is `-o`"),
          help: "write `-o` or `⊸`", fixes: [.replace(token.span, by: "-o")]))
      advance()
      return true
    default: return false
    }
  }

  private mutating func acceptMinusO() -> Bool {
    let touches = following.span.start == token.span.end
    if isName(following, "o") {
      if !touches {
        reportUnderstood(
          Diagnostic(
            .unexpectedToken, "expected `-o`, found `- o`", at: Label(token.span.union(following.span), "split in two"),
            help: "write `-o` without a space", fixes: [.replace(token.span.union(following.span), by: "-o")]))
      }
      advance()
      advance()
      return true
    }
    guard touches, following.kind == .name, source.bytes[following.span.start] == UInt8(ascii: "o") else {
      return false
    }
    let text = source.text(following.span)
    report(
      Diagnostic(
        .unexpectedToken, "expected `-o`, found `-\(text)`",
        at: Label(token.span.union(following.span), "not an arrow"),
        notes: ["a name reaches as far as it can: this is `-` and the name `\(text)`"],
        help: "put a space after `-o`: `-o \(text.dropFirst())`"))
    return false
  }

  private mutating func parseMeasuredAtom() -> MeasuredType {
    let start = token.span.start
    switch token.kind {
    case .name: return MeasuredType(type: parseNamedType(), depth: 1)
    case .leftParen:
      nesting += 1
      defer { nesting -= 1 }
      if nesting > Term.maximumDepth {
        giveUpTooDeep("this type", token.span)
        return MeasuredType(type: TypeExpression(.error, span(from: start)), depth: 1)
      }
      let opener = token.span
      advance()
      brackets += 1
      let inner = parseMeasuredType()
      close(.rightParen, opener)
      return inner
    default:
      unexpected(
        "a type", help: "types are `Bool`, `Nat`, `Real`, `Real[2, 3]`, `type -o type` and the names of declared types")
      skip(to: [.comma, .equals, .arrow, .dot, .bar, .colon, .then, .else, .in])
      return MeasuredType(type: TypeExpression(.error, span(from: start)), depth: 1)
    }
  }

  private mutating func parseNamedType() -> TypeExpression {
    let start = token.span.start
    let text = text(of: token)
    advance()
    if text == "Real" {
      let shape = token.kind == .leftBracket ? parseShape() : []
      return TypeExpression(shape.map(TypeExpression.Kind.real) ?? .error, span(from: start))
    }
    if text == "Nat", token.kind == .leftBracket {
      let count = parseCount("a number", help: "the naturals below 5 are `Nat[5]`")
      return TypeExpression(count.map { .natBelow($0.count) } ?? .error, span(from: start))
    }
    if token.kind == .leftBracket {
      report(
        Diagnostic(
          .unexpectedToken, "expected the end of the type `\(text)`, found `[`", at: Label(token.span, "a shape"),
          notes: [
            "only `Real` has a shape"
              + (text == "Bool" ? "" : ", and only a parameter can be a table, `x : \(text)[N]`")
          ],
          help: "write `Real[…]`, or remove the brackets"))
      _ = parseShape()
    }
    switch text {
    case "Bool": return TypeExpression(.bool, span(from: start))
    case "Nat": return TypeExpression(.nat, span(from: start))
    default: return TypeExpression(.name(text), span(from: start))
    }
  }

  /// `[d1, …, dk]`; nil where there are errors.
  private mutating func parseShape() -> [Int]? {
    let opener = token.span
    let errors = diagnostics.errorCount
    var shape: [Int] = []
    brackets += 1
    advance()
    repeat {
      guard let extent = parseExtent() else {
        skip(to: [])
        break
      }
      shape.append(extent)
    } while accept(.comma)
    close(.rightBracket, opener)
    return diagnostics.errorCount == errors && !panicking ? shape : nil
  }

  private mutating func parseExtent() -> Int? {
    guard token.kind == .numeral, let extent = UInt64(source.text(token.span)) else {
      if token.kind == .malformedNumber {
        panicking = true
      } else {
        unexpected(
          "a dimension", notes: ["a shape lists whole numbers, each at least 1"],
          help: "write numbers separated by commas, as in `Real[28, 28]`; a single number has the type `Real`")
      }
      return nil
    }
    guard extent >= 1 else {
      report(
        Diagnostic(
          .unexpectedToken, "a dimension is 0", at: Label(token.span, "at least 1 is expected here"),
          help: "write a number of 1 or more; a single number has the type `Real`"))
      return nil
    }
    guard let extent = Int(exactly: extent) else {
      report(
        Diagnostic(
          .typeTooLarge, "a dimension is too large", at: Label(token.span, "this dimension"),
          help: "no dimension can exceed \(Int.max)"))
      return nil
    }
    advance()
    return extent
  }
}
