import LinearMaps

/// Programs that the tests of schedules interpret, and those of emitted code compile.
public enum KnownGraphs {
  /// (x . y) a + A b, where A is too large for lanes.
  public static func dot(_ length: Int) throws -> GraphProgram {
    let g = GraphBuilder()
    let (x, y) = (g.parameter("x", .real([length])), g.parameter("y", .real([length])))
    let (a, b) = (g.parameter("a", .real([20])), g.parameter("b", .real([20])))
    let matrix = g.parameter("m", .real([20, 20]))
    let dot = g.product(Product(m: 1, k: length, n: 1), x, y, .scalar)
    return try GraphProgram(
      "dot\(length)",
      compiling: g.finish(results: [g.add(g.scaled(a, by: dot), g.apply(matrix, b, .real([20])))]))
  }

  /// Lengths at which products of entries are called or written out.
  public static let dotLengths = [2, 15, 16, 17, 64, 65, 200]

  /// s <- n_k b + A s in Horner's form, as a program; A is an input or a literal.
  public static func system(size: Int = 64, trips: Int = 9, isLiteral: Bool = false) throws -> GraphProgram {
    let g = GraphBuilder()
    var random = SplitMix(seed: 1)
    let a =
      isLiteral
      ? g.constant(SparseVector(dense: random.vector(size * size)), .real([size, size]))
      : g.parameter("a", .real([size, size]))
    let b = g.parameter("b", .real([size]))
    let n = g.parameter("n", .natural(trips))
    let result = g.loop(
      trips: trips, descending: true, states: [("s", g.zero(.real([size])))], sequences: [("n", n, .scalar)]
    ) { body, given in
      let next = body.add(
        body.scaled(body.use(b), by: given.slices[0]), body.apply(body.use(a), given.states[0], .real([size])))
      return ([next], [])
    }
    return try GraphProgram("s", compiling: g.finish(results: [result.states[0]]))
  }

  /// Seven 12 x 5 matrices, their transposes all applied to one vector.
  public static func middleProduct() throws -> GraphProgram {
    let builder = GraphBuilder()
    let (tensor, x) = (builder.parameter("t", .real([7, 12, 5])), builder.parameter("x", .real([12])))
    let product = MiddleProduct(outer: 7, inner: 12, columns: 5)
    let result = builder.value(.middleProduct(product), [tensor, x], .real([7, 5]))
    return try GraphProgram("p", compiling: builder.finish(results: [result]))
  }
}
