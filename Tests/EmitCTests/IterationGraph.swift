import Adjoint
import EmitC
import LinearMaps
import Passes
import TestSupport

/// Random iterations with matrices that a batch may share: a program's inputs, a model's tensors, literals. Most loops
/// stay loops, and most products are kernels.
struct IterationGraph {
  private var random: SplitMix
  private let builder = GraphBuilder()
  /// With the numbers of rows and columns.
  private var matrices: [(value: Value, rows: Int, columns: Int)] = []
  private var budget = 14

  /// A program, or a model whose tensors are the matrices, with its adjoint and a batch.
  static func trial(seed: UInt64) throws -> Trial {
    var generator = IterationGraph(random: SplitMix(seed: seed))
    let isModel = generator.random.below(3) == 0
    let count = 1 + generator.random.below(2)
    let graph = generator.make(matrixCount: count)
    let optimised = try Pipeline.standard.run(graph)
    let halves = split(try Pipeline.standard.run(reverse(optimised)), portCount: graph.parameters.count)
    let unit = Harness.unit(
      "i\(seed)", try Pipeline.cleanUp.run(halves.forward), try Pipeline.cleanUp.run(halves.backward),
      tensors: isModel ? count : nil)
    var trial = Harness.trial(unit, seed: seed, batch: 1 + Int(seed % 5))
    if !isModel { generator.share(&trial, count) }
    return trial
  }

  private init(random: SplitMix) { self.random = random }

  /// All matrices, none, or some of them are the same for every sample.
  private mutating func share(_ trial: inout Trial, _ count: Int) {
    let kind = random.below(4)
    for port in 0..<count where kind < 3 {
      let isShared = kind < 2 || random.below(2) == 0
      let size = trial.unit.ports[port].size
      trial.strides[port] = isShared ? 0 : size + random.below(3)
      trial.inputs[port] = random.vector(isShared ? size : (trial.batch - 1) * trial.strides[port] + size)
    }
  }

  /// Mostly the same.
  private mutating func size() -> Int { random.below(6) > 0 ? 9 : [6, 12][random.below(2)] }

  private mutating func make(matrixCount: Int) -> Graph {
    for index in 0..<matrixCount {
      let (rows, columns) = (size(), size())
      matrices.append((builder.parameter("m\(index)", .real([rows, columns])), rows, columns))
    }
    if random.below(2) == 0 {
      let (rows, columns) = (size(), size())
      let values = random.vector(rows * columns)
      matrices.append((builder.constant(SparseVector(dense: values), .real([rows * columns])), rows, columns))
    }
    var pool = [builder.parameter("b", .real([size()])), builder.parameter("n", .real([8]))]
    for _ in 0..<(1 + random.below(2)) { pool.append(loop(builder, pool, depth: 0)) }
    if random.below(2) == 0 { pool.append(apply(builder, pool)) }
    let last = flat(pool[pool.count - 1])
    return builder.finish(results: [builder.add(last, fit(pool[pool.count - 2], last))])
  }

  private mutating func pick(_ pool: [Value]) -> Value { pool[random.below(pool.count)] }

  private func flat(_ value: Value) -> Value { fit(value, value.space.dimension) }

  /// Of entries below 1, so that powers of it stay small.
  private func squashed(_ value: Value) -> Value {
    value.builder.value(.nonlinear(.activation(.tanh)), [value], value.space)
  }

  private func fit(_ value: Value, _ other: Value) -> Value { fit(value, other.space.dimension) }

  private func fit(_ value: Value, _ dimension: Int) -> Value {
    let builder = value.builder
    if value.space.dimension == dimension { return builder.reshape(value, .real([dimension])) }
    return value.space.dimension > dimension
      ? builder.slice(offset: value.space.dimension - dimension, value, .real([dimension]))
      : builder.embed(offset: 0, value, .real([dimension]))
  }

