import CajalSyntax
import Diagnostics
import Driver

/// A stretch of a text as an editor shows it.
public struct DescribedToken: Sendable {
  public let span: Span
  /// A kind of semantic token, such as `keyword`.
  public let kind: String
  /// Here a name is given.
  public let isDeclaration: Bool
  /// The map is not linear in it.
  public let isNonlinear: Bool
  /// What is said of a name on hover, in plain text.
  public let note: String?
}

/// The tokens and comments of a text that have a colour, in the order of the text.
public func describedTokens(of source: Source, options: CompilerOptions) -> [DescribedToken] {
  // Of a client that has said nothing of itself, and so reads plain text.
  let server = LanguageServer(compiler: "", pages: nil, send: { _ in })
  let analysis = Analysis(TextBuffer(source.bytes), uri: source.fileName, options: options)
  // Of a symbol the same is said wherever it is used.
  var known: [Int: String] = [:]
  func note(_ offset: Int) -> String? {
    let symbol = analysis.names.occurrence(at: offset)?.symbol
    if let text = symbol.flatMap({ known[$0] }) { return text }
    let text = server.about(offset, analysis)?.1
    if let symbol { known[symbol] = text }
    return text
  }
  return SemanticToken.all(in: analysis).map { token in
    DescribedToken(
      span: token.span, kind: token.kind.rawValue, isDeclaration: token.modifiers.contains(.declaration),
      isNonlinear: token.modifiers.contains(.nonlinear),
      note: token.kind.isName ? note(token.span.start) : nil)
  }
}

extension SemanticToken.Kind {
  fileprivate var isName: Bool {
    switch self {
    case .type, .enumMember, .function, .variable, .parameter: true
    case .keyword, .number, .operator, .comment: false
    }
  }
}
