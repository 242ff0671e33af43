/// Prints a tree as nested lists, one node a line, each with the line and column where it starts.
public struct SyntaxTreeDump {
  private let source: Source
  private var output = ""

  /// Deeper nodes are not indented further: a deep tree must not take quadratic space.
  private static let maximumIndent = 60

  private init(_ source: Source) { self.source = source }

  public static func dump(_ tree: SyntaxTree, source: Source) -> String {
    var dump = SyntaxTreeDump(source)
    for declaration in tree.declarations { dump.declaration(declaration) }
    return dump.output
  }

  public static func dump(_ term: Term, source: Source) -> String {
    var dump = SyntaxTreeDump(source)
    dump.term(term, 0)
    return dump.output + "\n"
  }

  private mutating func open(_ words: String, _ span: Span, _ depth: Int) {
    if depth > 0 { output += "\n" + String(repeating: "  ", count: min(depth, Self.maximumIndent / 2)) }
    let position = source.position(of: span.start)
    output += "(\(words) @\(position.line):\(position.column)"
  }

  private func text(_ type: TypeExpression) -> String { PrettyPrinter(width: .max).print(type) }

  private mutating func declaration(_ declaration: Declaration) {
    switch declaration.kind {
    case .horizon(let horizon): open("horizon \(horizon)", declaration.span, 0)
    case .type(let name, let type):
      open("type \(name.text)", declaration.span, 0)
      open("is `\(text(type))`", type.span, 1)
      output += ")"
    case .definition(let name, let type, let body):
      open("def \(name.text)", declaration.span, 0)
      if let type {
        open("type `\(text(type))`", type.span, 1)
        output += ")"
      }
      term(body, 1)
    case .program(let name, let parameters, let type, let body):
      open("program \(name.text)", declaration.span, 0)
      for parameter in parameters {
        let bound = parameter.bound.map { " within \($0.norm.rawValue) \(PrettyPrinter.number($0.radius))" } ?? ""
        open("parameter \(parameter.name.text) `\(text(parameter.type))`\(bound)", parameter.name.span, 1)
        output += ")"
      }
      open("type `\(text(type))`", type.span, 1)
      output += ")"
      term(body, 1)
    }
    output += ")\n"
  }

  private mutating func term(_ term: Term, _ depth: Int) {
    open(words(term), term.span, depth)
    for child in term.kind.children { self.term(child, depth + 1) }
    output += ")"
  }

  private func words(_ term: Term) -> String {
    switch term.kind {
    case .variable(let name): "variable \(name)"
    case .bool(let value): "bool \(value)"
    case .numeral(let value): "numeral \(value)"
    case .decimal(let value): "decimal \(value)"
    case .succ: "succ"
    case .function(let binder, _):
      "function \(binder.name.text)" + (binder.type.map { " `\(text($0))`" } ?? "")
    case .apply: "apply"
    case .conditional: "if"
    case .letIn(let name, _, _): "let \(name.text)"
    case .iterate(_, let state, _, _): "iter \(state.text)"
    case .add: "add"
    case .subtract: "subtract"
    case .negate: "negate"
    case .scale(let factor, _): "scale \(PrettyPrinter.signed(factor))"
    case .ascription(_, let type): "ascription `\(text(type))`"
    case .vector(let numbers): "vector [\(numbers.map(PrettyPrinter.signed).joined(separator: ", "))]"
    case .matrix(let rows):
      "matrix ["
        + rows.map { "[" + $0.map(PrettyPrinter.signed).joined(separator: ", ") + "]" }.joined(separator: ", ") + "]"
    case .error: "error"
    }
  }
}
