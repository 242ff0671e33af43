import Diagnostics

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
      leaf("is `\(text(type))`", type.span)
    case .data(let name, let constructors):
      open("data \(name.text)", declaration.span, 0)
      for constructor in constructors {
        let fields = constructor.fields.map { " `\(text($0))`" }.joined()
        leaf("constructor \(constructor.name.text)\(fields)", constructor.name.span)
      }
    case .definition(let name, let type, let body):
      open("def \(name.text)", declaration.span, 0)
      if let type { leaf("type `\(text(type))`", type.span) }
      term(body, 1)
    case .program(let name, let parameters, let type, let body):
      head("program", name, parameters, type, declaration.span)
      term(body, 1)
    case .model(let name, let parameters, let type, let body):
      head("model", name, parameters, type, declaration.span)
      term(body, 1)
    case .learnt(let name, let type, let start):
      open("param \(name.text)", declaration.span, 0)
      leaf("type `\(text(type))`" + (start.map { " = \(PrettyPrinter.text(of: $0))" } ?? ""), type.span)
    case .net(let name, let parameters, let type, let layers):
      head("net", name, parameters, type, declaration.span)
      for layer in layers { leaf("\(layer.kind)", layer.span) }
    }
    output += ")\n"
  }

  private mutating func head(
    _ word: String, _ name: Name, _ parameters: [Parameter], _ type: TypeExpression, _ span: Span
  ) {
    open("\(word) \(name.text)", span, 0)
    for parameter in parameters {
      let bound = parameter.bound.map { " \($0)" } ?? ""
      let rows = parameter.rows.map { "[\($0.count)]" } ?? ""
      leaf("parameter \(parameter.name.text) `\(text(parameter.type))\(rows)`\(bound)", parameter.name.span)
    }
    leaf("type `\(text(type))`", type.span)
  }

  private mutating func leaf(_ words: String, _ span: Span) {
    open(words, span, 1)
    output += ")"
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
    case .iterate(let iteration):
      "\(iteration.form.rawValue) \(iteration.isData ? "!" : "")\(iteration.state.text)"
        + iteration.claims.map { " | \(PrettyPrinter.text(of: $0))" }.joined()
    case .divide: "divide"
    case .power(_, let exponent): "power \(PrettyPrinter.signed(exponent))"
    case .list: "list"
    case .cases(let alternatives, _): "case " + patterns(alternatives)
    case .fold(let alternatives, _): "fold " + patterns(alternatives)
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
  private func patterns(_ alternatives: [Alternative]) -> String {
    alternatives.map { PrettyPrinter.text(of: $0.pattern) }.joined(separator: " | ")
  }
}
