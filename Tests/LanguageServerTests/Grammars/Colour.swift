import CajalSyntax
import Diagnostics
import Driver

@testable import LanguageServer

/// What an editor's grammar makes of a character, by whatever name it has there.
enum Colour: String {
  case comment, keyword, boolean, number, bad, type, name, function, layer, `operator`, bracket
  /// Like plain text.
  case none
}

/// What the lexer, and in a text without errors the parser, says of a text that an editor has coloured.
struct ColourCheck {
  let text: String
  /// Plain text is right for names, signs and what cannot be read.
  var isSparse = false
  /// Constructors look like types, and booleans like numbers.
  var isCoarse = false
  /// What is beyond ASCII and can start no name may look like one: an editor knows fewer kinds of characters.
  var namesAnything = false

  /// What is coloured wrongly; empty where all is right.
  ///
  /// - Parameter colours: one for each byte of the text; what is said of space counts nowhere.
  func complaints(_ colours: [Colour]) -> [String] {
    let analysis = Analysis(TextBuffer(text), uri: "test.cajal")
    let isSound = withDeepStack { !analysis.diagnostics.contains { $0.severity == .error } }
    let words = isSound ? contextualWords(analysis) : nil
    var complaints: [String] = []
    var covered = [Bool](repeating: false, count: analysis.buffer.bytes.count)
    func expect(_ span: Span, _ allowed: Set<Colour>, isOne: Bool = true) {
      let found = Set((span.start..<span.end).filter { !isSpace(analysis.buffer.bytes[$0]) }.map { colours[$0] })
      for index in span.start..<span.end { covered[index] = true }
      guard !found.isSubset(of: allowed) || (isOne && found.count > 1) else { return }
      let place = analysis.source.position(of: span.start)
      complaints.append(
        "\(place.line):\(place.column): `\(analysis.source.text(span).prefix(40))` is \(found.map(\.rawValue).sorted())"
      )
    }
    for comment in Comment.all(in: analysis) { expect(comment.span, [.comment]) }
    for (index, token) in analysis.tokens.enumerated() where token.kind != .endOfFile {
      let previous = index > 0 ? analysis.tokens[index - 1] : nil
      let isArrow =
        previous?.kind == .minus && previous?.span.end == token.span.start && analysis.source.text(token.span) == "o"
      expect(
        token.span, isArrow ? [.operator, .name, .none] : allowed(token, analysis, words),
        isOne: token.kind != .malformedNumber)
    }
    for index in covered.indices where !covered[index] && !isSpace(analysis.buffer.bytes[index]) {
      if analysis.buffer.bytes[index] & 0xC0 == 0x80 || index < 3 && analysis.buffer.bytes[index] == 0xEF { continue }
      if namesAnything, analysis.buffer.bytes[index] >= 0x80, colours[index] == .name { continue }
      if colours[index] != .bad, !(isSparse && colours[index] == .none) {
        complaints.append("byte \(index), which cannot be read, is \(colours[index].rawValue)")
      }
    }
    return complaints
  }

  private func isSpace(_ byte: UInt8) -> Bool { byte <= 0x20 || byte == 0x7F }

  /// The places of names that are words of the language where they stand.
  private func contextualWords(_ analysis: Analysis) -> Set<Int> {
    Set(
      SemanticToken.all(in: analysis).filter { token in
        token.kind == .keyword && analysis.tokens.contains { $0.kind == .name && $0.span.start == token.span.start }
      }.map(\.span.start))
  }

  private func allowed(_ token: Token, _ analysis: Analysis, _ words: Set<Int>?) -> Set<Colour> {
    let sparse: Set<Colour> = isSparse ? [.none] : []
    switch token.kind {
    case .fun, .if, .then, .else, .let, .in, .iter, .succ, .program, .def, .type, .horizon: return [.keyword]
    case .true, .false: return isCoarse ? [.boolean, .number] : [.boolean]
    case .numeral, .decimal, .extents: return isCoarse ? [.boolean, .number] : [.number]
    case .malformedNumber: return Set([.number, .bad]).union(isCoarse ? [.boolean] : []).union(sparse)
    case .leftParen, .rightParen, .leftBracket, .rightBracket, .leftBrace, .rightBrace, .comma:
      return Set([.bracket]).union(sparse)
    case .bar, .colon, .equals, .dot, .plus, .minus, .star, .slash, .caret, .bang, .arrow, .lollipop, .thinArrow:
      return Set([.operator]).union(sparse)
    case .name, .endOfFile: break
    }
    if ["Bool", "Nat", "Real", "ℕ", "𝟚"].contains(analysis.source.text(token.span)) { return [.type] }
    let name: Set<Colour> = Set([.name, .function]).union(sparse).union(isCoarse ? [.type] : [])
    guard let words else { return name.union([.keyword, .layer]) }
    return words.contains(token.span.start) ? Set([.keyword, .layer]).union(isCoarse ? [.function] : []) : name
  }
}
