import CajalSyntax
import CajalTyping
import Diagnostics

/// A stretch of one line with what it is.
struct SemanticToken {
  enum Kind: String, CaseIterable {
    case keyword, type, enumMember, function, variable, parameter, number, `operator`, comment
  }

  struct Modifiers: OptionSet {
    let rawValue: Int
    static let declaration = Modifiers(rawValue: 1)
    static let defaultLibrary = Modifiers(rawValue: 2)
    /// To be used exactly once on each path.
    static let linear = Modifiers(rawValue: 4)
    /// Of a model's data zone.
    static let data = Modifiers(rawValue: 8)
    /// The map is not linear in it.
    static let nonlinear = Modifiers(rawValue: 16)
  }

  /// In the order of their bits.
  static let modifierNames = ["declaration", "defaultLibrary", "linear", "data", "nonlinear"]

  var span: Span
  let kind: Kind
  var modifiers: Modifiers = []
}

extension LanguageServer {
  func semanticTokens(_ document: Document, _ params: JSON) throws -> JSON {
    let span = span(document, params)
    let tokens = SemanticToken.all(in: document.analysis).filter { token in
      span.map { token.span.start < $0.end && $0.start < token.span.end } ?? true
    }
    return ["data": .array(encoded(tokens, document.buffer).map { .integer($0) })]
  }

  /// Five numbers each, relative to the one before; what goes over several lines is cut.
  private func encoded(_ tokens: [SemanticToken], _ buffer: TextBuffer) -> [Int] {
    let places = Dictionary(uniqueKeysWithValues: zip(SemanticToken.Kind.allCases, 0...))
    var numbers: [Int] = []
    numbers.reserveCapacity(5 * tokens.count)
    var (line, start, character) = (0, 0, 0)
    var previous = (line: 0, character: 0)
    for token in tokens {
      var offset = token.span.start
      while offset < token.span.end {
        while line + 1 < buffer.lineStarts.count, buffer.lineStarts[line + 1] <= offset {
          line += 1
          (start, character) = (buffer.lineStarts[line], 0)
        }
        character += buffer.units(start, offset)
        start = offset
        let end = min(token.span.end, buffer.endOfLine(line))
        let length = buffer.units(offset, end)
        if length > 0 {
          let sameLine = line == previous.line
          numbers += [
            line - previous.line, sameLine ? character - previous.character : character, length,
            places[token.kind]!, token.modifiers.rawValue,
          ]
          previous = (line, character)
        }
        guard line + 1 < buffer.lineStarts.count, buffer.lineStarts[line + 1] < token.span.end else { break }
        offset = buffer.lineStarts[line + 1]
      }
    }
    return numbers
  }
}

extension SemanticToken {
  /// In the order of the text.
  static func all(in analysis: Analysis) -> [SemanticToken] {
    let names = analysis.names
    let nonlinear = analysis.nonlinearVariables
    let meanings = names.symbols.map { meaning(of: $0, analysis, nonlinear) }
    var comments = Comment.all(in: analysis)[...]
    var (occurrences, free) = (names.occurrences[...], names.free[...])
    var tokens: [SemanticToken] = []
    for (index, token) in analysis.tokens.enumerated() {
      let start = token.span.start
      while let comment = comments.first, comment.span.start < start || token.kind == .endOfFile {
        tokens.append(SemanticToken(span: comment.span, kind: .comment))
        comments.removeFirst()
      }
      while let occurrence = occurrences.first, occurrence.span.start < start { occurrences.removeFirst() }
      while let name = free.first, name.span.start < start { free.removeFirst() }
      if let occurrence = occurrences.first, occurrence.span.start == start {
        var (kind, modifiers) = meanings[occurrence.symbol]
        if occurrence.isBinding { modifiers.insert(.declaration) }
        tokens.append(SemanticToken(span: token.span, kind: kind, modifiers: modifiers))
      } else if let kind = kind(index, isFree: free.first?.span.start == start, analysis) {
        let isBuiltIn = kind == .function || kind == .type && token.kind == .name
        tokens.append(SemanticToken(span: token.span, kind: kind, modifiers: isBuiltIn ? .defaultLibrary : []))
      }
    }
    return tokens
  }

  private static func meaning(
    of symbol: Symbol, _ analysis: Analysis, _ nonlinear: Set<Span>
  ) -> (Kind, Modifiers) {
    switch symbol.kind {
    case .definition, .program, .net, .model: return (.function, [])
    case .constructor: return (.enumMember, [])
    case .alias, .data: return (.type, [])
    case .learnt: return (.variable, .data)
    case .parameter, .binder, .letName, .state, .field:
      var modifiers: Modifiers = nonlinear.contains(symbol.name.span) ? .nonlinear : []
      if let bound = analysis.observed.variables[symbol.name.span] {
        modifiers.insert(bound.isData ? .data : .linear)
      } else if symbol.kind == .parameter, case .net = analysis.tree.declarations[symbol.declaration].kind {
        modifiers.insert(.data)
      }
      return (symbol.kind == .parameter || symbol.kind == .binder ? .parameter : .variable, modifiers)
    }
  }

  /// Of a token that is no name of the text.
  private static func kind(_ index: Int, isFree: Bool, _ analysis: Analysis) -> Kind? {
    let token = analysis.tokens[index]
    switch token.kind {
    case .fun, .if, .then, .else, .let, .in, .iter, .succ, .true, .false, .program, .def, .type, .horizon:
      return .keyword
    case .numeral, .decimal, .extents, .malformedNumber: return .number
    case .plus, .minus, .star, .slash, .caret, .bang, .arrow, .lollipop, .thinArrow, .equals, .bar, .colon, .dot:
      return .operator
    case .leftParen, .rightParen, .leftBracket, .rightBracket, .leftBrace, .rightBrace, .comma, .endOfFile: return nil
    case .name: break
    }
    let text = analysis.source.text(token.span)
    if text == "o", index > 0, analysis.tokens[index - 1].kind == .minus,
      analysis.tokens[index - 1].span.end == token.span.start
    {
      return .operator
    }
    if isFree { return BuiltIn.named(text) == nil ? nil : .function }
    return ["Bool", "Nat", "Real", "ℕ", "𝟚"].contains(text) ? .type : .keyword
  }
}

extension Analysis {
  /// The places of binders of variables that are not linear.
  var nonlinearVariables: Set<Span> {
    guard let sound else { return [] }
    var spans: Set<Span> = []
    for judgement in sound.module.programs {
      for (port, degree) in zip(judgement.context, judgement.degrees) where !degree.isLinear {
        spans.insert(port.variable.span)
      }
    }
    for (span, bound) in sound.observations.variables where !bound.isData {
      if let variable = bound.variable, sound.module.binderDegrees[variable.id]?.isLinear == false {
        spans.insert(span)
      }
    }
    return spans
  }
}
