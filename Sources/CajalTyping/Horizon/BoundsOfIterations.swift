import CajalSyntax

extension BoundInterpreter {
  /// At most `count` rounds, which is one or more.
  func iterate(
    _ base: ShadowValue, _ state: Variable, _ step: TypedTerm, _ count: IndexBound, _ environment: ShadowEnvironment?
  ) throws -> ShadowValue {
    switch state.type {
    case .bool, .real, .data:
      return try interpret(step, ShadowEnvironment(state, anything(state.type), environment))
        .joined(with: anything(state.type))
    case .nat, .natBelow:
      return try iterate(base.bound, state.type, count) {
        try interpret(step, ShadowEnvironment(state, $0, environment)).bound
      }
    case .function: return try iterateFunction(base, state, step, count, environment)
    }
  }

  /// At most `count` rounds of a step on naturals.
  func iterate(
    _ base: IndexBound, _ type: Type, _ count: IndexBound, _ step: (ShadowValue) throws -> IndexBound
  ) throws -> ShadowValue {
    if let value = try iterateInOne(base, type, count, step) { return value }
    return try iterateByRounds(base, type, count, step)
  }

  /// With the step as a formula, all rounds at once; nil where there is no formula.
  private func iterateInOne(
    _ base: IndexBound, _ type: Type, _ count: IndexBound, _ step: (ShadowValue) throws -> IndexBound
  ) throws -> ShadowValue? {
    parameters += 1
    let parameter = parameters
    let formula: IndexBound
    do {
      formula = try inMode(.symbolic) { try step(.nat(IndexBound(parameter: parameter))) }
    } catch Interruption.steep {
      return nil
    }
    guard let (result, before) = formula.iterated(parameter, base: base, count: count) else { return nil }
    if mode == .noting { _ = try step(cut(before, type)) }
    return cut(result, type)
  }

  private func iterateByRounds(
    _ base: IndexBound, _ type: Type, _ count: IndexBound, _ step: (ShadowValue) throws -> IndexBound
  ) throws -> ShadowValue {
    guard count.isConstant, base.isConstant else { throw Interruption.steep }
    var current = base
    for round in 0..<count.constant {
      let next = try step(.nat(current)).joined(with: current)
      guard next.isConstant else { throw Interruption.steep }
      if next == current { break }
      current = next
      if round == BoundInterpreter.roundLimit {
        // Larger than any state to come; the step is seen once more, for what it notes there.
        current = cut(IndexBound(Int.max), type).bound
        _ = try step(.nat(current))
        break
      }
    }
    return .nat(current)
  }

  /// A function is followed for some rounds; beyond them the step is seen once with a function of which only the
  /// type is known.
  private func iterateFunction(
    _ base: ShadowValue, _ state: Variable, _ step: TypedTerm, _ count: IndexBound, _ environment: ShadowEnvironment?
  ) throws -> ShadowValue {
    if count.isConstant, count.constant <= BoundInterpreter.unfoldingLimit {
      var current = base
      var all = base
      for _ in 0..<count.constant {
        current = try interpret(step, ShadowEnvironment(state, current, environment))
        all = all.joined(with: current)
      }
      return all
    }
    let unknown = anything(state.type)
    if mode == .noting {
      try force(base, state.type)
      try force(interpret(step, ShadowEnvironment(state, unknown, environment)), state.type)
    }
    return unknown
  }
}