  /// A matrix, as it is or transposed, times a vector or several.
  private mutating func apply(_ builder: GraphBuilder, _ pool: [Value]) -> Value {
    let matrix = matrices[random.below(matrices.count)]
    let (value, rows, columns) = (builder.use(matrix.value), matrix.rows, matrix.columns)
    let vector = builder.use(pick(pool))
    switch random.below(5) {
    case 0, 1: return builder.product(Product(m: rows, k: columns, n: 1), value, fit(vector, columns), .real([rows]))
    case 2:
      return builder.product(
        Product(m: columns, k: rows, n: 1, transposeLeft: true), value, fit(vector, rows), .real([columns]))
    case 3:
      return builder.product(Product(m: 2, k: rows, n: columns), fit(vector, 2 * rows), value, .real([2 * columns]))
    default:
      return builder.product(
        Product(m: 1, k: columns, n: rows, transposeRight: true), fit(vector, columns), value, .real([rows]))
    }
  }

  private mutating func node(_ builder: GraphBuilder, _ pool: [Value], depth: Int) -> Value {
    budget -= 1
    let (a, b) = (flat(builder.use(pick(pool))), flat(builder.use(pick(pool))))
    switch random.below(depth < 2 && budget > 0 ? 14 : 11) {
    case 0, 1, 2, 3, 4: return apply(builder, pool)
    case 5: return squashed(a)
    case 6: return builder.add(a, fit(b, a))
    case 7: return builder.scaled(squashed(a), by: builder.dot(fit(squashed(b), 3), fit(squashed(a), 3)))
    case 8: return builder.shift(by: 1, a)
    case 9:
      // A matrix of the sample's own, and its transpose.
      let outer = builder.product(Product(m: 7, k: 1, n: 9), fit(squashed(a), 7), fit(squashed(b), 9), .real([63]))
      return builder.product(Product(m: 7, k: 9, n: 1), outer, fit(squashed(a), 9), .real([7]))
    case 10: return builder.embed(offset: 2, a, .real([a.space.dimension + 3]))
    default: return loop(builder, pool, depth: depth)
    }
  }

  private mutating func loop(_ builder: GraphBuilder, _ pool: [Value], depth: Int) -> Value {
    // Shorter ones may be written out.
    let trips = depth == 0 ? 5 + random.below(3) : 4 + random.below(2)
    let isHorner = random.below(3) > 0
    let states = (0..<(1 + random.below(2))).map { _ in
      let state = flat(builder.use(pick(pool)))
      return random.below(4) > 0 ? fit(state, 9) : state
    }
    var sequences: [(name: String, value: Value, slice: Space)] = []
    if isHorner || random.below(2) == 0 { sequences.append(("n", fit(squashed(builder.use(pick(pool))), trips), .scalar)) }
    if random.below(4) == 0 { sequences.append(("x", fit(builder.use(pick(pool)), 9 * trips), .real([9]))) }
    let result = builder.loop(
      trips: trips, descending: random.below(2) == 0, states: states.map { ("s", $0) }, sequences: sequences,
      basis: random.below(4) == 0 ? .natural(trips) : nil
    ) { body, given in
      var inner = given.states + given.slices + (given.basis.map { [$0] } ?? [])
      let base = flat(body.use(pick(pool)))
      if isHorner {
        // s <- n_k b + M s, for each of the states.
        let next = given.states.map { state in
          flat(body.add(body.scaled(fit(base, state), by: given.slices[0]), fit(apply(body, [state]), state)))
        }
        return (states: next, stacks: random.below(3) == 0 ? [next[0]] : [])
      }
      inner.append(base)
      inner.append(apply(body, given.states))
      for _ in 0..<(1 + random.below(3)) { inner.append(node(body, inner, depth: depth + 1)) }
      if depth == 0, random.below(2) == 0 { inner.append(loop(body, inner, depth: depth + 1)) }
      let next = states.map { body.scale(0.5, fit(inner[inner.count - 1 - random.below(2)], $0)) }
      return (states: next, stacks: random.below(3) == 0 ? [inner[inner.count - 1]] : [])
    }
    return pick(result.states + result.stacks)
  }
}
