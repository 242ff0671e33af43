import CajalSyntax

/// Bounds through data (LANGUAGE.md, section 8). A field may have any entry that its type holds.
extension BoundInterpreter {
  /// A constructor with some of its fields.
  func constructor(_ data: DataType, _ index: Int, fields: Int, nodes: Int) -> ShadowValue {
    if fields < data.constructors[index].fields.count {
      return .function(ShadowFunction(.constructor(data, index, fields: fields, nodes: nodes)))
    }
    return data.isRecursive ? .data(nodes: nodes) : .opaque
  }

  func cases(
    _ operand: TypedTerm, _ alternatives: [TypedAlternative], _ environment: ShadowEnvironment?
  ) throws -> ShadowValue {
    let value = try interpret(operand, environment)
    return try joined(alternatives, environment) { binder in
      if operand.type.isNatural { return .nat(value.bound.lowered()) }
      guard operand.type.asRecursive != nil, binder.type == operand.type else { return self.anything(binder.type) }
      return .data(nodes: value.nodes == .max ? .max : max(value.nodes - 1, 1))
    }
  }

  /// Each node goes once through its alternative.
  func fold(
    _ operand: TypedTerm, _ alternatives: [TypedAlternative], _ term: TypedTerm, _ environment: ShadowEnvironment?
  ) throws -> ShadowValue {
    guard case .data(let data) = operand.type else { return anything(term.type) }
    let nodes = try interpret(operand, environment).nodes
    let isStep = data.constructors.map { $0.arity > 0 }
    let leaves = zip(alternatives, isStep).filter { !$0.1 }.map(\.0)
    let base = try joined(leaves, environment) { self.anything($0.type) }
    func step(_ state: ShadowValue) throws -> ShadowValue {
      var all: ShadowValue?
      for (alternative, constructor) in zip(alternatives, data.constructors) where constructor.arity > 0 {
        let inner = zip(alternative.binders, constructor.fields).reduce(environment) { inner, field in
          ShadowEnvironment(field.0, field.1 == .recursive ? state : self.anything(field.0.type), inner)
        }
        let value = try interpret(alternative.body, inner)
        all = all.map { $0.joined(with: value) } ?? value
      }
      return all ?? base
    }
    guard term.type.isNatural else {
      let unknown = anything(term.type)
      let value = try step(unknown)
      if mode == .noting {
        try force(base, term.type)
        try force(value, term.type)
      }
      return unknown
    }
    if nodes == 1 { return base }
    let rounds = IndexBound(nodes == .max ? .max : nodes - 1)
    return try iterate(base.bound, term.type, rounds) { try step($0).bound }
  }

  private func joined(
    _ alternatives: [TypedAlternative], _ environment: ShadowEnvironment?, _ binding: (Variable) -> ShadowValue
  ) throws -> ShadowValue {
    var all: ShadowValue?
    for alternative in alternatives {
      let inner = alternative.binders.reduce(environment) { ShadowEnvironment($1, binding($1), $0) }
      let value = try interpret(alternative.body, inner)
      all = all.map { $0.joined(with: value) } ?? value
    }
    return all ?? .opaque
  }
}
