import Diagnostics

/// A piece of the source text (LANGUAGE.md, section 1). Its text is read from the source when it is needed.
public struct Token: Hashable, Sendable {
  public enum Kind: UInt8, Hashable, Sendable, CaseIterable {
    case name
    /// Digits without a point or exponent.
    case numeral
    /// A number with a point or an exponent.
    case decimal
    /// A number that could not be read; a diagnostic has been given.
    case malformedNumber
    /// `5x5`: only the layers of a net have these.
    case extents

    case fun, `if`, then, `else`, `let`, `in`, iter, succ, `true`, `false`
    case program, def, type, horizon

    case leftParen, rightParen, leftBracket, rightBracket, leftBrace, rightBrace
    case bar, comma, colon, equals, dot, plus, minus, star, slash, caret, bang
    /// `=>`, `⇒` or `↪`.
    case arrow
    /// `⊸`; its other spelling, `-o`, is a `minus` and a `name`, which the type parser joins.
    case lollipop
    /// `->` or `→`, which Cajal does not use: kept whole for the sake of the message about it.
    case thinArrow

    case endOfFile
  }

  public let kind: Kind
  public let span: Span
  /// The text just before this token could not be read, and a diagnostic about it has been given: whatever is odd
  /// about this token is likely to follow from that.
  public let followsUnreadable: Bool

  public init(_ kind: Kind, _ span: Span, followsUnreadable: Bool = false) {
    self.kind = kind
    self.span = span
    self.followsUnreadable = followsUnreadable
  }
}

extension Token.Kind {
  /// The reserved words in ASCII.
  static let words: [String: Token.Kind] = [
    "fun": .fun, "if": .if, "then": .then, "else": .else, "let": .let, "in": .in, "iter": .iter, "succ": .succ,
    "true": .true, "tt": .true, "false": .false, "ff": .false,
    "program": .program, "def": .def, "type": .type, "horizon": .horizon,
  ]

  /// The reserved words by their bytes, packed into a word, the first byte lowest.
  static let packedWords: [UInt64: Token.Kind] = Dictionary(
    uniqueKeysWithValues: words.map { word, kind in
      (word.utf8.reversed().reduce(0) { $0 << 8 | UInt64($1) }, kind)
    })

  /// The usual spelling of a token that has one; nil for names, numbers and the end of the file.
  public var spelling: String? {
    switch self {
    case .name, .numeral, .decimal, .malformedNumber, .extents, .endOfFile: nil
    case .fun: "fun"
    case .if: "if"
    case .then: "then"
    case .else: "else"
    case .let: "let"
    case .in: "in"
    case .iter: "iter"
    case .succ: "succ"
    case .true: "true"
    case .false: "false"
    case .program: "program"
    case .def: "def"
    case .type: "type"
    case .horizon: "horizon"
    case .leftParen: "("
    case .rightParen: ")"
    case .leftBracket: "["
    case .rightBracket: "]"
    case .leftBrace: "{"
    case .rightBrace: "}"
    case .bar: "|"
    case .comma: ","
    case .colon: ":"
    case .equals: "="
    case .dot: "."
    case .plus: "+"
    case .minus: "-"
    case .star: "*"
    case .slash: "/"
    case .caret: "^"
    case .bang: "!"
    case .arrow: "=>"
    case .lollipop: "⊸"
    case .thinArrow: "->"
    }
  }

  private static let declarationWords: TokenSet = [.program, .def, .type, .horizon]
  private static let expressionWords: TokenSet = [
    .fun, .if, .then, .else, .let, .in, .iter, .succ, .true, .false,
  ]
  private static let atomStarts: TokenSet = [
    .name, .numeral, .decimal, .malformedNumber, .true, .false, .leftParen, .leftBracket, .iter,
  ]
  private static let openers: TokenSet = [.leftParen, .leftBracket, .leftBrace]
  private static let closers: TokenSet = [.rightParen, .rightBracket, .rightBrace]

  /// A reserved word: it can never be a name.
  public var isReservedWord: Bool { Self.expressionWords.contains(self) || startsDeclaration }

  /// The reserved words that start a declaration, wherever they stand.
  public var startsDeclaration: Bool { Self.declarationWords.contains(self) }

  var opensBracket: Bool { Self.openers.contains(self) }
  var closesBracket: Bool { Self.closers.contains(self) }

  /// An atom of the grammar starts with this token.
  var startsAtom: Bool { Self.atomStarts.contains(self) }
}

/// A set of token kinds.
struct TokenSet: ExpressibleByArrayLiteral, Sendable {
  private var bits: UInt64 = 0

  init(arrayLiteral kinds: Token.Kind...) {
    for kind in kinds { bits |= 1 << UInt64(kind.rawValue) }
  }

  func contains(_ kind: Token.Kind) -> Bool { bits & (1 << UInt64(kind.rawValue)) != 0 }
}
