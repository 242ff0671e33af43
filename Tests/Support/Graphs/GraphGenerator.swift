import LinearMaps

/// Random valid graphs, of the pieces of a profile: loops in loops, values of enclosing graphs used inside, nets,
/// iterations with matrices. Equal seeds give equal graphs.
struct GraphGenerator {
  let profile: GraphProfile
  var random: SplitMix
  let builder = GraphBuilder()
  /// So many more pieces may be added.
  private var budget: Int
  /// With the numbers of their rows and columns: parameters, which a batch may share, or literals.
  var matrices: [(value: Value, rows: Int, columns: Int)] = []
  /// Parameters of nets, which come first in the end.
  var tensors: [Value] = []

  /// - Parameter size: about how many nodes the graph has.
  init(seed: UInt64, _ profile: GraphProfile, size: Int) {
    self.profile = profile
    random = SplitMix(seed: seed)
    budget = size
  }

  /// The graph of everything built so far; tensors are its first parameters.
  func finish(_ results: [Value]) -> Graph {
    let graph = builder.finish(results: results)
    if tensors.isEmpty { return graph }
    let first = tensors.map { builder.use($0).operation.parameterIndex! }
    return graph.withParametersFirst(first)
  }

  // MARK: Choices

  mutating func one<T>(_ choices: [T]) -> T { choices[random.below(choices.count)] }
  mutating func one(_ range: ClosedRange<Int>) -> Int { range.lowerBound + random.below(range.count) }
  mutating func isOne(in count: Int) -> Bool { random.below(count) == 0 }

  mutating func pick(_ pool: [Value]) -> Value {
    // The newest values are the most likely where expressions are to grow deep.
    profile.prefersNewest && isOne(in: 2) ? pool[max(0, pool.count - 1 - random.below(4))] : one(pool)
  }

  mutating func space() -> Space {
    switch random.below(6) {
    case 0: .boolean
    case 1: .natural(one(profile.dimensions))
    case 2: .scalar
    case 3: .real([one(profile.dimensions)])
    case 4: .real([one(1...profile.extent), one(1...profile.extent)])
    default: .hom(.boolean, isOne(in: 2) ? .boolean : .natural(3))
    }
  }

  // MARK: Growing

  mutating func grow(_ g: GraphBuilder, _ pool: inout [Value], depth: Int) {
    for _ in 0..<one(depth == 0 ? profile.pieces : profile.piecesInLoops) where budget > 0 {
      pool.append(piece(g, pool, depth: depth))
    }
  }

  mutating func piece(_ g: GraphBuilder, _ pool: [Value], depth: Int) -> Value {
    budget -= 1
    let open = profile.weights.filter { !$0.piece.isLoop || depth < profile.depth && budget > 0 }
    var choice = random.below(open.reduce(0) { $0 + $1.weight })
    let piece = open.first { entry in
      choice -= entry.weight
      return choice < 0
    }!.piece
    return make(piece, g, pool, depth: depth)
  }

  /// A value brought into a space by slices, embeddings and reshapes.
  mutating func fit(_ value: Value, _ space: Space) -> Value {
    let (g, have, want) = (value.builder, value.space.dimension, space.dimension)
    if have == want { return g.reshape(value, space) }
    if have > want { return g.slice(offset: random.below(have - want + 1), value, space) }
    return g.embed(offset: random.below(want - have + 1), value, space)
  }

  mutating func fit(_ value: Value, _ dimension: Int) -> Value { fit(value, .real([dimension])) }

  func flat(_ value: Value) -> Value { value.builder.reshape(value, .real([value.space.dimension])) }

  /// Of entries below 1, so that powers of it stay small.
  func squashed(_ value: Value) -> Value { value.builder.value(.nonlinear(.activation(.tanh)), [value], value.space) }
}

extension Operation {
  fileprivate var parameterIndex: Int? { if case .parameter(let index) = self { index } else { nil } }
}

extension Graph {
  /// The same map with its parameters in another order: these first.
  fileprivate func withParametersFirst(_ first: [Int]) -> Graph {
    let order = first + parameters.indices.filter { !first.contains($0) }
    var place = Array(nodes.indices)
    for (new, old) in order.enumerated() { place[old] = new }
    var moved = nodes
    for (old, node) in nodes.enumerated() {
      var node = node
      if case .parameter = node.operation { node.operation = .parameter(place[old]) }
      node.operands = node.operands.map { place[$0] }
      moved[place[old]] = node
    }
    return Graph(parameters: order.map { parameters[$0] }, nodes: moved, results: results.map { place[$0] })
  }
}
