import CajalSyntax
import Diagnostics

/// `iter` and `scan`.
extension Checker {
  func iterate(_ iteration: Iteration, _ term: Term, _ expected: Expectation) -> TypedTerm? {
    if iteration.isData, zone == nil { reportDataState(iteration) }
    switch iteration.form {
    case .last: return last(iteration, term, expected)
    case .all: return all(iteration, term, expected)
    }
  }

  private func last(_ iteration: Iteration, _ term: Term, _ expected: Expectation) -> TypedTerm? {
    let (base, state, step) = rounds(iteration, term, expected)
    let count = elaborate(iteration.count, .natural(.count(iteration.count.span)))
    guard let base, let state, let step, let count else { return nil }
    return TypedTerm(.iterate(base: base, state: state, step: step, count: count), base.type, term.span)
  }

  private func all(_ iteration: Iteration, _ term: Term, _ expected: Expectation) -> TypedTerm? {
    let rounds = self.count(of: iteration)
    var wanted = inReals(.nothing)
    if case .type(let type, let reason) = expected {
      guard case .real(let shape) = type, let extent = shape.first else {
        mismatch(.real([1]), type, term.span, reason, found: "a trajectory, `Real[N+1,…]`")
        _ = self.rounds(iteration, term, .poison)
        return nil
      }
      if let rounds, extent == rounds + 1 { wanted = .type(.real(Array(shape.dropFirst())), reason) }
    }
    let (base, state, step) = self.rounds(iteration, term, wanted)
    guard let base, let state, let step, let rounds else { return nil }
    guard case .real(let shape) = base.type else {
      report(
        Diagnostic(
          .notReal, "the state of `scan` is a `Real[…]`, not a `\(base.type)`",
          at: Label(base.span, "this is `\(base.type)`"),
          notes: ["`scan` gives the states of all rounds as one tensor"], help: "use `iter` for the last state alone"))
      return nil
    }
    let type = Type.real([rounds + 1] + shape)
    guard checkSize(type, term.span) else { return nil }
    return fit(TypedTerm(.scan(base: base, state: state, step: step, rounds: rounds), type, term.span), expected)
  }

  /// Nil after an error.
  private func count(of iteration: Iteration) -> Int? {
    if case .numeral(let value) = iteration.count.kind, value < UInt64(Type.maximumExtent) { return Int(value) }
    if case .error = iteration.count.kind { return nil }
    report(
      Diagnostic(
        .badRounds, "the number of rounds of `scan` is a numeral",
        at: Label(iteration.count.span, "not a numeral below 2^31"),
        notes: ["the type of the result, `Real[N+1,…]`, says how many states there are"],
        help: "write a number, as in `scan { base | y => step } (100)`"))
    _ = elaborate(iteration.count, .poison)
    return nil
  }

  /// The base, the state's variable and the step; nil after an error in them.
  private func rounds(
    _ iteration: Iteration, _ term: Term, _ expected: Expectation
  ) -> (base: TypedTerm?, state: Variable?, step: TypedTerm?) {
    let base = elaborate(iteration.base, expected)
    var type = base?.type
    if type == nil, case .type(let wanted, _) = expected { type = wanted }
    let forStep = after(base, expected, .base(iteration.base.span))
    let isMarked = iteration.isData && zone != nil
    if isMarked, let type, let data = type.recursiveType { reportNoVector(iteration, type, data) }
    if let type { check(iteration, type, term.span) }
    guard isMarked || zone?.states.contains(term) ?? false else {
      let (state, step) = withVariable(iteration.state, type) { binding in
        if zone != nil { states.insert(binding.id) }
        return (binding.variable, elaborate(iteration.step, forStep))
      }
      return (base, state, step)
    }
    let (state, step) = withData(iteration.state, type) { elaborate(iteration.step, forStep) }
    return (base, state, step)
  }

  /// What is claimed of the states, as far as it can be said at all; proved once the file is checked.
  private func check(_ iteration: Iteration, _ type: Type, _ span: Span) {
    guard !iteration.claims.isEmpty else { return }
    guard case .real(let shape) = type else {
      report(
        Diagnostic(
          .notReal, "this is said of a state that is a `\(type)`", at: Label(iteration.claims[0].span, "of reals only"),
          also: [Label(iteration.base.span, "the state is `\(type)`")],
          notes: ["`conserves` and `nonnegative` are about the entries of a `Real[…]`"], help: "remove it"))
      return
    }
    for claim in iteration.claims {
      guard case .conserves(let weights) = claim.kind, !weights.shape.isEmpty, weights.shape != shape else { continue }
      report(
        Diagnostic(
          .shapesDoNotFit, "the weights are of another shape than the state",
          at: Label(claim.span, "of shape `\(Type.real(weights.shape))`"),
          also: [Label(iteration.base.span, "the state is `\(type)`")],
          help: "write a weight for each entry, or one number for all"))
    }
    claims[span] = iteration.claims
  }

  // MARK: Errors

  private func reportDataState(_ iteration: Iteration) {
    report(
      Diagnostic(
        .stateIsNotData, "a state is data in a model only",
        at: Label(Span(iteration.state.span.start - 1, iteration.state.span.end), "marked by `!`"),
        notes: ["a program is linear in its variables, the states of its iterations included"],
        help: "declare this as a `model`, or use `\(iteration.state.text)` exactly once on each path, without the `!`",
        fixes: [iteration.unmarked]))
  }

  private func reportNoVector(_ iteration: Iteration, _ type: Type, _ data: DataType) {
    report(
      Diagnostic(
        .noDimension, "`\(data.name)` is recursive, and has no dimension",
        at: Label(iteration.state.span, "a state of type `\(type)` is no vector, and cannot be data"),
        help: "remove the `!`", fixes: [iteration.unmarked]))
  }
}

extension Iteration {
  /// Without the `!` before its state.
  fileprivate var unmarked: Fix { .remove(Span(state.span.start - 1, state.span.start), "remove the `!`") }
}
