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
    var numbers: [Int] = []
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
            SemanticToken.Kind.allCases.firstIndex(of: token.kind)!, token.modifiers.rawValue,
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
    var meanings: [Int: NameIndex.Occurrence] = [:]
    for occurrence in names.occurrences { meanings[occurrence.span.start] = occurrence }
    let free = Set(names.free.map(\.span.start))
    let nonlinear = analysis.nonlinearVariables
    var tokens = Comment.all(in: analysis).map { SemanticToken(span: $0.span, kind: .comment) }
    for (index, token) in analysis.tokens.enumerated() where token.kind != .endOfFile {
      if let occurrence = meanings[token.span.start] {
        tokens.append(named(names.symbols[occurrence.symbol], occurrence, token.span, analysis, nonlinear))
      } else if let kind = kind(index, free, analysis) {
        let text = analysis.source.text(token.span)
        let isBuiltIn = kind == .function || ["Bool", "Nat", "Real", "ℕ", "𝟚"].contains(text)
        tokens.append(SemanticToken(span: token.span, kind: kind, modifiers: isBuiltIn ? .defaultLibrary : []))
      }
    }
    return tokens.sorted { $0.span.start < $1.span.start }
  }

  private static func named(
    _ symbol: Symbol, _ occurrence: NameIndex.Occurrence, _ span: Span, _ analysis: Analysis, _ nonlinear: Set<Span>
  ) -> SemanticToken {
    var modifiers: Modifiers = occurrence.isBinding ? .declaration : []
    let kind: Kind
    switch symbol.kind {
    case .definition, .program, .net, .model: kind = .function
    case .constructor: kind = .enumMember
    case .alias, .data: kind = .type
    case .learnt:
      kind = .variable
      modifiers.insert(.data)
    case .parameter, .binder, .letName, .state, .field:
      kind = symbol.kind == .parameter || symbol.kind == .binder ? .parameter : .variable
      if let bound = analysis.observed.variables[symbol.name.span] {
        modifiers.insert(bound.isData ? .data : .linear)
      } else if symbol.kind == .parameter, case .net = analysis.tree.declarations[symbol.declaration].kind {
        modifiers.insert(.data)
      }
      if nonlinear.contains(symbol.name.span) { modifiers.insert(.nonlinear) }
    }
    return SemanticToken(span: span, kind: kind, modifiers: modifiers)
  }

  /// Of a token that is no name of the text.
  private static func kind(_ index: Int, _ free: Set<Int>, _ analysis: Analysis) -> Kind? {
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
    if free.contains(token.span.start) { return BuiltIn.named(text) == nil ? nil : .function }
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
