import CajalSyntax

/// What is open where a line starts, and so how far its text goes in.
struct Frame {
  enum Kind { case declaration, letIn, bracket, brace }
  /// How what is inside was broken first.
  enum Style {
    case unbroken
    /// Below what follows the opening sign.
    case aligned
    /// After an arrow: one step in from the line that opens it.
    case hanging
    /// After the opening sign itself: likewise, with the closing sign back at that line.
    case block
  }

  let kind: Kind
  /// The indentation of the line on which it opens.
  let lineIndentation: Int
  let column: Int
  var style = Style.unbroken
  /// Of braces: the alternative in hand goes on below its arrow.
  var isInBody = false

  static let step = 2

  init(_ kind: Kind, lineIndentation: Int, column: Int) {
    self.kind = kind
    self.lineIndentation = lineIndentation
    self.column = column
  }

  /// Takes note of a line break after a token.
  mutating func breakLine(after token: Token.Kind) {
    if style == .unbroken {
      style = token.opens ? .block : token == .arrow && kind == .brace ? .hanging : .aligned
    }
    if kind == .brace, token == .arrow { isInBody = true }
  }

  /// The column of a line in it that starts with a token.
  ///
  /// - Parameter outer: the column of a line in what is around it.
  func column(of token: Token.Kind, outer: Int) -> Int {
    switch kind {
    case .declaration: return Self.step
    case .letIn: return token == .in ? outer : outer + Self.step
    case .bracket:
      if style == .aligned { return token.closes ? column : column + 1 }
      return token.closes ? lineIndentation : lineIndentation + Self.step
    case .brace:
      switch style {
      case .unbroken, .aligned:
        return token == .bar || token.closes ? column : column + (isInBody ? 2 : 1) * Self.step
      case .hanging: return token == .bar || token.closes ? lineIndentation : lineIndentation + Self.step
      case .block:
        if token.closes { return lineIndentation }
        return lineIndentation + (isInBody && token != .bar ? 2 : 1) * Self.step
      }
    }
  }
}
