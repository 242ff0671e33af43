import CajalSyntax
import Diagnostics
import Testing

@Suite struct LexerTests {
  private func kinds(_ text: String) -> [Token.Kind] {
    Lexer.tokens(of: Source(name: "t", text: text)).dropLast().map(\.kind)
  }

  private func texts(_ text: String) -> [String] {
    let source = Source(name: "t", text: text)
    return Lexer.tokens(of: source).dropLast().map { source.text($0.span) }
  }

  private func codes(_ text: String) -> [DiagnosticCode] {
    var lexer = Lexer(Source(name: "t", text: text))
    while lexer.next().kind != .endOfFile {}
    return lexer.diagnostics.items.map(\.code)
  }

  @Test func everyReservedWordIsItsOwnToken() {
    let words: [(String, Token.Kind)] = [
      ("fun", .fun), ("if", .if), ("then", .then), ("else", .else), ("let", .let), ("in", .in), ("iter", .iter),
      ("succ", .succ), ("true", .true), ("tt", .true), ("false", .false), ("ff", .false), ("program", .program),
      ("def", .def), ("type", .type), ("horizon", .horizon),
    ]
    for (word, kind) in words {
      #expect(kinds(word) == [kind])
      #expect(kinds(word + "'") == [.name], "\(word)' is a name")
      #expect(kinds("x" + word) == [.name])
    }
  }

  @Test func contextualWordsAreNames() {
    for word in ["net", "model", "within", "l1", "conv2d", "scale", "apply", "o", "Bool", "Nat", "Real"] {
      #expect(kinds(word) == [.name])
    }
  }

  @Test func unicodeSpellingsAreTheSameTokens() {
    #expect(kinds("λ ⊸ ↪ ⇒ => tt ff") == [.fun, .lollipop, .arrow, .arrow, .arrow, .true, .false])
    #expect(kinds("𝟚 ℕ") == [.name, .name])
  }

  @Test func spellingsAreNeverPartOfAName() {
    #expect(texts("xλy") == ["x", "λ", "y"])
    #expect(texts("aℕb") == ["a", "ℕ", "b"])
    #expect(texts("a𝟚b") == ["a", "𝟚", "b"])
    #expect(kinds("λx. e") == [.fun, .name, .dot, .name])
  }

  @Test func namesHaveLettersDigitsUnderscoresAndPrimes() {
    for name in ["x", "_", "_1", "x'", "x''y", "größe", "θ", "x₁", "变量", "e\u{301}tat", "X9_'"] {
      #expect(texts(name) == [name], "\(name)")
      #expect(kinds(name) == [.name])
    }
    #expect(codes("'x") == [.unexpectedCharacter])
  }

  @Test func minusAndONeverJoin() {
    #expect(kinds("a -o") == [.name, .minus, .name])
    #expect(texts("-oops") == ["-", "oops"])
  }

  @Test func comments() {
    #expect(texts("a -- b\nc") == ["a", "c"])
    #expect(texts("a {- b {- c -} d -} e") == ["a", "e"])
    #expect(texts("a {- -- -} b") == ["a", "b"])
    #expect(texts("a --{- \n b") == ["a", "b"])
    #expect(texts("{--}a") == ["a"])
    #expect(texts("a -- at the end") == ["a"])
    #expect(codes("{- {- -}") == [.unterminatedComment])
    #expect(codes("{-}") == [.unterminatedComment])
  }

  @Test func numbers() {
    for text in ["0", "7", "007", "18446744073709551615"] { #expect(kinds(text) == [.numeral], "\(text)") }
    for text in ["1.0", "1e5", "1e-3", "1.5e3", "2.5E+7", "0.0", "0e0"] {
      #expect(kinds(text) == [.decimal], "\(text)")
    }
    #expect(kinds("1.5.x") == [.decimal, .dot, .name])
  }

  @Test func malformedNumbers() {
    for text in [
      "18446744073709551616", "1000000000000000000000", "1.", "12abc", "1e", "1e+", "1_000", "0x10", "1e999", "1e-999",
    ] {
      #expect(codes(text) == [.malformedNumber], "\(text)")
    }
    #expect(kinds("12abc") == [.malformedNumber])
    #expect(kinds("1e+") == [.malformedNumber, .plus])
    #expect(codes(String(repeating: "9", count: 5_000)) == [.malformedNumber])
  }

  @Test func arrowsOfOtherLanguagesStayWhole() {
    #expect(kinds("-> → = > =>") == [.thinArrow, .thinArrow, .equals, .arrow])
  }

  @Test func unexpectedCharactersAreReportedOnceARun() {
    #expect(codes("a && b @ c") == [.unexpectedCharacter, .unexpectedCharacter])
    #expect(texts("a && b") == ["a", "b"])
  }

  @Test func tokensAfterUnreadableTextSaySo() {
    let tokens = Lexer.tokens(of: Source(name: "t", text: "a @ b c"))
    #expect(tokens.map(\.followsUnreadable) == [false, true, false, false])
  }

  @Test func spansAreByteOffsets() {
    let tokens = Lexer.tokens(of: Source(name: "t", text: "λx 𝟚"))
    #expect(tokens.map(\.span) == [Span(0, 2), Span(2, 3), Span(4, 8), Span(8, 8)])
  }

  @Test func byteOrderMarkIsSkipped() {
    #expect(kinds("\u{FEFF}def") == [.def])
  }

  @Test func longNames() {
    #expect(codes(String(repeating: "a", count: 1_000)) == [])
    #expect(codes(String(repeating: "a", count: 1_001)) == [.nameTooLong])
  }
}

@Suite struct PositionTests {
  /// Columns count scalars, also where a line is longer than a block of them.
  @Test func columnsOfLongLines() {
    let text = String(repeating: "aβ∈𝔹 ", count: 50) + "\n" + String(repeating: "βx", count: 100) + "\n\nz"
    let source = Source(name: "text", text: text)
    var (line, column) = (1, 0)
    for (offset, byte) in source.bytes.enumerated() {
      if byte & 0xC0 == 0x80 { continue }
      column += 1
      let position = source.position(of: offset)
      #expect(position.line == line && position.column == column)
      if byte == 0x0A { (line, column) = (line + 1, 0) }
    }
    #expect(source.position(of: source.bytes.count + 5) == source.position(of: source.bytes.count))
  }
}
