import CajalSyntax
import Diagnostics
import Foundation
import Testing

/// Reads a file and returns what was found with the diagnostics as `E0005@line:column`.
func read(_ text: String) -> (tree: SyntaxTree, found: [String], diagnostics: Diagnostics) {
  let source = Source(name: "test.cajal", text: text)
  var diagnostics = Diagnostics()
  let tree = parse(source, diagnostics: &diagnostics)
  let found = diagnostics.items.map { diagnostic in
    guard let primary = diagnostic.primary else { return diagnostic.code.rawValue }
    let position = source.position(of: primary.span.start)
    return "\(diagnostic.code.rawValue)@\(position.line):\(position.column)"
  }
  return (tree, found, diagnostics)
}

/// Reads an expression without errors.
func term(_ text: String, _ location: SourceLocation = #_sourceLocation) throws -> Term {
  let source = Source(name: "term", text: text)
  var diagnostics = Diagnostics()
  let term = parseTerm(source, diagnostics: &diagnostics)
  #expect(!diagnostics.hasErrors, "\(DiagnosticRenderer(source: source).render(diagnostics))", sourceLocation: location)
  return try #require(term, sourceLocation: location)
}

/// An expression as nested lists on one line, without positions.
func shape(_ text: String, _ location: SourceLocation = #_sourceLocation) throws -> String {
  shape(try term(text, location))
}

func shape(_ term: Term) -> String {
  let children = term.kind.children.map { " " + shape($0) }.joined()
  switch term.kind {
  case .variable(let name): return name
  case .bool(let value): return "\(value)"
  case .numeral(let value): return "\(value)"
  case .decimal(let value): return "\(value)"
  case .succ: return "(succ\(children))"
  case .function(let binder, _):
    return "(fun \(binder.name.text)\(binder.type.map { ":" + shape($0) } ?? "")\(children))"
  case .apply: return "(@\(children))"
  case .conditional: return "(if\(children))"
  case .letIn(let name, _, _): return "(let \(name.text)\(children))"
  case .iterate(let iteration):
    let claims = iteration.claims.map { " | " + PrettyPrinter.text(of: $0) }.joined()
    return "(\(iteration.form.rawValue) \(iteration.isData ? "!" : "")\(iteration.state.text)\(claims)\(children))"
  case .divide: return "(/\(children))"
  case .power(_, let exponent): return "(^ \(exponent)\(children))"
  case .list: return "(list\(children))"
  case .cases(let alternatives, _): return "(case \(patterns(alternatives))\(children))"
  case .fold(let alternatives, _): return "(fold \(patterns(alternatives))\(children))"
  case .add: return "(+\(children))"
  case .subtract: return "(-\(children))"
  case .negate: return "(neg\(children))"
  case .scale(let factor, _): return "(scale \(factor)\(children))"
  case .ascription(_, let type): return "(as \(shape(type))\(children))"
  case .vector(let numbers): return "\(numbers)"
  case .matrix(let rows): return "\(rows)"
  case .error: return "error"
  }
}

private func patterns(_ alternatives: [Alternative]) -> String {
  alternatives.map { PrettyPrinter.text(of: $0.pattern) }.joined(separator: " | ")
}

func shape(_ type: TypeExpression) -> String {
  switch type.kind {
  case .bool: "Bool"
  case .nat: "Nat"
  case .natBelow(let count): "Nat[\(count)]"
  case .real(let extents): "Real\(extents)"
  case .function(let argument, let result): "(\(shape(argument)) -o \(shape(result)))"
  case .name(let name): name
  case .error: "error"
  }
}

func typeShape(_ text: String) throws -> String {
  var diagnostics = Diagnostics()
  let type = parseType(Source(name: "type", text: text), diagnostics: &diagnostics)
  return shape(try #require(type, "\(diagnostics.items.map(\.message))"))
}

/// The messages about an expression that cannot be read.
func messages(_ text: String) -> [String] {
  var diagnostics = Diagnostics()
  #expect(parseTerm(Source(name: "term", text: text), diagnostics: &diagnostics) == nil)
  return diagnostics.items.map(\.message)
}
