import CajalSyntax
import CajalTyping
import LinearMaps

/// The parts of `iter { base | state => step } (count)`.
struct Iteration {
  let base: () throws -> Meaning
  /// Of the state, for readers.
  let name: String
  /// What the step makes of a state.
  let step: (Meaning) throws -> Meaning
  let count: Value
  let type: Type
  let term: TypedTerm
}

extension Lowering {
  /// The meaning of an `iter` term.
  func iteration(
    _ base: TypedTerm, _ state: Variable, _ step: TypedTerm, _ count: TypedTerm, _ term: TypedTerm,
    _ environment: Environment
  ) throws -> Meaning {
    let iteration = Iteration(
      base: { [unowned self] in try self.lower(base, environment) }, name: state.name,
      step: { [unowned self] meaning in
        var scope = environment
        scope[state] = meaning
        return try self.lower(step, scope)
      }, count: try vector(try lower(count, environment), .interface), type: term.type, term: term)
    if case .data(let data) = term.type, data.isRecursive { return .datum(Datum(data, .iterated(iteration))) }
    return try self.iteration(iteration)
  }

  /// The states of all rounds, the base first.
  func scan(
    _ base: TypedTerm, _ state: Variable, _ step: TypedTerm, _ rounds: Int, _ term: TypedTerm,
    _ environment: Environment
  ) throws -> Meaning {
    try checkDepth(term.span)
    let start = try vector(try lower(base, environment), .interface)
    let whole = try space(term.type, term.span)
    return try at(term) {
      guard rounds > 0 else { return .vector(builder.reshape(builder.use(start), whole)) }
      let states = try builder.loop(trips: rounds, descending: false, states: [(state.name, start)]) {
        body, parameters in
        var scope = environment
        scope[state] = .vector(parameters.states[0])
        let next = try building(in: body) { try vector(try lower(step, scope), .interface) }
        return (states: [next], stacks: [next])
      }.stacks[0]
      return .vector(builder.joined([start, states], whole))
    }
  }

  /// Σ_{k<H} n_k · S^k b (LANGUAGE.md, section 4).
  func iteration(_ iteration: Iteration) throws -> Meaning {
    let base = try iteration.base()
    switch base {
    case .datum: preconditionFailure("a datum is built where it is folded")
    case .vector(let start):
      let value = try at(iteration.term) { try recurrence(iteration, start, .interface) }
      return reflect(value, iteration.type, iteration.term.span)
    case .function(let start):
      if prefersMatrix(start, iteration.count.space.dimension) {
        do {
          let matrix = try matrix(of: start, .convenience)
          let value = try at(iteration.term) { try recurrence(iteration, matrix, .convenience) }
          return reflect(value, iteration.type, iteration.term.span)
        } catch LoweringError.nonlinear {
          // Not linear in its binder: it stays a function.
        }
      }
      return try unfolded(iteration, base)
    }
  }

  /// Whether a function as the state of a loop is better its matrix. A round on a matrix applies the step to every
  /// basis vector; unfolding applies round k's function k times, and writes all of that out.
  private func prefersMatrix(_ function: Function, _ rounds: Int) -> Bool {
    let horizon = module.horizon
    guard let columns = function.argument.dimension(horizon: horizon),
      let entries = Type.function(function.argument, function.result).dimension(horizon: horizon),
      entries <= 1 << 24
    else { return false }
    return columns <= 8 * rounds || rounds > 64
  }

  /// The iteration as a loop whose state is a vector.
  private func recurrence(
    _ iteration: Iteration, _ start: Value, _ use: MatrixUse
  ) throws -> Value {
    let step = try self.step(iteration, start.space, use)
    if case .constant(let vector) = iteration.count.operation {
      guard let entry = vector.entries.first else { return builder.zero(start.space) }
      // A numeral: so many rounds, and the last state.
      return loop(iteration, step, trips: entry.index, start)
    }
    let isLinear = step.body.dependence(on: [0])[0]
    return isLinear == .linear || isLinear == .zero
      ? horner(iteration, step, start) : accumulated(iteration, step, start)
  }

