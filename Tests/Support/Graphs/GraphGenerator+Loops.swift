import LinearMaps

extension GraphGenerator {
  private typealias LoopSequence = (name: String, value: Value, slice: Space)

  mutating func loop(_ g: GraphBuilder, _ pool: [Value], depth: Int) -> Value {
    let loops = profile.loops
    let trips = one(loops.trips)
    let states = (0..<one(loops.states)).map { _ in g.use(pick(pool)) }
    var sequences: [LoopSequence] = []
    for _ in 0..<random.below(3) {
      let slice = one([Space.scalar, .scalar, .boolean, .real([3]), .real([6])])
      let length = (trips + random.below(2)) * slice.dimension
      if length > 0 { sequences.append(("x", fit(g.use(pick(pool)), length), slice)) }
    }
    // It may be longer than the loop.
    let basis: Space? = isOne(in: loops.basisOneIn) ? .natural(max(trips, 1) + random.below(3)) : nil
    let result = g.loop(
      trips: trips, descending: isOne(in: 2), states: states.map { ("s", $0) }, sequences: sequences, basis: basis
    ) { body, given in
      var inner = given.states + given.slices + (given.basis.map { [$0] } ?? [])
      inner.append(body.use(pick(pool)))
      grow(body, &inner, depth: depth + 1)
      let next = given.states.indices.map { nextState($0, among: given.states, inner) }
      let stacks = (0..<one(loops.stacks)).map { _ in isOne(in: 2) ? inner[inner.count - 1] : pick(inner) }
      return (states: next, stacks: stacks)
    }
    var outputs = result.states + result.stacks.filter { $0.space.dimension > 0 }
    if outputs.isEmpty { return g.use(pick(pool)) }
    if isOne(in: 2), let stack = result.stacks.last, stack.space.dimension > 0, trips > 0 {
      // The stack read transposed.
      let columns = stack.space.dimension / trips
      let transposed = g.value(.transpose(rows: trips, columns: columns), stack, .real([columns, trips]))
      outputs.append(g.apply(transposed, fit(g.use(pick(pool)), trips), .real([columns])))
    }
    if !loops.joinsResults { return pick(outputs) }
    return outputs.dropFirst().reduce(outputs[0]) { g.add($0, fit($1, $0.space)) }
  }

  private mutating func nextState(_ index: Int, among states: [Value], _ inner: [Value]) -> Value {
    let state = states[index]
    let body = state.builder
    switch one(profile.loops.next) {
    case .halved: return body.scale(0.5, fit(pick(inner), state.space))
    case .same: return state
    case .another: return fit(states[(index + 1) % states.count], state.space)
    case .addedTo: return body.add(state, body.scale(0.5, fit(pick(inner), state.space)))
    case .scaledSum:
      let p = Product(m: state.space.dimension, k: 1, n: 1)
      let scaled = body.product(p, fit(pick(inner), state.space), fit(pick(inner), .scalar), state.space)
      return body.add(body.scale(0.5, state), body.scale(0.25, scaled))
    case .unit: return body.unit(index, state.space)
    }
  }

  /// A loop around products with matrices: in Horner's form, or with any pieces in its body.
  mutating func iteration(_ g: GraphBuilder, _ pool: [Value], depth: Int) -> Value {
    // Shorter ones may be written out.
    let trips = depth == 0 ? one(5...7) : one(4...5)
    let isHorner = !isOne(in: 3)
    let states = (0..<one(1...2)).map { _ in
      let state = flat(g.use(pick(pool)))
      return isOne(in: 4) ? state : fit(state, 9)
    }
    var sequences: [LoopSequence] = []
    if isHorner || isOne(in: 2) { sequences.append(("n", fit(squashed(g.use(pick(pool))), trips), .scalar)) }
    if isOne(in: 4) { sequences.append(("x", fit(g.use(pick(pool)), 9 * trips), .real([9]))) }
    let result = g.loop(
      trips: trips, descending: isOne(in: 2), states: states.map { ("s", $0) }, sequences: sequences,
      basis: isOne(in: 4) ? .natural(trips) : nil
    ) { body, given in
      let base = flat(body.use(pick(pool)))
      if isHorner {
        // s <- n_k b + M s, for each of the states.
        let next = given.states.map { state in
          flat(
            body.add(
              body.scaled(fit(base, state.space), by: given.slices[0]), fit(matrixProduct(body, [state]), state.space)))
        }
        return (states: next, stacks: isOne(in: 3) ? [next[0]] : [])
      }
      var inner = given.states + given.slices + (given.basis.map { [$0] } ?? []) + [base]
      inner.append(matrixProduct(body, given.states))
      for _ in 0..<one(1...3) { inner.append(flat(piece(body, inner, depth: depth + 1))) }
      if depth == 0, isOne(in: 2) { inner.append(iteration(body, inner, depth: depth + 1)) }
      let next = states.map { body.scale(0.5, fit(inner[inner.count - 1 - random.below(2)], $0.space)) }
      return (states: next, stacks: isOne(in: 3) ? [inner[inner.count - 1]] : [])
    }
    return pick(result.states + result.stacks)
  }
}
