import Diagnostics

/// Reads a file (LANGUAGE.md, section 1).
///
/// Whatever the text, this returns; what it could not read is left out of the tree, and `diagnostics` says so.
public func parse(_ source: Source, diagnostics: inout Diagnostics) -> SyntaxTree {
  guard var parser = Parser.checked(source, &diagnostics) else { return SyntaxTree(declarations: []) }
  let isEmpty = parser.token.kind == .endOfFile
  let declarations = parser.parseFile()
  let found = parser.collected()
  if isEmpty, !found.hasErrors, !diagnostics.hasErrors {
    diagnostics.add(
      Diagnostic(
        .emptyFile, "the file has no declarations", at: nil,
        help: "declare a program, such as `program flip (x : Bool) : Bool = if x then false else true`"))
  }
  diagnostics.add(contentsOf: found)
  return SyntaxTree(declarations: declarations, unread: parser.unread)
}

/// Reads one expression and nothing after it. Nil where there are errors.
public func parseTerm(_ source: Source, diagnostics: inout Diagnostics) -> Term? {
  guard var parser = Parser.checked(source, &diagnostics) else { return nil }
  parser.brackets = 1  // No declaration can start here.
  let term = parser.parseExpression()
  parser.expectEnd(of: "expression")
  return parser.finish(term, &diagnostics)
}

/// Reads one type and nothing after it. Nil where there are errors.
public func parseType(_ source: Source, diagnostics: inout Diagnostics) -> TypeExpression? {
  guard var parser = Parser.checked(source, &diagnostics) else { return nil }
  parser.brackets = 1
  let type = parser.parseType()
  parser.expectEnd(of: "type")
  return parser.finish(type, &diagnostics)
}

/// A recursive-descent parser with one token in hand and one in sight.
///
/// Errors: the first of several that follow from each other is reported; then `panicking` keeps the parser quiet
/// until it stands again at a token that an enclosing construct was waiting for.
struct Parser {
  let source: Source
  var lexer: Lexer
  /// The token in hand.
  var token: Token
  /// The one after it.
  var following: Token
  /// The end of the last token that was taken.
  var previousEnd = 0
  /// How many brackets are open: only outside of all of them can `net`, `model`, `data` and `param`
  /// start a declaration.
  var brackets = 0
  /// How many calls of `parseExpression` and `parseTypeAtom` are under way.
  var nesting = 0
  var panicking = false
  /// Where to go on after giving up on a declaration; until then the parser sees the end of the file, at which
  /// everything that is under way ends.
  private var resumption: (token: Token, following: Token, lexer: Lexer)?
  var diagnostics = Diagnostics()
  /// Where `skip` passed over something.
  var unread: [Int] = []

  init(_ source: Source) {
    self.source = source
    lexer = Lexer(source)
    token = lexer.next()
    following = lexer.next()
  }

  /// A parser for a source that is a text of a size that can be read.
  static func checked(_ source: Source, _ diagnostics: inout Diagnostics) -> Parser? {
    guard source.bytes.count <= Source.maximumSize else {
      diagnostics.add(
        Diagnostic(
          .fileTooLarge, "the file has \(source.bytes.count) bytes", at: nil,
          notes: ["at most \(Source.maximumSize) bytes (64 MiB) are read"], help: "split it into several files"))
      return nil
    }
    let check = TextCheck(source)
    check.report(to: &diagnostics)
    return check.isText ? Parser(source) : nil
  }

  /// What lexer and parser found, in the order of the file.
  func collected() -> Diagnostics {
    var all = diagnostics
    all.add(contentsOf: lexer.diagnostics)
    all.sortByPlace()
    return all
  }

  func finish<Tree>(_ tree: Tree, _ diagnostics: inout Diagnostics) -> Tree? {
    let found = collected()
    let failed = found.hasErrors || diagnostics.hasErrors
    diagnostics.add(contentsOf: found)
    return failed ? nil : tree
  }

  // MARK: Moving on

  mutating func advance() {
    guard token.kind != .endOfFile else { return }
    previousEnd = token.span.end
    token = following
    following = lexer.next()
  }

  /// Takes the token if it is of this kind.
  mutating func accept(_ kind: Token.Kind) -> Bool {
    guard token.kind == kind else { return false }
    advance()
    return true
  }

  /// From `start` to the end of the last token that was taken.
  func span(from start: Int) -> Span { Span(start, max(start, previousEnd)) }

  func isName(_ token: Token, _ text: StaticString) -> Bool {
    guard token.kind == .name, token.span.end - token.span.start == text.utf8CodeUnitCount else { return false }
    return text.withUTF8Buffer { source.bytes[token.span.start..<token.span.end].elementsEqual($0) }
  }

  /// The text of a name; `ℕ` and `𝟚` are spelt out.
  func text(of token: Token) -> String {
    let text = source.text(token.span)
    switch text {
    case "ℕ": return "Nat"
    case "𝟚": return "Bool"
    default: return text
    }
  }

  // MARK: Where declarations start

  /// The token in hand starts a declaration.
  var atDeclaration: Bool {
    token.kind.startsDeclaration
      || (token.kind == .name && following.kind == .name && brackets == 0
        && (atModelHead || atDataHead || atLearntHead))
  }

  var atBoundary: Bool { token.kind == .endOfFile || atDeclaration }

  /// `net|model name ( … ) :` follows. Looks ahead to the closing parenthesis.
  private var atModelHead: Bool {
    guard isName(token, "net") || isName(token, "model") else { return false }
    var ahead = lexer
    guard ahead.next().kind == .leftParen else { return false }
    var depth = 1
    while depth > 0 {
      let kind = ahead.next().kind
      if kind == .endOfFile || kind.startsDeclaration { return false }
      if kind.opensBracket { depth += 1 }
      if kind.closesBracket { depth -= 1 }
    }
    return ahead.next().kind == .colon
  }

  /// `param name :` follows.
  private var atLearntHead: Bool {
    guard isName(token, "param"), following.kind == .name else { return false }
    var ahead = lexer
    return ahead.next().kind == .colon
  }

  /// After an error it is not known how many brackets are open: `net`, `model`, `data` and `param` count where they
  /// start a line.
  var atModelLine: Bool {
    guard following.kind == .name, isName(token, "net") || isName(token, "model") || atDataHead || atLearntHead else {
      return false
    }
    return token.span.start == 0 || source.bytes[token.span.start - 1] == 0x0A
  }

  mutating func skipToDeclaration() {
    while token.kind != .endOfFile, !token.kind.startsDeclaration, !atModelLine { advance() }
    brackets = 0
  }

  /// Ends everything that is under way; `resume` goes on at the next declaration.
  mutating func abandonDeclaration() {
    let end = previousEnd
    skipToDeclaration()
    if resumption == nil { resumption = (token, following, lexer) }
    token = Token(.endOfFile, Span(end, end))
    following = token
    previousEnd = end
    panicking = true
  }

  mutating func resume() {
    guard let resumption else { return }
    (token, following, lexer) = resumption
    self.resumption = nil
  }
}
