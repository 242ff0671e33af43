import CajalSyntax
import Diagnostics

/// Goes through a tree with what is in scope.
struct NameWalk {
  private(set) var symbols: [Symbol] = []
  private(set) var occurrences: [NameIndex.Occurrence] = []
  private(set) var free: [Name] = []
  private(set) var values: [String: Int] = [:]
  private(set) var types: [String: Int] = [:]
  /// The innermost of a name last.
  private var scope: [String: [Int]] = [:]
  private var declaration = 0

  mutating func visit(_ tree: SyntaxTree) {
    for (index, item) in tree.declarations.enumerated() {
      declaration = index
      declare(item)
    }
    for (index, item) in tree.declarations.enumerated() {
      declaration = index
      visit(item)
    }
  }

  // MARK: Declarations

  private mutating func declare(_ item: Declaration) {
    switch item.kind {
    case .horizon: break
    case .type(let name, _): declare(.alias, name)
    case .data(let name, let constructors):
      declare(.data, name)
      for constructor in constructors { declare(.constructor, constructor.name) }
    case .definition(let name, _, _): declare(.definition, name)
    case .program(let name, _, _, _): declare(.program, name)
    case .net(let name, _, _, _): declare(.net, name)
    case .model(let name, _, _, _): declare(.model, name)
    case .learnt(let name, _, _): declare(.learnt, name)
    }
  }

  /// The first of a name counts; what is declared again is a symbol of its own.
  private mutating func declare(_ kind: Symbol.Kind, _ name: Name) {
    let symbol = add(kind, name, nil)
    if kind == .alias || kind == .data {
      if types[name.text] == nil { types[name.text] = symbol }
    } else if values[name.text] == nil {
      values[name.text] = symbol
    }
  }

  private mutating func add(_ kind: Symbol.Kind, _ name: Name, _ scope: Span?) -> Int {
    symbols.append(Symbol(kind: kind, name: name, declaration: declaration, scope: scope))
    occurrences.append(NameIndex.Occurrence(span: name.span, symbol: symbols.count - 1, isBinding: true))
    return symbols.count - 1
  }

  private mutating func visit(_ item: Declaration) {
    switch item.kind {
    case .horizon: break
    case .type(_, let type): visit(type)
    case .data(_, let constructors):
      for constructor in constructors { for field in constructor.fields { visit(field) } }
    case .definition(_, let type, let body):
      if let type { visit(type) }
      visit(body)
    case .program(_, let parameters, let type, let body), .model(_, let parameters, let type, let body):
      for parameter in parameters { visit(parameter.type) }
      visit(type)
      within(parameters.map { ($0.name, .parameter) }, Span(type.span.end, item.span.end)) { $0.visit(body) }
    case .net(_, let parameters, let type, _):
      for parameter in parameters {
        visit(parameter.type)
        _ = add(.parameter, parameter.name, item.span)
      }
      visit(type)
    case .learnt(_, let type, _): visit(type)
    }
  }

  // MARK: Scopes

  private mutating func within(
    _ names: [(Name, Symbol.Kind)], _ span: Span, _ body: (inout NameWalk) -> Void
  ) {
    for (name, kind) in names { scope[name.text, default: []].append(add(kind, name, span)) }
    body(&self)
    for (name, _) in names { scope[name.text]?.removeLast() }
  }

  private mutating func use(_ name: String, _ span: Span) {
    guard let symbol = scope[name]?.last ?? values[name] else {
      free.append(Name(name, span))
      return
    }
    occurrences.append(NameIndex.Occurrence(span: span, symbol: symbol, isBinding: false))
  }

  // MARK: Types and terms

  private mutating func visit(_ type: TypeExpression) {
    switch type.kind {
    case .bool, .nat, .natBelow, .real, .error: break
    case .function(let argument, let result):
      visit(argument)
      visit(result)
    case .name(let name):
      let span = Span(type.span.start, type.span.start + name.utf8.count)
      guard let symbol = types[name] else {
        free.append(Name(name, span))
        return
      }
      occurrences.append(NameIndex.Occurrence(span: span, symbol: symbol, isBinding: false))
    }
  }

  private mutating func visit(_ term: Term) {
    switch term.kind {
    case .bool, .numeral, .decimal, .vector, .matrix, .error: break
    case .variable(let name): use(name, term.span)
    case .function(let binder, let body):
      if let type = binder.type { visit(type) }
      within([(binder.name, .binder)], body.span) { $0.visit(body) }
    case .letIn(let name, let value, let body):
      visit(value)
      within([(name, .letName)], body.span) { $0.visit(body) }
    case .iterate(let iteration):
      visit(iteration.base)
      within([(iteration.state, .state)], iteration.step.span) { $0.visit(iteration.step) }
      visit(iteration.count)
    case .cases(let alternatives, let operand), .fold(let alternatives, let operand):
      for alternative in alternatives { visit(alternative) }
      visit(operand)
    case .ascription(let inner, let type):
      visit(inner)
      visit(type)
    case .succ, .apply, .conditional, .add, .subtract, .negate, .scale, .divide, .power, .list:
      for child in term.kind.children { visit(child) }
    }
  }

  /// A variable never hides a constructor in a pattern.
  private mutating func visit(_ alternative: Alternative) {
    if case .constructor(let name, _) = alternative.pattern.kind {
      if let symbol = values[name.text] {
        occurrences.append(NameIndex.Occurrence(span: name.span, symbol: symbol, isBinding: false))
      } else {
        free.append(name)
      }
    }
    within(alternative.pattern.binders.map { ($0, .field) }, alternative.body.span) { $0.visit(alternative.body) }
  }
}
