import LinearMaps

/// Random valid graphs: every operation, loops in loops, values of enclosing graphs used inside.
public struct RandomGraph {
  private var random: SplitMix
  private var budget: Int

  /// - Parameter size: about how many nodes the graph has.
  public static func make(seed: UInt64, size: Int = 24) -> Graph {
    var generator = RandomGraph(random: SplitMix(seed: seed), budget: size)
    let builder = GraphBuilder()
    let count = 1 + generator.random.below(3)
    var pool = (0..<count).map { builder.parameter("p\($0)", generator.space()) }
    generator.grow(builder, &pool, depth: 0)
    return builder.finish(results: [pool[pool.count - 1]])
  }

  /// Arguments for the graph's parameters.
  public static func arguments(of graph: Graph, seed: UInt64) -> [[Double]] {
    var random = SplitMix(seed: seed ^ 0xA55A)
    return graph.parameters.map { random.vector($0.space.dimension) }
  }

  private mutating func space() -> Space {
    switch random.below(6) {
    case 0: .boolean
    case 1: .natural(1 + random.below(5))
    case 2: .scalar
    case 3: .real([1 + random.below(6)])
    case 4: .real([1 + random.below(4), 1 + random.below(4)])
    default: .hom(.boolean, random.below(2) == 0 ? .boolean : .natural(3))
    }
  }

  private mutating func grow(_ builder: GraphBuilder, _ pool: inout [Value], depth: Int) {
    let steps = 2 + random.below(depth == 0 ? 12 : 5)
    for _ in 0..<steps where budget > 0 {
      budget -= 1
      pool.append(node(builder, pool, depth: depth))
    }
  }

  private mutating func pick(_ pool: [Value]) -> Value { pool[random.below(pool.count)] }

  /// A value of the pool brought into a space by slices, embeddings and reshapes.
  private mutating func fit(_ value: Value, _ space: Space, in builder: GraphBuilder) -> Value {
    let (have, want) = (value.space.dimension, space.dimension)
    if have == want { return builder.reshape(value, space) }
    if have > want { return builder.slice(offset: random.below(have - want + 1), value, space) }
    return builder.embed(offset: random.below(want - have + 1), value, space)
  }

  private mutating func node(_ builder: GraphBuilder, _ pool: [Value], depth: Int) -> Value {
    let a = builder.use(pick(pool))
    let b = builder.use(pick(pool))
    switch random.below(depth < 3 ? 16 : 13) {
    case 0: return builder.add(a, fit(b, a.space, in: builder))
    case 1: return builder.scale([0, 1, -1, 0.5][random.below(4)], a)
    case 2, 3: return product(builder, a, b)
    case 4: return builder.shift(by: random.below(5) - 2, a)
    case 5: return fit(a, space(), in: builder)
    case 6:
      let space = space()
      let entries = (0..<space.dimension).filter { _ in random.below(3) == 0 }
      return builder.constant(
        SparseVector(entries: entries.map { .init(index: $0, value: random.below(2) == 0 ? 1 : random.real()) }), space)
    case 7:
      let (rows, columns) = (1 + random.below(3), 1 + random.below(3))
      let matrix = fit(a, .real([rows, columns]), in: builder)
      return builder.value(.transpose(rows: rows, columns: columns), [matrix], .real([columns, rows]))
    case 8: return builder.random(random.convolution()) { fit([a, b][$0], $1, in: builder) }
    case 9: return builder.scaled(a, by: fit(b, .scalar, in: builder))
    case 10: return builder.random(random.nonlinear()) { $0.map { fit(a, $0, in: builder) } ?? a }
    case 11:
      let pooling = random.pooling()
      let (image, out) = (Space.real(pooling.image), Space.real(pooling.out))
      return random.below(2) == 0
        ? builder.value(.averagePool(pooling), [fit(a, image, in: builder)], out)
        : builder.value(.averageUnpool(pooling), [fit(a, out, in: builder)], image)
    case 12: return builder.dot(a, fit(b, a.space, in: builder))
    default: return loop(builder, pool, depth: depth)
    }
  }

  private mutating func product(_ builder: GraphBuilder, _ a: Value, _ b: Value) -> Value {
    let p = Product(
      m: 1 + random.below(4), k: 1 + random.below(4), n: random.below(2) == 0 ? 1 : 1 + random.below(3),
      transposeLeft: random.below(2) == 0, transposeRight: random.below(2) == 0)
    let left = fit(a, .real([p.m * p.k]), in: builder)
    let right = fit(b, .real([p.k * p.n]), in: builder)
    return builder.product(p, left, right, .real([p.m * p.n]))
  }

  private mutating func loop(_ builder: GraphBuilder, _ pool: [Value], depth: Int) -> Value {
    let trips = random.below(7)
    let states = (0..<(1 + random.below(2))).map { _ in builder.use(pick(pool)) }
    var sequences: [(name: String, value: Value, slice: Space)] = []
    for _ in 0..<random.below(3) {
      let slice = [Space.scalar, .boolean, .real([3])][random.below(3)]
      let length = (trips + random.below(2)) * slice.dimension
      if length > 0 { sequences.append(("x", fit(pick(pool), .real([length]), in: builder), slice)) }
    }
    let basis: Space? = random.below(3) == 0 ? .natural(max(trips, 1)) : nil
    let result = builder.loop(
      trips: trips, descending: random.below(2) == 0, states: states.map { ("s", $0) }, sequences: sequences,
      basis: basis
    ) { body, given in
      var inner = given.states + given.slices + (given.basis.map { [$0] } ?? [])
      inner.append(body.use(pick(pool)))
      grow(body, &inner, depth: depth + 1)
      let next = states.map { state in
        // Halved, so that values stay small over nested rounds.
        body.scale(0.5, fit(pick(inner), state.space, in: body))
      }
      return (states: next, stacks: random.below(2) == 0 ? [] : [inner[inner.count - 1]])
    }
    let outputs = result.states + result.stacks.filter { $0.space.dimension > 0 }
    return pick(outputs)
  }
}
