import CajalSyntax

/// How many spaces stand between two pieces of one line.
func spaces(between left: Piece, _ right: Piece) -> Int {
  if right.content.kind == .lineComment { return max(1, right.spaces) }
  guard let a = left.token else { return right.token?.closes == true && right.token != .rightBrace ? 0 : 1 }
  if a == .leftParen || a == .leftBracket { return a == .leftParen && right.token == .rightParen ? 1 : 0 }
  guard let b = right.token else { return 1 }
  switch b {
  case .rightParen, .rightBracket, .comma, .dot: return 0
  case .leftBracket where right.role == .inType && a == .name: return 0
  default: break
  }
  switch (a, left.role) {
  // `Real[28,28]` and `Real[28, 28]` are both usual.
  case (.comma, .inType): return min(1, right.spaces)
  case (.minus, .arrow): return right.text == "o" ? 0 : 1
  case (.minus, .prefix): return min(1, right.spaces)
  case (.bang, _): return 0
  case (.fun, _): return left.text == "λ" ? 0 : 1
  default: return 1
  }
}
