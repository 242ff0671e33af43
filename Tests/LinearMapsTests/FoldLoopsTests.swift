import Adjoint
import LinearMaps
import Passes
import Testing

/// Loops whose powers are computed while compiling.
@Suite struct FoldLoopsTests {
  /// Σ n_k Sᵏ b in Horner's form, S and b constants; `n` may be longer than the rounds.
  private func horner(
    step: [Double], base: [Double], trips: Int, added: [Double]? = nil, linked: Bool = false
  ) -> Graph {
    let g = GraphBuilder()
    let n = g.parameter("n", .natural(trips + 1))
    let space = Space.real([base.count])
    let square = Space.real([base.count, base.count])
    let given = linked ? g.parameter("s", square) : nil
    let b = g.constant(SparseVector(dense: base), space)
    let last = g.scaled(b, by: g.entry(trips, of: n))
    let loop = g.loop(
      trips: trips, descending: true, states: [("y", last)], sequences: [("n", n, .scalar)]
    ) { inner, body in
      let matrix = given.map { inner.use($0) } ?? inner.constant(SparseVector(dense: step), square)
      var next = inner.apply(matrix, body.states[0], space)
      next = inner.add(next, inner.scaled(inner.constant(SparseVector(dense: base), space), by: body.slices[0]))
      if let added { next = inner.add(next, inner.constant(SparseVector(dense: added), space)) }
      return ([next], [])
    }
    return g.finish(results: [loop.states[0]])
  }

  private func loops(_ graph: Graph) -> Int {
    graph.nodes.count { if case .loop = $0.operation { true } else { false } }
  }

  private func optimised(_ graph: Graph) throws -> Graph { try Pipeline.standard.run(graph) }

  @Test func aClosedLoopIsAMatrix() throws {
    let graph = horner(step: [0, 2, 3, 0], base: [1, 0], trips: 9)
    let result = try optimised(graph)
    #expect(loops(graph) == 1 && loops(result) == 0)
    for k in 0...9 {
      let n = SparseVector.unit(k).dense(10)
      // The powers of ((0, 2), (3, 0)) applied to (1, 0).
      let expected = (0..<k).reduce([1.0, 0.0]) { v, _ in [2 * v[1], 3 * v[0]] }
      #expect(Interpreter().run(result, [n]) == [expected])
    }
  }

  @Test func itsAdjointIsTheTransposedMatrix() throws {
    let graph = try optimised(horner(step: [0, 2, 3, 0], base: [1, 0], trips: 4))
    let adjoint = try optimised(reverse(graph))
    #expect(loops(adjoint) == 0)
    let results = Interpreter().run(adjoint, [[0, 0, 0, 0, 0], [10, 1]])
    #expect(results.last == [10, 3, 60, 18, 360])
  }

  /// What is added in every round makes the loop affine in n, which is no matrix.
  @Test func affineLoopsStay() throws {
    let graph = horner(step: [0, 2, 3, 0], base: [1, 0], trips: 9, added: [1, 1])
    #expect(loops(try optimised(graph)) == 1)
  }

  @Test func linkedStepsStay() throws {
    #expect(loops(try optimised(horner(step: [], base: [1, 0], trips: 9, linked: true))) == 1)
  }

  /// Code does not grow with the horizon.
  @Test func largeMatricesStayLoops() throws {
    #expect(loops(try optimised(horner(step: [0, 1, 1, 0], base: [1, 0], trips: 60))) == 0)
    #expect(loops(try optimised(horner(step: [0, 1, 1, 0], base: [1, 0], trips: 99))) == 1)
    #expect(loops(try optimised(horner(step: [0, 1, 1, 0], base: [1, 0], trips: 99_999))) == 1)
  }

  /// A power that leaves the range of a double is left to the machine.
  @Test func infinitePowersStayLoops() throws {
    #expect(loops(try optimised(horner(step: [1e200, 0, 0, 1], base: [1, 0], trips: 9))) == 1)
  }
}
