import CajalSyntax

extension RandomProgram {
  /// A program that is as small as single steps make it, and still fails.
  public func shrunk(limit: Int = 4_000, while fails: (RandomProgram) -> Bool) -> RandomProgram {
    var smallest = self
    var tries = 0
    search: while true {
      let weight = smallest.weight
      for candidate in smallest.smaller() where candidate.weight < weight {
        tries += 1
        if tries > limit { return smallest }
        guard fails(candidate) else { continue }
        smallest = candidate
        continue search
      }
      return smallest
    }
  }

  /// Programs one step away, most daring steps first. They may be ill-typed: whoever tries them finds out.
  private func smaller() -> [RandomProgram] {
    var candidates: [RandomProgram] = []
    func add(_ change: (inout RandomProgram) -> Void) {
      var copy = self
      change(&copy)
      candidates.append(copy)
    }
    for index in definitions.indices {
      let definition = definitions[index]
      let isHidden = context.contains { $0.name == definition.name }
      let uses = definitions.reduce(isHidden ? 0 : body.occurrences(of: definition.name)) {
        $0 + $1.body.occurrences(of: definition.name)
      }
      if uses == 0 { add { $0.definitions.remove(at: index) } } else { add { $0.inline(index) } }
    }
    for index in nets.indices {
      if body.occurrences(of: nets[index].name) == 0 { add { $0.nets.remove(at: index) } }
      for layer in nets[index].layers.indices where nets[index].layers.count > 1 {
        add { $0.nets[index].layers.remove(at: layer) }
      }
    }
    // Where one is used, the file is refused without it.
    for index in dataTypes.indices { add { $0.dataTypes.remove(at: index) } }
    for index in context.indices {
      let port = context[index]
      if body.occurrences(of: port.name) == 0 { add { $0.context.remove(at: index) } }
      if let value = Term.smallest(port.type) {
        add {
          $0.context.remove(at: index)
          $0.body = body.substituting(.ascribed(value, port.type), for: port.name)
        }
      }
      if port.bound != nil { add { $0.context[index].bound = nil } }
      if let rows = port.rows, rows > 1 { for fewer in [1, rows - 1] { add { $0.context[index].rows = fewer } } }
    }
    if case .function(let argument, let result) = type, case .function(let binder, let inner) = body.kind {
      add {
        let name = Term.fresh(binder.name.text, avoiding: inner.freeNames.union(context.map(\.name)))
        $0.context.append(Port(name: name, type: argument))
        $0.body = inner.substituting(.named(name), for: binder.name.text)
        $0.type = result
      }
    }
    for smaller in body.smaller() { add { $0.body = smaller } }
    for index in definitions.indices {
      for smaller in definitions[index].body.smaller() { add { $0.definitions[index].body = smaller } }
      if definitions[index].isAnnotated { add { $0.definitions[index].isAnnotated = false } }
    }
    for horizon in [1, 2, 3, horizon - 1] where horizon > 0 { add { $0.horizon = horizon } }
    return candidates
  }

  private mutating func inline(_ index: Int) {
    let definition = definitions.remove(at: index)
    let value = definition.parameters.reversed().reduce(definition.body) { body, parameter in
      .lambda(parameter.name, TypeExpression(parameter.type), body)
    }
    let closed = Term.ascribed(value, definition.type)
    // A parameter hides a definition of its name.
    if !context.contains(where: { $0.name == definition.name }) {
      body = body.substituting(closed, for: definition.name)
    }
    for other in definitions.indices {
      if definitions[other].parameters.contains(where: { $0.name == definition.name }) { continue }
      definitions[other].body = definitions[other].body.substituting(closed, for: definition.name)
    }
  }
}

