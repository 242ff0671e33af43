import LinearMaps
import TestSupport

/// Random valid graphs with what schedules find hard: states that change places, accumulators, sums that are read
/// twice, stacks read transposed, unit vectors in every operand, sparse and dense constants, results that are
/// parameters, constants or repeated, large and tiny spaces.
struct AdversarialGraph {
  private var random: SplitMix
  private var budget: Int

  /// A graph with the given parameters and results in the given dimensions.
  static func make(
    seed: UInt64, parameters: [Parameter], results: [Int], size: Int = 30
  ) -> Graph {
    var generator = AdversarialGraph(random: SplitMix(seed: seed), budget: size)
    let builder = GraphBuilder()
    builder.origin = Origin(line: 3, column: 1, text: "seed \(seed) */ \\")
    var pool = parameters.map { builder.parameter($0.name, $0.space) }
    if pool.isEmpty { pool.append(builder.unit(1, .natural(5))) }
    generator.grow(builder, &pool, depth: 0)
    let last = pool[pool.count - 1]
    let values = results.enumerated().map { index, dimension in
      generator.fit(index == 0 ? last : generator.pick(pool), .real([dimension]), in: builder)
    }
    return builder.finish(results: values)
  }

  static func parameters(_ random: inout SplitMix, count: Int) -> [Parameter] {
    let names = ["x", "work", "i", "y'", "x_stride", "k", "ψ", "real"]
    return (0..<count).map { Parameter(name: names[($0 * 3 + random.below(2)) % names.count], space: space(&random)) }
  }

  private static func dimension(_ random: inout SplitMix) -> Int {
    [1, 1, 2, 2, 3, 4, 5, 6, 12, 17, 20, 35][random.below(12)]
  }

  private static func space(_ random: inout SplitMix) -> Space {
    switch random.below(5) {
    case 0: .boolean
    case 1: .natural(dimension(&random))
    case 2: .scalar
    case 3: .real([dimension(&random)])
    default: .real([1 + random.below(6), 1 + random.below(6)])
    }
  }

  private mutating func pick(_ pool: [Value]) -> Value {
    // The newest values are the most likely, so that expressions grow deep.
    random.below(2) == 0 ? pool[random.below(pool.count)] : pool[max(0, pool.count - 1 - random.below(4))]
  }

  private mutating func grow(_ builder: GraphBuilder, _ pool: inout [Value], depth: Int) {
    for _ in 0..<(3 + random.below(depth == 0 ? 14 : 6)) where budget > 0 {
      budget -= 1
      pool.append(node(builder, pool, depth: depth))
    }
  }

  private mutating func fit(_ value: Value, _ space: Space, in builder: GraphBuilder) -> Value {
    let (have, want) = (value.space.dimension, space.dimension)
    if have == want { return builder.reshape(builder.use(value), space) }
    if have > want { return builder.slice(offset: random.below(have - want + 1), value, space) }
    return builder.embed(offset: random.below(want - have + 1), value, space)
  }

  private mutating func node(_ builder: GraphBuilder, _ pool: [Value], depth: Int) -> Value {
    let a = builder.use(pick(pool))
    let b = builder.use(pick(pool))
    switch random.below(depth < 3 ? 23 : 18) {
    case 0, 1, 2: return builder.add(a, fit(b, a.space, in: builder))
    case 3: return builder.scale([1, -1, 0.5, 0.25][random.below(4)], a)
    case 4, 5, 6: return product(builder, a, b)
    case 7: return builder.shift(by: random.below(9) - 4, a)
    case 8: return fit(a, AdversarialGraph.space(&random), in: builder)
    case 9: return constant(builder)
    case 10:
      let (rows, columns) = (1 + random.below(5), 1 + random.below(5))
      let matrix = fit(a, .real([rows, columns]), in: builder)
      return builder.value(.transpose(rows: rows, columns: columns), [matrix], .real([columns, rows]))
    case 11: return builder.random(random.convolution()) { fit([a, b][$0], $1, in: builder) }
    case 12: return builder.scaled(a, by: fit(b, .scalar, in: builder))
    case 13: return nonlinear(builder, a, b)
    case 14: return builder.dot(a, fit(b, a.space, in: builder))
    case 15: return builder.value(.reshape, [a], .real([a.space.dimension]))
    case 16: return builder.add(builder.scaled(a, by: fit(b, .scalar, in: builder)), fit(b, a.space, in: builder))
    case 17: return averaged(builder, a)
    default: return loop(builder, pool, depth: depth)
    }
  }

  private mutating func constant(_ builder: GraphBuilder) -> Value {
    let space = AdversarialGraph.space(&random)
    let dimension = space.dimension
    switch random.below(5) {
    case 0: return builder.unit(random.below(dimension + 1), space)
    case 1: return builder.constant(SparseVector(dense: (0..<dimension).map { _ in random.real() }), space)
    case 2: return builder.constant(SparseVector(dense: [Double](repeating: 0.5, count: dimension)), space)
    case 3:
      // An identity matrix that is no table.
      let entries = (0..<90).map { SparseVector.Entry(index: $0 * 91, value: 1) }
      return fit(builder.constant(SparseVector(entries: entries), .real([90, 90])), space, in: builder)
    default:
      let entries = (0..<dimension).filter { _ in random.below(3) == 0 }
      return builder.constant(
        SparseVector(entries: entries.map { .init(index: $0, value: [1, -1, 0.5][random.below(3)]) }), space)
    }
  }

