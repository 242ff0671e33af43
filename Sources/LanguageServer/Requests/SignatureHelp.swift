import CajalSyntax
import CajalTyping
import Diagnostics
import Foundation

extension LanguageServer {
  /// What the function around a place takes, and which of its arguments stands there: by the tokens before it, since
  /// what is being written can seldom be read in full.
  func signatureHelp(_ document: Document, _ params: JSON) throws -> JSON {
    let analysis = document.analysis
    let offset = try offset(document, params)
    guard let call = Call(before: offset, analysis), let signature = signature(call.head, analysis),
      call.arguments < max(1, signature.parameters.count)
    else { return .null }
    return [
      "signatures": [
        [
          "label": .string(signature.label),
          "parameters": .array(
            signature.parameters.map { ["label": [.integer($0.lowerBound), .integer($0.upperBound)]] }),
        ]
      ],
      "activeSignature": 0,
      "activeParameter": .integer(call.arguments),
    ]
  }

  private struct Signature {
    var label: String
    /// In UTF-16 units.
    var parameters: [Range<Int>] = []

    init(_ label: String) { self.label = label }

    mutating func add(_ parameter: String, separator: String) {
      if !parameters.isEmpty { label += separator }
      let start = label.utf16.count
      label += parameter
      parameters.append(start..<label.utf16.count)
    }
  }

  private func signature(_ head: Token, _ analysis: Analysis) -> Signature? {
    let name = analysis.source.text(head.span)
    let names = analysis.names
    let symbol = names.occurrence(at: head.span.start).map { names.symbols[$0.symbol] } ?? names.value(named: name)
    guard let symbol else { return BuiltIn.named(name).map { builtIn($0) } }
    switch analysis.tree.declarations[symbol.declaration].kind {
    case .program(_, let parameters, let type, _) where !symbol.isLocal,
      .net(_, let parameters, let type, _) where !symbol.isLocal:
      var signature = Signature(name + " (")
      for parameter in parameters {
        signature.add("\(parameter.name.text) : \(analysis.source.text(parameter.type.span))", separator: ", ")
      }
      signature.label += ") : " + analysis.source.text(type.span)
      return signature
    default: break
    }
    let type =
      symbol.isLocal ? analysis.observed.variables[symbol.name.span]?.variable?.type : analysis.observed.globals[name]
    guard var rest = type, rest.isFunction else { return nil }
    var signature = Signature(name + " : ")
    while case .function(let argument, let result) = rest {
      signature.add(argument.isFunction ? "(\(argument))" : "\(argument)", separator: " -o ")
      rest = result
    }
    signature.label += " -o \(rest)"
    return signature
  }

  private func builtIn(_ builtIn: BuiltIn) -> Signature {
    var signature = Signature(builtIn.name + " : ")
    let separator = builtIn.isOnData ? " -> " : " -o "
    var pieces = builtIn.scheme.components(separatedBy: separator)
    let last = pieces.popLast() ?? ""
    for piece in pieces { signature.add(piece, separator: separator) }
    signature.label += separator + last
    return signature
  }
}

/// An application that is being written.
private struct Call {
  let head: Token
  /// How many arguments stand before the place, in whole.
  let arguments: Int

  init?(before offset: Int, _ analysis: Analysis) {
    var depth = 0
    var atoms: [Token] = []
    search: for token in analysis.tokens.reversed() where token.kind != .endOfFile && token.span.start < offset {
      // A word that the place is still in is no argument yet.
      if token.span.end >= offset, token.kind == .name || token.kind == .numeral { continue }
      switch token.kind {
      case .rightParen, .rightBracket, .rightBrace:
        if depth == 0 { atoms.append(token) }
        depth += 1
      case .leftParen, .leftBracket, .leftBrace:
        if depth == 0 { break search }
        depth -= 1
      case .name, .numeral, .decimal, .true, .false:
        if depth == 0 { atoms.append(token) }
      default: if depth == 0 { break search }
      }
    }
    guard let head = atoms.last, head.kind == .name else { return nil }
    self.head = head
    arguments = atoms.count - 1
  }
}