extension Term {
  /// A small closed term of the type; nil where none comes to mind. It has no free names but constants.
  public static func smallest(_ type: Type) -> Term? {
    switch type {
    case .bool: return Term(.bool(true))
    case .nat, .natBelow: return Term(.numeral(0))
    case .data(let data):
      guard let leaf = data.constructors.first(where: { $0.arity == 0 }) else { return nil }
      let fields = leaf.fields.compactMap { smallest($0.type(in: type)) }
      return fields.count == leaf.fields.count ? fields.reduce(.named(leaf.name)) { .applied($0, $1) } : nil
    case .real(let shape):
      switch shape.count {
      case 0: return Term(.decimal(1))
      case 1: return Term(.vector(shape.indices.isEmpty ? [] : Array(repeating: 1, count: shape[0])))
      case 2: return Term(.matrix(Array(repeating: Array(repeating: 1, count: shape[1]), count: shape[0])))
      default: return nil
      }
    case .function(let argument, let result):
      return consume(.named("x"), argument, into: result).map { .lambda("x", TypeExpression(argument), $0) }
    }
  }

  /// A small term that uses this one up.
  private static func consume(_ term: Term, _ type: Type, into goal: Type) -> Term? {
    if type == goal { return term }
    switch type {
    case .function(let argument, let result):
      return smallest(argument).flatMap { consume(.applied(term, .ascribed($0, argument)), result, into: goal) }
    case .bool: return smallest(goal).map { .choice(term, $0, $0) }
    case .data: return nil
    case .nat, .natBelow: return smallest(goal).map { .iteration($0, "y", .named("y"), term) }
    case .real(let shape):
      guard goal.endsInReal, let ones = smallest(type), let rest = smallest(goal) else { return nil }
      let scalar = shape.isEmpty ? term : .applied(.named("dot"), .ascribed(ones, type), term)
      return .applied(.named("scale"), scalar, .ascribed(rest, goal))
    }
  }

  /// Terms one step away, here or in a subterm.
  func smaller() -> [Term] {
    var candidates = steps()
    for (index, child) in kind.children.enumerated() {
      for smaller in child.smaller() {
        var children = kind.children
        children[index] = smaller
        candidates.append(Term(kind.replacingChildren(children)))
      }
    }
    return candidates
  }

  private func steps() -> [Term] {
    var steps: [Term] = []
    if nodeCount > 1 { steps += [Term(.bool(true)), Term(.numeral(0)), Term(.decimal(1))] }
    steps += kind.children
    steps += kind.children.flatMap(\.kind.children)
    switch kind {
    case .letIn(let name, let value, let body): steps.append(body.substituting(value, for: name.text))
    case .apply(let function, let argument):
      if case .function(let binder, let body) = function.kind {
        steps.append(body.substituting(argument, for: binder.name.text))
        if let type = binder.type {
          steps.append(body.substituting(Term(.ascription(argument, type)), for: binder.name.text))
        }
      }
      if case .ascription(let inner, _) = function.kind { steps.append(.applied(inner, argument)) }
    case .iterate(let iteration):
      let (base, state, step) = (iteration.base, iteration.state, iteration.step)
      steps.append(step.substituting(base, for: state.text))
      steps.append(.binding(state.text, to: base, in: step))
      if case .variable(state.text) = step.kind {
      } else {
        steps.append(Term(.iterate(iteration.with(base: base, step: .named(state.text), count: iteration.count))))
      }
    case .numeral(let value) where value > 0: steps += [0, value / 2, value - 1].map { Term(.numeral($0)) }
    case .decimal(let value): steps += [0, 1].filter { $0 != value }.map { Term(.decimal($0)) }
    case .vector(let entries):
      for value in [0.0, 1] { steps.append(Term(.vector(entries.map { _ in value }))) }
    case .matrix(let rows):
      for value in [0.0, 1] { steps.append(Term(.matrix(rows.map { $0.map { _ in value } }))) }
    case .bool(false): steps.append(Term(.bool(true)))
    case .cases(let alternatives, _), .fold(let alternatives, _):
      for alternative in alternatives where alternative.pattern.binders.isEmpty { steps.append(alternative.body) }
    case .variable, .bool, .numeral, .succ, .function, .conditional, .add, .subtract, .negate, .scale, .ascription,
      .divide, .power, .list, .error:
      break
    }
    return steps
  }
}