  private mutating func nonlinear(_ builder: GraphBuilder, _ a: Value, _ b: Value) -> Value {
    let map = random.nonlinear()
    if random.below(2) == 0 { return builder.random(map) { $0.map { fit(a, $0, in: builder) } ?? a } }
    guard case .maximumPool(let pooling) = map else {
      return builder.value(.nonlinearAdjoint(map), [a, fit(b, a.space, in: builder)], a.space)
    }
    let image = fit(a, .real(pooling.image), in: builder)
    return builder.value(
      .nonlinearAdjoint(map), [image, fit(b, .real(pooling.out), in: builder)], .real(pooling.image))
  }

  private mutating func averaged(_ builder: GraphBuilder, _ a: Value) -> Value {
    let pooling = random.pooling()
    let (image, out) = (Space.real(pooling.image), Space.real(pooling.out))
    return random.below(2) == 0
      ? builder.value(.averagePool(pooling), [fit(a, image, in: builder)], out)
      : builder.value(.averageUnpool(pooling), [fit(a, out, in: builder)], image)
  }

  private mutating func product(_ builder: GraphBuilder, _ a: Value, _ b: Value) -> Value {
    var (m, k, n) = (1 + random.below(5), 1 + random.below(5), random.below(2) == 0 ? 1 : 1 + random.below(4))
    switch random.below(6) {
    case 0: (m, k, n) = (9, 9, 1)
    case 1: (m, k, n) = (1, a.space.dimension, 1 + random.below(3))
    case 2: (m, k, n) = (1 + random.below(6), a.space.dimension, 1)
    case 3: (m, k, n) = (a.space.dimension, 1, 1 + random.below(5))
    default: break
    }
    let p = Product(m: m, k: k, n: n, transposeLeft: random.below(2) == 0, transposeRight: random.below(2) == 0)
    let swapped = random.below(2) == 0
    var left = fit(swapped ? b : a, .real([m * k]), in: builder)
    let right = fit(swapped ? a : b, .real([k * n]), in: builder)
    if random.below(4) == 0, m > 1, k > 1 {
      // The transposed of what is multiplied, in memory or not.
      let (rows, columns) = p.transposeLeft ? (m, k) : (k, m)
      left = builder.value(
        .transpose(rows: rows, columns: columns), [builder.reshape(left, .real([rows, columns]))],
        .real([columns, rows]))
    }
    let result = builder.product(p, left, right, .real([m * n]))
    return random.below(3) == 0 ? builder.add(fit(a, result.space, in: builder), result) : result
  }

  private mutating func loop(_ builder: GraphBuilder, _ pool: [Value], depth: Int) -> Value {
    let trips = random.below(6)
    let states = (0..<random.below(4)).map { _ in builder.use(pick(pool)) }
    var sequences: [(name: String, value: Value, slice: Space)] = []
    for _ in 0..<random.below(3) {
      let slice = [Space.scalar, .scalar, .boolean, .real([3]), .real([6])][random.below(5)]
      let length = (trips + random.below(2)) * slice.dimension
      if length > 0 { sequences.append(("x", fit(pick(pool), .real([length]), in: builder), slice)) }
    }
    let basis: Space? = random.below(2) == 0 ? .natural(max(trips, 1) + random.below(3)) : nil
    let result = builder.loop(
      trips: trips, descending: random.below(2) == 0, states: states.map { ("s", $0) }, sequences: sequences,
      basis: basis
    ) { body, given in
      var inner = given.states + given.slices + (given.basis.map { [$0] } ?? [])
      inner.append(body.use(pick(pool)))
      grow(body, &inner, depth: depth + 1)
      let next = given.states.enumerated().map { index, state -> Value in
        switch random.below(6) {
        case 0: return state
        // States that exchange their values.
        case 1: return fit(given.states[(index + 1) % given.states.count], state.space, in: body)
        case 2: return body.add(state, body.scale(0.5, fit(pick(inner), state.space, in: body)))
        case 3:
          let (v, w) = (pick(inner), pick(inner))
          let d = state.space.dimension
          let scaled = body.product(
            Product(m: d, k: 1, n: 1), fit(v, state.space, in: body), fit(w, .scalar, in: body), state.space)
          return body.add(body.scale(0.5, state), body.scale(0.25, scaled))
        case 4: return body.unit(index, state.space)
        default: return body.scale(0.5, fit(pick(inner), state.space, in: body))
        }
      }
      return (states: next, stacks: (0..<random.below(3)).map { _ in pick(inner) })
    }
    var outputs = result.states + result.stacks.filter { $0.space.dimension > 0 }
    if outputs.isEmpty { return builder.use(pick(pool)) }
    if random.below(2) == 0, let stack = result.stacks.last, stack.space.dimension > 0, trips > 0 {
      // The stack read transposed.
      let rows = trips
      let columns = stack.space.dimension / rows
      let transposed = builder.value(
        .transpose(rows: rows, columns: columns), [stack], .real([columns, rows]))
      let vector = fit(pick(pool), .real([rows]), in: builder)
      outputs.append(builder.apply(transposed, vector, .real([columns])))
    }
    // The results together, so that none is dead.
    return outputs.dropFirst().reduce(outputs[0]) { builder.add($0, fit($1, $0.space, in: builder)) }
  }
}
