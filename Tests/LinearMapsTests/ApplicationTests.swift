import LinearMaps
import Passes
import TestSupport
import Testing

/// Functions of several arguments, and what they give by a weight: `uncurry` and `scaleArguments`.
@Suite struct ApplicationTests {
  private let m = 6
  private let k = 5
  private let j = 3

  /// (T b) x for T of m · k rows, which is read `readers` times.
  private func call(
    readers: Int = 1, first: (GraphBuilder) -> Value, then: (GraphBuilder, Value) -> Value = { $1 }
  ) -> Graph {
    let g = GraphBuilder()
    let tensor = g.parameter("tensor", .real([m * k, j]))
    let x = g.parameter("x", .real([k]))
    let matrix = g.reshape(g.apply(tensor, first(g), .real([m * k])), .real([m, k]))
    let results = (0..<readers).map { index in
      then(g, g.apply(matrix, index == 0 ? x : g.scale(2, x), .real([m])))
    }
    return g.finish(results: results)
  }

  private func argument(_ g: GraphBuilder) -> Value { g.parameter("b", .real([j])) }
  private func weighted(_ g: GraphBuilder, _ a: Value) -> Value { g.scaled(a, by: g.parameter("weight", .scalar)) }

  private func expectEqual(_ a: Graph, _ b: Graph) throws {
    try a.verify()
    var random = SplitMix(seed: 1)
    let arguments = b.parameters.map { random.vector($0.space.dimension) }
    #expect(agree(Interpreter().run(a, arguments), Interpreter().run(b, arguments), relative: 1e-12))
  }

  /// The products that results need, as m × k × n.
  private func products(_ graph: Graph) -> [[Int]] {
    (Pass.removeDead.run(graph) ?? graph).nodes.compactMap {
      guard case .product(let p)? = $0.operation.computation else { return nil }
      return [p.m, p.k, p.n]
    }
  }

  @Test func argumentsAreMultipliedFirst() throws {
    let before = call(first: argument)
    let after = try #require(Pass.uncurry().run(before))
    try expectEqual(after, before)
    #expect(products(before) == [[m * k, j, 1], [m, k, 1]])
    #expect(products(after) == [[k, 1, j], [m, k * j, 1]])
  }

  /// A matrix with two readers is computed once; a column of the tensor costs nothing; a vector may not become larger
  /// than the matrix was; and what is small is an expression.
  @Test func whatStaysCurried() {
    #expect(Pass.uncurry().run(call(readers: 2, first: argument)) == nil)
    #expect(Pass.uncurry().run(call(first: { $0.unit(1, .real([3])) })) == nil)
    #expect(Pass.uncurry(fewestTerms: m * k * j).run(call(first: argument)) != nil)
    #expect(Pass.uncurry(fewestTerms: m * k * j + 1).run(call(first: argument)) == nil)
    let plain = GraphBuilder()
    let b = plain.parameter("b", .real([j]))
    let known = plain.apply(plain.parameter("tensor", .real([m * k, j])), b, .real([m, k]))
    let once = plain.apply(known, plain.parameter("x", .real([k])), .real([m]))
    #expect(Pass.uncurry().run(plain.finish(results: [once, known])) == nil, "it is a result too")
    let g = GraphBuilder()
    let tensor = g.parameter("tensor", .real([8, 9]))
    let matrix = g.apply(tensor, g.parameter("b", .real([9])), .real([2, 4]))
    let wide = g.finish(results: [g.apply(matrix, g.parameter("x", .real([4])), .real([2]))])
    #expect(Pass.uncurry(fewestTerms: 1).run(wide) == nil)
  }

  /// Of an outer product the smaller side is scaled.
  @Test func weightsGoToTheArguments() throws {
    let curried = call(first: argument, then: weighted)
    let before = try #require(Pass.uncurry().run(curried))
    let after = try #require(Pass.scaleArguments().run(before))
    try expectEqual(after, curried)
    #expect(products(after) == [[j, 1, 1], [k, 1, j], [m, k * j, 1]])
    // A matrix alone.
    let plain = try #require(Pass.scaleArguments(fewestTerms: 1).run(curried))
    try expectEqual(plain, curried)
    #expect(products(plain).contains([k, 1, 1]) && !products(plain).contains([m, 1, 1]))
  }

  @Test func whatIsScaledAfterwards() {
    func lone(_ size: Int) -> Graph {
      let g = GraphBuilder()
      let matrix = g.parameter("matrix", .real([size, 10]))
      return g.finish(results: [weighted(g, g.apply(matrix, g.parameter("x", .real([10])), .real([size])))])
    }
    #expect(Pass.scaleArguments().run(lone(10)) != nil)
    #expect(Pass.scaleArguments().run(lone(9)) == nil, "the argument is the larger one")
    #expect(Pass.scaleArguments().run(call(readers: 2, first: argument)) == nil, "nothing is scaled")
  }
}
