import CajalSyntax

/// The abstract value of `iter { base | state => step }`, but for its count.
extension DegreeAnalysis {
  func iteration(
    _ base: TypedTerm, _ state: Variable, _ step: TypedTerm, _ term: TypedTerm, rounds: Int
  ) -> AbstractValue {
    if term.type.asRecursive != nil { return iterated(base, state, step, term, rounds: rounds) }
    let start = value(of: base)
    let symbol = fresh()
    let before = matricesMade
    let once = binding(state, to: .flat(.of(symbol))) { value(of: step) }
    var inStep = reify(once)
    let inState = inStep.remove(symbol)
    record(state, inState)
    // Where base and step are plain, the iterate is seen as applied to fresh linear arguments; a step that hands its
    // state something that is not plain would see that it is no matrix.
    if let powers = start.plain, once.plain != nil, matricesMade == before {
      let iterated = iterate(powers, inState, inStep, rounds: rounds)
      if term.type.isFirstOrder { return .flat(iterated) }
      let scope = restricted(to: term)
      var known: AbstractValue?
      return .function(
        AbstractFunction(plain: iterated, resultType: term.type.result) { argument in
          let function =
            known ?? self.with(scope) { self.unfold(start, state, step, inState, inStep, term.type, rounds) }
          if !self.isExhausted { known = function }
          return self.apply(function, argument)
        })
    }
    return unfold(start, state, step, inState, inStep, term.type, rounds)
  }

  /// The degrees of the iterate, from those of the base and the step.
  func iterate(_ base: Powers, _ state: Degree, _ step: Powers, rounds: Int) -> Powers {
    var result: [Symbol: Degree] = [:]
    for symbol in Set(base.degrees.keys).union(step.degrees.keys) {
      let bound = iteratedBound(
        state: state.bound, step: step[symbol].bound, base: base[symbol].bound, horizon: rounds)
      // A variable of the step is never linear, at a small horizon either; one of the base is, if the step is
      // linear in its state.
      let isLinear = step.degrees[symbol] == nil && state.isLinear && base[symbol].isLinear
      result[symbol] = Degree(bound: bound, isLinear: isLinear)
    }
    return Powers(degrees: result)
  }

  private static let maximumRounds = 1_024

  /// Round by round, as the iterations whose state is a function that is not linear in its arguments.
  private func unfold(
    _ base: AbstractValue, _ state: Variable, _ step: TypedTerm, _ inState: Degree, _ inStep: Powers, _ type: Type,
    _ rounds: Int
  ) -> AbstractValue {
    var all = base
    var current = base
    var isSettled = false
    var round = 1
    while round < rounds, round < Self.maximumRounds, !isExhausted, !isSettled {
      let next = binding(state, to: current) { value(of: step) }
      all = join(all, next, type)
      if let a = current.firstOrder, let b = next.firstOrder { isSettled = a == b }
      current = next
      round += 1
    }
    guard isSettled || round >= rounds else {
      var powers = reify(base)
      powers.join(inStep)
      return .unknown(powers.saturated)
    }
    var tainted = inStep
    if !inState.isLinear { tainted.join(reify(base)) }
    return adding(tainted.map { _ in Degree(bound: 0, isLinear: false) }, to: all)
  }
}
