import CajalSyntax

extension Term.Kind {
  /// The same rule over other subterms, given in the order of `children`.
  public func replacingChildren(_ new: [Term]) -> Term.Kind {
    switch self {
    case .variable, .bool, .numeral, .decimal, .vector, .matrix, .error: self
    case .succ: .succ(new[0])
    case .function(let binder, _): .function(binder, new[0])
    case .negate: .negate(new[0])
    case .scale(let factor, _): .scale(factor, new[0])
    case .ascription(_, let type): .ascription(new[0], type)
    case .apply: .apply(new[0], new[1])
    case .letIn(let name, _, _): .letIn(name, new[0], body: new[1])
    case .add: .add(new[0], new[1])
    case .subtract: .subtract(new[0], new[1])
    case .conditional: .conditional(new[0], then: new[1], else: new[2])
    case .iterate(_, let state, _, _): .iterate(base: new[0], state: state, step: new[1], count: new[2])
    case .cases(let alternatives, _): .cases(alternatives.with(bodies: new.dropLast()), new[new.count - 1])
    case .fold(let alternatives, _): .fold(alternatives.with(bodies: new.dropLast()), new[new.count - 1])
    }
  }

  /// What a rule binds, and the index of the child in which it does.
  public var binding: (name: String, child: Int)? {
    switch self {
    case .function(let binder, _): (binder.name.text, 0)
    case .letIn(let name, _, _): (name.text, 1)
    case .iterate(_, let state, _, _): (state.text, 1)
    // The generators make no data.
    case .cases, .fold: nil
    case .variable, .bool, .numeral, .decimal, .succ, .apply, .conditional, .add, .subtract, .negate, .scale,
      .ascription, .vector, .matrix, .error:
      nil
    }
  }

  fileprivate func renamingBinding(to name: String) -> Term.Kind {
    switch self {
    case .function(let binder, let body): .function(Binder(name: Name(name), type: binder.type), body)
    case .letIn(_, let value, let body): .letIn(Name(name), value, body: body)
    case .iterate(let base, _, let step, let count): .iterate(base: base, state: Name(name), step: step, count: count)
    case .variable, .bool, .numeral, .decimal, .succ, .apply, .conditional, .cases, .fold, .add, .subtract, .negate,
      .scale, .ascription, .vector, .matrix, .error:
      self
    }
  }
}

extension [Alternative] {
  fileprivate func with(bodies: ArraySlice<Term>) -> [Alternative] {
    zip(self, bodies).map { Alternative(pattern: $0.pattern, body: $1, span: $0.span) }
  }
}

extension Term {
  /// Names that are not bound in the term: its variables, and the definitions and constants that it uses.
  public var freeNames: Set<String> {
    if case .variable(let name) = kind { return [name] }
    var names: Set<String> = []
    for (index, child) in kind.children.enumerated() {
      var free = child.freeNames
      if let binding = kind.binding, binding.child == index { free.remove(binding.name) }
      names.formUnion(free)
    }
    return names
  }

  /// The names that the term binds, in the order of the text.
  public var binders: [String] {
    (kind.binding.map { [$0.name] } ?? []) + kind.children.flatMap(\.binders)
  }

  /// How often a name stands free in the term.
  public func occurrences(of name: String) -> Int {
    if case .variable(name) = kind { return 1 }
    return kind.children.enumerated().reduce(0) { total, child in
      if let binding = kind.binding, binding.child == child.offset, binding.name == name { return total }
      return total + child.element.occurrences(of: name)
    }
  }

  /// `self[value/name]`, capture avoided: binders in the way of the value's free names are renamed.
  public func substituting(_ value: Term, for name: String) -> Term {
    substituting(value, freeNames: value.freeNames, for: name)
  }

  private func substituting(_ value: Term, freeNames: Set<String>, for name: String) -> Term {
    if case .variable(name) = kind { return value }
    var kind = kind
    if let binding = kind.binding, binding.name != name, freeNames.contains(binding.name) {
      let body = kind.children[binding.child]
      if body.occurrences(of: name) > 0 {
        let fresh = Term.fresh(binding.name, avoiding: freeNames.union(body.freeNames).union([name]))
        var children = kind.children
        children[binding.child] = body.substituting(.named(fresh), for: binding.name)
        kind = kind.renamingBinding(to: fresh).replacingChildren(children)
      }
    }
    let children = kind.children.enumerated().map { index, child in
      if let binding = kind.binding, binding.child == index, binding.name == name { return child }
      return child.substituting(value, freeNames: freeNames, for: name)
    }
    return Term(kind.replacingChildren(children), span)
  }

  /// A name made from another that is none of these.
  public static func fresh(_ name: String, avoiding taken: Set<String>) -> String {
    var fresh = name
    while taken.contains(fresh) { fresh += "'" }
    return fresh
  }
}
