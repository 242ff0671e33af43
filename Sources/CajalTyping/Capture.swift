import CajalSyntax

/// Which terms of a module hold a step that captures a variable.
///
/// In a program that is the only source of nonlinearity: every variable is used once on each path, so a term without
/// such a step, and without a definition that has one, is linear in every variable, in bound ones and in free ones.
/// In a model the data are another source: a term that mentions one counts as a term with such a step. So do folds, and
/// all terms of recursive types.
struct Captures {
  /// The terms with such a step in them.
  private var nodes: Set<ObjectIdentifier> = []
  private var definitions: [Bool] = []
  /// The number of binders around each variable in scope.
  private var levels: [Int: Int] = [:]

  init(_ module: TypedModule) {
    for definition in module.definitions {
      _ = visit(definition.term, 0)
      definitions.append(nodes.contains(ObjectIdentifier(definition.term)))
    }
    for program in module.programs {
      for (level, port) in program.context.enumerated() { levels[port.variable.id] = level }
      _ = visit(program.term, program.context.count)
    }
    for model in module.models {
      for (level, link) in model.links.enumerated() { levels[link.variable.id] = level }
      _ = visit(model.judgement.term, model.links.count)
    }
  }

  func contains(_ term: TypedTerm) -> Bool { nodes.contains(ObjectIdentifier(term)) }
  func contains(definition index: Int) -> Bool { definitions[index] }

  /// The level of the outermost variable that is free in the term; `Int.max` where there is none.
  private mutating func visit(_ term: TypedTerm, _ level: Int) -> Int {
    var outermost = Int.max
    if term.type.recursiveType != nil { nodes.insert(ObjectIdentifier(term)) }
    switch term.kind {
    case .variable(let variable):
      if variable.isData { nodes.insert(ObjectIdentifier(term)) }
      return levels[variable.id] ?? .max
    case .definition(let index):
      if definitions[index] { nodes.insert(ObjectIdentifier(term)) }
      return .max
    case .bool, .natural, .literal, .matrix, .primitive, .constructor: return .max
    case .lambda(let variable, let body):
      outermost = child(body, of: term, binding: variable, level)
    case .iterate(let base, let state, let step, let count):
      outermost = child(step, of: term, binding: state, level)
      if outermost != .max { nodes.insert(ObjectIdentifier(term)) }
      outermost = min(outermost, child(base, of: term, level), child(count, of: term, level))
    case .cases(let operand, let alternatives), .fold(let operand, let alternatives):
      for alternative in alternatives { outermost = min(outermost, child(alternative, of: term, level)) }
      outermost = min(outermost, child(operand, of: term, level))
    case .scan(let base, let state, let step, _):
      outermost = child(step, of: term, binding: state, level)
      if outermost != .max { nodes.insert(ObjectIdentifier(term)) }
      outermost = min(outermost, child(base, of: term, level))
    case .succ, .apply, .conditional, .add, .scale, .network, .concatenate:
      for part in term.kind.children { outermost = min(outermost, child(part, of: term, level)) }
    }
    return outermost
  }

  private mutating func child(_ part: TypedTerm, of term: TypedTerm, _ level: Int) -> Int {
    let outermost = visit(part, level)
    if nodes.contains(ObjectIdentifier(part)) { nodes.insert(ObjectIdentifier(term)) }
    return outermost
  }

  private mutating func child(_ alternative: TypedAlternative, of term: TypedTerm, _ level: Int) -> Int {
    for binder in alternative.binders { levels[binder.id] = level }
    let outermost = child(alternative.body, of: term, level + 1)
    for binder in alternative.binders { levels[binder.id] = nil }
    return outermost >= level ? .max : outermost
  }

  /// The level of the outermost variable of the part other than the one that is bound in it.
  private mutating func child(
    _ part: TypedTerm, of term: TypedTerm, binding variable: Variable, _ level: Int
  ) -> Int {
    levels[variable.id] = level
    let outermost = child(part, of: term, level + 1)
    levels[variable.id] = nil
    return outermost >= level ? .max : outermost
  }
}

extension TypedTerm {
  var nodeCount: Int {
    var count = 1
    for child in kind.children { count += child.nodeCount }
    return count
  }
}
