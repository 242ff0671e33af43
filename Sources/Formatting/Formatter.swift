import CajalSyntax
import Diagnostics

/// The longest line that is left as it is, in characters.
public let formattedWidth = 120

/// A source text in the one style that the examples have (docs/editors.md); nil where it has errors, which are added
/// to `diagnostics`.
///
/// Tokens and comments stay what they are and where the author broke lines, lines stay broken: what is set is the space
/// between them, indentation, empty lines, and breaks in lines above `formattedWidth`. What comes out is formatted.
public func format(_ source: Source, diagnostics: inout Diagnostics) throws -> String? {
  let tree = parse(source, diagnostics: &diagnostics)
  guard !diagnostics.hasErrors else { return nil }
  let pieces = Piece.all(of: source, declarations: tree.declarations)
  let text = LineWriter(pieces).text()
  let written = Piece.all(of: Source(name: source.name, text: text), declarations: [])
  guard written.map(\.content) == pieces.map(\.content) else { throw FormattingFault(file: source.name) }
  return text
}

/// Formatting would have changed a program: a bug. Nothing has been written.
public struct FormattingFault: Error, CustomStringConvertible {
  public let file: String
  public var description: String { "formatting \(file) would change its tokens" }
}