  /// The step as a graph of its own: parameter 0 is the state, the others are what it captures.
  private struct Step {
    let body: Graph
    let captured: [Value]
  }

  private func step(_ iteration: Iteration, _ space: Space, _ use: MatrixUse) throws -> Step {
    try checkDepth(iteration.term.span)
    let inner = GraphBuilder(parent: builder)
    let state = inner.parameter(iteration.name, space)
    let result = try building(in: inner) {
      try vector(try iteration.step(reflect(state, iteration.type, iteration.term.span)), use)
    }
    return Step(body: inner.finish(results: [result]), captured: inner.captured)
  }

  private func next(_ step: Step, _ state: Value, in body: GraphBuilder) -> Value {
    body.inline(step.body, [state] + step.captured)[step.body.results[0]]
  }

  private func loop(_ iteration: Iteration, _ step: Step, trips: Int, _ start: Value) -> Value {
    builder.loop(trips: trips, descending: false, states: [(iteration.name, start)]) { body, parameters in
      (states: [next(step, parameters.states[0], in: body)], stacks: [])
    }.states[0]
  }

  /// Where the step S is linear in its state: t ← n_k · b + S t from k = H−2 down, starting at n_{H−1} · b. The
  /// adjoint of this form stores no states unless the step itself is learnt (docs/architecture.md, decision 3).
  private func horner(_ iteration: Iteration, _ step: Step, _ start: Value) -> Value {
    let count = iteration.count
    let last = count.space.dimension - 1
    let initial = builder.scaled(start, by: builder.entry(last, of: count))
    return builder.loop(
      trips: last, descending: true, states: [(iteration.name, initial)], sequences: [("n", count, .scalar)]
    ) { body, parameters in
      let restarted = body.scaled(start, by: parameters.slices[0])
      return (states: [body.add(restarted, next(step, parameters.states[0], in: body))], stacks: [])
    }.states[0]
  }

  /// Where it is not: the states one after another, summed as the equation says.
  private func accumulated(_ iteration: Iteration, _ step: Step, _ start: Value) -> Value {
    let count = iteration.count
    let initial = builder.scaled(start, by: builder.entry(0, of: count))
    let weights = builder.shift(by: -1, count)
    return builder.loop(
      trips: count.space.dimension - 1, descending: false,
      states: [(iteration.name, start), ("sum", initial)], sequences: [("n", weights, .scalar)]
    ) { body, parameters in
      let state = next(step, parameters.states[0], in: body)
      let sum = body.add(parameters.states[1], body.scaled(state, by: parameters.slices[0]))
      return (states: [state, sum], stacks: [])
    }.states[1]
  }

  /// The iteration over functions that are not linear in their binder: every round's function is made by the
  /// compiler, and they are summed where they are applied.
  private func unfolded(_ iteration: Iteration, _ base: Meaning) throws -> Meaning {
    let terms = try rounds(of: iteration, from: base)
    return try at(iteration.term) { try sum(terms, iteration.type, iteration.term.span) }
  }

  /// The state of every round that can count, with its weight.
  func rounds(of iteration: Iteration) throws -> [(Weight, Meaning)] {
    try rounds(of: iteration, from: try iteration.base())
  }

  private func rounds(of iteration: Iteration, from base: Meaning) throws -> [(Weight, Meaning)] {
    let weights = weights(of: iteration.count)
    if weights.count > Lowering.roundLimit { throw unfoldsTooFar(iteration.term.span) }
    var terms: [(Weight, Meaning)] = []
    var state = base
    for (round, weight) in weights.enumerated() {
      if let weight { terms.append((weight, state)) }
      if round + 1 < weights.count { state = try iteration.step(state) }
    }
    return terms
  }

  /// The weight of every round that can count: all of them, or that of a numeral alone. A numeral beyond the horizon
  /// denotes 0, and the iteration then is 0 times its base.
  private func weights(of count: Value) -> [Weight?] {
    guard case .constant(let vector) = count.operation else {
      return (0..<count.space.dimension).map { .entry(builder.entry($0, of: count)) }
    }
    guard let last = vector.entries.last else { return [.factor(0)] }
    return [Weight?](repeating: nil, count: last.index) + [.factor(last.value)]
  }
}
