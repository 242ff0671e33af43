import CajalSyntax

/// What a sign is where it stands, as far as the space around it depends on that.
enum Role {
  /// The sign of an operand, not one between two.
  case prefix
  /// The `-` of `-o`.
  case arrow
  /// A bracket of a type, with what stands in it.
  case inType
  /// A name or a bracket before the `=` of a declaration and outside of its types.
  case head
  /// The `=` of a declaration.
  case declares
  case other
}

extension [Piece] {
  /// The pieces with their roles, which follow from what is open around them.
  var withRoles: [Piece] {
    var result = self
    var open: [(opener: Token.Kind?, isType: Bool)] = [(nil, false)]
    var makesType = false
    var hasBody = false
    var previous: Token.Kind?
    for index in indices {
      guard let token = self[index].token else { continue }
      if self[index].startsDeclaration {
        open = [(nil, false)]
        makesType = token == .type || text(index) == "data"
        hasBody = false
        previous = nil
      }
      let isType = open[open.count - 1].isType
      if open.count == 1, !hasBody, !isType { result[index].role = .head }
      switch token {
      case .leftParen, .leftBracket, .leftBrace:
        if isType, token == .leftBracket { result[index].role = .inType }
        open.append((token, isType && token != .leftBrace))
      case .rightParen, .rightBracket, .rightBrace:
        if open.count > 1 { open.removeLast() }
      case .colon: open[open.count - 1].isType = true
      case .comma: if isType, open.last?.opener == .leftBracket { result[index].role = .inType }
      case .equals:
        if open.count == 1, !hasBody {
          hasBody = true
          result[index].role = .declares
          open[0].isType = makesType
        }
      case .minus:
        if isType {
          result[index].role = .arrow
        } else if !(previous?.endsOperand ?? false) {
          result[index].role = .prefix
        }
      case .bang: result[index].role = .prefix
      case .name, .numeral, .decimal, .malformedNumber, .extents, .fun, .if, .then, .else, .let, .in, .iter, .succ,
        .true,
        .false, .program, .def, .type, .horizon, .bar, .dot, .plus, .star, .slash, .caret, .arrow, .lollipop,
        .thinArrow,
        .endOfFile:
        break
      }
      previous = token
    }
    return result
  }

  private func text(_ index: Int) -> String { self[index].text }
}

extension Token.Kind {
  /// An expression may end with it.
  var endsOperand: Bool {
    switch self {
    case .name, .numeral, .decimal, .malformedNumber, .extents, .true, .false, .rightParen, .rightBracket, .rightBrace:
      true
    case .fun, .if, .then, .else, .let, .in, .iter, .succ, .program, .def, .type, .horizon, .leftParen, .leftBracket,
      .leftBrace, .bar, .comma, .colon, .equals, .dot, .plus, .minus, .star, .slash, .caret, .bang, .arrow, .lollipop,
      .thinArrow, .endOfFile:
      false
    }
  }

  /// An argument of an application may start with it.
  var startsOperand: Bool {
    switch self {
    case .name, .numeral, .decimal, .malformedNumber, .extents, .true, .false, .iter, .leftParen, .leftBracket: true
    case .fun, .if, .then, .else, .let, .in, .succ, .program, .def, .type, .horizon, .rightParen, .rightBracket,
      .leftBrace,
      .rightBrace, .bar, .comma, .colon, .equals, .dot, .plus, .minus, .star, .slash, .caret, .bang, .arrow, .lollipop,
      .thinArrow, .endOfFile:
      false
    }
  }

  var opens: Bool { self == .leftParen || self == .leftBracket || self == .leftBrace }
  var closes: Bool { self == .rightParen || self == .rightBracket || self == .rightBrace }
}
