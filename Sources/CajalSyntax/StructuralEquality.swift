// Equality of trees up to spans: what printing and reading back preserves. Numbers are compared by their bits.

extension TypeExpression {
  public func isSame(as other: TypeExpression) -> Bool {
    var (a, b) = (self, other)
    while case .function(let argument, let result) = a.kind, case .function(let argument2, let result2) = b.kind {
      guard argument.isSame(as: argument2) else { return false }
      (a, b) = (result, result2)
    }
    switch (a.kind, b.kind) {
    case (.bool, .bool), (.nat, .nat), (.error, .error): return true
    case (.real(let shape), .real(let shape2)): return shape == shape2
    case (.natBelow(let count), .natBelow(let count2)): return count == count2
    case (.name(let name), .name(let name2)): return name == name2
    case (.bool, _), (.nat, _), (.natBelow, _), (.error, _), (.real, _), (.name, _), (.function, _): return false
    }
  }
}

private func sameType(_ a: TypeExpression?, _ b: TypeExpression?) -> Bool {
  guard let a, let b else { return a == nil && b == nil }
  return a.isSame(as: b)
}

extension Term {
  public func isSame(as other: Term) -> Bool {
    guard depth == other.depth, kind.hasSameHead(as: other.kind) else { return false }
    let (children, others) = (kind.children, other.kind.children)
    for index in children.indices where !children[index].isSame(as: others[index]) { return false }
    return true
  }
}

extension Term.Kind {
  /// The same rule of the grammar with the same names, numbers and types; the subterms may differ.
  fileprivate func hasSameHead(as other: Term.Kind) -> Bool {
    switch self {
    case .variable(let a): if case .variable(let b) = other { a == b } else { false }
    case .bool(let a): if case .bool(let b) = other { a == b } else { false }
    case .numeral(let a): if case .numeral(let b) = other { a == b } else { false }
    case .decimal(let a): if case .decimal(let b) = other { a.bitPattern == b.bitPattern } else { false }
    case .scale(let a, _): if case .scale(let b, _) = other { a.bitPattern == b.bitPattern } else { false }
    case .vector(let a): if case .vector(let b) = other { sameBits(a, b) } else { false }
    case .matrix(let a):
      if case .matrix(let b) = other { a.count == b.count && zip(a, b).allSatisfy(sameBits) } else { false }
    case .function(let a, _): if case .function(let b, _) = other { sameBinder(a, b) } else { false }
    case .letIn(let a, _, _): if case .letIn(let b, _, _) = other { a.text == b.text } else { false }
    case .iterate(let a): if case .iterate(let b) = other { a.hasSameHead(as: b) } else { false }
    case .divide: if case .divide = other { true } else { false }
    case .power(_, let a): if case .power(_, let b) = other { a.bitPattern == b.bitPattern } else { false }
    case .list(let a): if case .list(let b) = other { a.count == b.count } else { false }
    case .cases(let a, _): if case .cases(let b, _) = other { samePatterns(a, b) } else { false }
    case .fold(let a, _): if case .fold(let b, _) = other { samePatterns(a, b) } else { false }
    case .ascription(_, let a): if case .ascription(_, let b) = other { a.isSame(as: b) } else { false }
    case .succ: if case .succ = other { true } else { false }
    case .apply: if case .apply = other { true } else { false }
    case .conditional: if case .conditional = other { true } else { false }
    case .add: if case .add = other { true } else { false }
    case .subtract: if case .subtract = other { true } else { false }
    case .negate: if case .negate = other { true } else { false }
    case .error: if case .error = other { true } else { false }
    }
  }
}

extension Iteration {
  fileprivate func hasSameHead(as other: Iteration) -> Bool {
    form == other.form && state.text == other.state.text && isData == other.isData
      && claims.map(\.kind) == other.claims.map(\.kind)
  }
}

private func sameBits(_ a: [Double], _ b: [Double]) -> Bool { a.map(\.bitPattern) == b.map(\.bitPattern) }

private func samePatterns(_ a: [Alternative], _ b: [Alternative]) -> Bool {
  a.count == b.count
    && zip(a, b).allSatisfy { a, b in
      a.pattern.head == b.pattern.head && a.pattern.binders.map(\.text) == b.pattern.binders.map(\.text)
    }
}

private func sameBinder(_ a: Binder, _ b: Binder) -> Bool {
  a.name.text == b.name.text && sameType(a.type, b.type)
}

extension Declaration {
  public func isSame(as other: Declaration) -> Bool {
    switch (kind, other.kind) {
    case (.horizon(let a), .horizon(let b)): a == b
    case (.type(let a, let type), .type(let b, let type2)): a.text == b.text && type.isSame(as: type2)
    case (.data(let a, let constructors), .data(let b, let constructors2)):
      a.text == b.text && constructors.count == constructors2.count
        && zip(constructors, constructors2).allSatisfy { $0.isSame(as: $1) }
    case (.definition(let a, let type, let body), .definition(let b, let type2, let body2)):
      a.text == b.text && sameType(type, type2) && body.isSame(as: body2)
    case (.program(let a, let parameters, let type, let body), .program(let b, let parameters2, let type2, let body2)),
      (.model(let a, let parameters, let type, let body), .model(let b, let parameters2, let type2, let body2)):
      a.text == b.text && type.isSame(as: type2) && body.isSame(as: body2) && sameParameters(parameters, parameters2)
    case (.net(let a, let parameters, let type, let layers), .net(let b, let parameters2, let type2, let layers2)):
      a.text == b.text && type.isSame(as: type2) && layers.map(\.kind) == layers2.map(\.kind)
        && sameParameters(parameters, parameters2)
    case (.learnt(let a, let type, let start), .learnt(let b, let type2, let start2)):
      a.text == b.text && type.isSame(as: type2) && start == start2
    case (.horizon, _), (.type, _), (.data, _), (.definition, _), (.program, _), (.net, _), (.model, _), (.learnt, _):
      false
    }
  }
}

private func sameParameters(_ a: [Parameter], _ b: [Parameter]) -> Bool {
  a.count == b.count && zip(a, b).allSatisfy { $0.isSame(as: $1) }
}

extension Parameter {
  public func isSame(as other: Parameter) -> Bool {
    name.text == other.name.text && type.isSame(as: other.type) && bound == other.bound
      && rows?.count == other.rows?.count
  }
}

extension ConstructorDeclaration {
  fileprivate func isSame(as other: ConstructorDeclaration) -> Bool {
    name.text == other.name.text && fields.count == other.fields.count
      && zip(fields, other.fields).allSatisfy { $0.isSame(as: $1) }
  }
}

extension SyntaxTree {
  public func isSame(as other: SyntaxTree) -> Bool {
    declarations.count == other.declarations.count
      && zip(declarations, other.declarations).allSatisfy { $0.isSame(as: $1) }
  }
}
