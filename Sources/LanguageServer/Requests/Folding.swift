import CajalSyntax
import Diagnostics

extension LanguageServer {
  /// Declarations, what stands in braces, and comments, where they take several lines.
  func foldingRanges(_ document: Document, _ params: JSON) throws -> JSON {
    let analysis = document.analysis
    var ranges: Set<[Int]> = []
    func fold(_ span: Span, _ kind: Int = 0) {
      let (first, last) = (
        document.buffer.line(of: span.start), document.buffer.line(of: max(span.start, span.end - 1))
      )
      if last > first { ranges.insert([first, last, kind]) }
    }
    for declaration in analysis.tree.declarations { fold(declaration.span) }
    var braces: [Int] = []
    for token in analysis.tokens {
      if token.kind == .leftBrace { braces.append(token.span.start) }
      // The line of the closing brace stays.
      if token.kind == .rightBrace, let start = braces.popLast() {
        fold(Span(start, document.buffer.lineStarts[document.buffer.line(of: token.span.start)]))
      }
    }
    var run: Span?
    for comment in Comment.all(in: analysis) {
      let isNext = run.map { document.buffer.line(of: $0.end) + 1 == document.buffer.line(of: comment.span.start) }
      if comment.isLine, isNext == true {
        run = run?.union(comment.span)
      } else {
        if let run { fold(run, 1) }
        run = comment.isLine ? comment.span : nil
        if !comment.isLine { fold(comment.span, 1) }
      }
    }
    if let run { fold(run, 1) }
    return .array(
      ranges.sorted { $0.lexicographicallyPrecedes($1) }.map { range in
        var json: [String: JSON] = ["startLine": .integer(range[0]), "endLine": .integer(range[1])]
        if range[2] == 1 { json["kind"] = "comment" }
        return .object(json)
      })
  }
}
