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
    case .iterate(let iteration): .iterate(iteration.with(base: new[0], step: new[1], count: new[2]))
    case .divide: .divide(new[0], new[1])
    case .power(_, let exponent): .power(new[0], exponent)
    case .list: .list(new)
    case .cases(let alternatives, _): .cases(alternatives.with(bodies: new.dropLast()), new[new.count - 1])
    case .fold(let alternatives, _): .fold(alternatives.with(bodies: new.dropLast()), new[new.count - 1])
    }
  }

  /// What a rule binds in one of its children.
  public func bound(inChild index: Int) -> [String] {
    switch self {
    case .function(let binder, _): index == 0 ? [binder.name.text] : []
    case .letIn(let name, _, _): index == 1 ? [name.text] : []
    case .iterate(let iteration): index == 1 ? [iteration.state.text] : []
    case .cases(let alternatives, _), .fold(let alternatives, _):
      alternatives.indices.contains(index) ? alternatives[index].pattern.binders.map(\.text) : []
    case .variable, .bool, .numeral, .decimal, .succ, .apply, .conditional, .add, .subtract, .negate, .scale,
      .ascription, .vector, .matrix, .divide, .power, .list, .error:
      []
    }
  }

  /// With another name for one that is bound in a child.
  fileprivate func renaming(_ old: String, to new: String, inChild index: Int) -> Term.Kind {
    switch self {
    case .function(let binder, let body): .function(Binder(name: Name(new), type: binder.type), body)
    case .letIn(_, let value, let body): .letIn(Name(new), value, body: body)
    case .iterate(let iteration): .iterate(iteration.with(state: Name(new)))
    case .cases(let alternatives, let operand): .cases(alternatives.renaming(old, to: new, at: index), operand)
    case .fold(let alternatives, let operand): .fold(alternatives.renaming(old, to: new, at: index), operand)
    case .variable, .bool, .numeral, .decimal, .succ, .apply, .conditional, .add, .subtract, .negate,
      .scale, .ascription, .vector, .matrix, .divide, .power, .list, .error:
      self
    }
  }
}

extension [Alternative] {
  fileprivate func with(bodies: ArraySlice<Term>) -> [Alternative] {
    zip(self, bodies).map { Alternative(pattern: $0.pattern, body: $1, span: $0.span) }
  }

  fileprivate func renaming(_ old: String, to new: String, at index: Int) -> [Alternative] {
    var copy = self
    let pattern = self[index].pattern
    let kind: Pattern.Kind =
      switch pattern.kind {
      case .constructor(let name, let binders):
        .constructor(name, binders.map { $0.text == old ? Name(new) : $0 })
      case .successor: .successor(Name(new))
      case .bool, .zero: pattern.kind
      }
    copy[index] = Alternative(pattern: Pattern(kind, pattern.span), body: self[index].body, span: self[index].span)
    return copy
  }
}

extension Term {
  /// Names that are not bound in the term: its variables, and the definitions and constants that it uses.
  public var freeNames: Set<String> {
    if case .variable(let name) = kind { return [name] }
    var names: Set<String> = []
    for (index, child) in kind.children.enumerated() {
      var free = child.freeNames
      free.subtract(kind.bound(inChild: index))
      names.formUnion(free)
    }
    return names
  }

  /// The names that the term binds, in the order of the text.
  public var binders: [String] {
    kind.children.indices.flatMap(kind.bound) + kind.children.flatMap(\.binders)
  }

  /// How often a name stands free in the term.
  public func occurrences(of name: String) -> Int {
    if case .variable(name) = kind { return 1 }
    return kind.children.enumerated().reduce(0) { total, child in
      if kind.bound(inChild: child.offset).contains(name) { return total }
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
    for index in kind.children.indices {
      let bound = kind.bound(inChild: index)
      if bound.contains(name) || kind.children[index].occurrences(of: name) == 0 { continue }
      for binder in bound where freeNames.contains(binder) {
        let body = kind.children[index]
        let taken = freeNames.union(body.freeNames).union(kind.bound(inChild: index)).union([name])
        let fresh = Term.fresh(binder, avoiding: taken)
        var children = kind.children
        children[index] = body.substituting(.named(fresh), for: binder)
        kind = kind.renaming(binder, to: fresh, inChild: index).replacingChildren(children)
      }
    }
    let children = kind.children.enumerated().map { index, child in
      if kind.bound(inChild: index).contains(name) { return child }
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
