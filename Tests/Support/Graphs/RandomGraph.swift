import LinearMaps

/// Random valid graphs, each from its seed.
public enum RandomGraph {
  /// Of every operation that has a derivative, with loops in loops.
  ///
  /// - Parameter size: about how many nodes the graph has.
  public static func make(seed: UInt64, size: Int = 24) -> Graph {
    var generator = GraphGenerator(seed: seed, .plain, size: size)
    let g = generator.builder
    var pool = (0..<generator.one(1...3)).map { g.parameter("p\($0)", generator.space()) }
    generator.grow(g, &pool, depth: 0)
    return generator.finish([pool[pool.count - 1]])
  }

  /// Arguments for the graph's parameters.
  public static func arguments(of graph: Graph, seed: UInt64) -> [[Double]] {
    var random = SplitMix(seed: seed ^ 0xA55A)
    return graph.parameters.map { random.vector($0.space.dimension) }
  }

  /// With the given parameters and results in the given dimensions, which may be parameters, constants or repeated. Its
  /// nodes come from a place that is hard to write into a comment.
  static func adversarial(
    seed: UInt64, _ profile: GraphProfile = .adversarial, parameters: [Parameter], results: [Int]
  ) -> Graph {
    var generator = GraphGenerator(seed: seed, profile, size: 30)
    let g = generator.builder
    g.origin = Origin(line: 3, column: 1, text: "seed \(seed) */ \\")
    var pool = parameters.map { g.parameter($0.name, $0.space) }
    if pool.isEmpty { pool.append(g.unit(1, .natural(5))) }
    generator.grow(g, &pool, depth: 0)
    let values = results.enumerated().map { index, dimension in
      generator.fit(index == 0 ? pool[pool.count - 1] : generator.pick(pool), dimension)
    }
    return generator.finish(values)
  }

  /// Parameters for it, of names that are somebody else's in C.
  static func adversarialParameters(_ random: inout SplitMix, _ profile: GraphProfile, count: Int) -> [Parameter] {
    let names = ["x", "work", "i", "y'", "x_stride", "k", "ψ", "real"]
    var generator = GraphGenerator(seed: random.next(), profile, size: 0)
    return (0..<count).map {
      Parameter(name: names[($0 * 3 + random.below(2)) % names.count], space: generator.space())
    }
  }

  /// A model, and the number of its tensors, which come first.
  static func network(seed: UInt64) -> (graph: Graph, tensorCount: Int) {
    var generator = GraphGenerator(seed: seed, .networks, size: .max)
    let g = generator.builder
    var pool = (0..<generator.one(1...2)).map { g.parameter("x\($0)", .real([generator.one([12, 17, 36])])) }
    for _ in 0..<generator.one(2...5) { pool.append(generator.piece(g, pool, depth: 0)) }
    let last = pool[pool.count - 1]
    let result = generator.isOne(in: 2) ? last : g.add(last, generator.fit(generator.one(pool), last.space))
    return (generator.finish([result]), generator.tensors.count)
  }

  /// One or two iterations; the first parameters are so many matrices.
  static func iteration(seed: UInt64, matrices count: Int) -> Graph {
    var generator = GraphGenerator(seed: seed, .iterations, size: 14)
    let g = generator.builder
    for index in 0..<count {
      let (rows, columns) = (generator.matrixSize(), generator.matrixSize())
      generator.matrices.append((g.parameter("m\(index)", .real([rows, columns])), rows, columns))
    }
    if generator.isOne(in: 2) {
      let (rows, columns) = (generator.matrixSize(), generator.matrixSize())
      let literal = g.constant(SparseVector(dense: generator.random.vector(rows * columns)), .real([rows * columns]))
      generator.matrices.append((literal, rows, columns))
    }
    var pool = [g.parameter("b", .real([generator.matrixSize()])), g.parameter("n", .real([8]))]
    for _ in 0..<generator.one(1...2) { pool.append(generator.iteration(g, pool, depth: 0)) }
    if generator.isOne(in: 2) { pool.append(generator.matrixProduct(g, pool)) }
    let last = generator.flat(pool[pool.count - 1])
    let other = generator.fit(pool[pool.count - 2], last.space)
    return generator.finish([g.add(last, other)])
  }
}
