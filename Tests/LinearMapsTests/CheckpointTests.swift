import Adjoint
import LinearMaps
import Passes
import TestSupport
import Testing

/// Loops that are cut into segments, so that their adjoints store few states.
@Suite struct CheckpointTests {
  /// s ← A s + n_k b, from b, for A and b of two parameters.
  private func system(trips: Int, dimension: Int, descending: Bool) -> Graph {
    let g = GraphBuilder()
    let space = Space.real([dimension])
    let a = g.parameter("a", .hom(space, space))
    let b = g.parameter("b", space)
    let n = g.parameter("n", .natural(trips + 2))
    let loop = g.loop(
      trips: trips, descending: descending, states: [("s", b)], sequences: [("n", n, .scalar)]
    ) { inner, given in
      let turned = inner.apply(inner.use(a), given.states[0], space)
      return ([inner.add(turned, inner.scaled(inner.use(b), by: given.slices[0]))], [])
    }
    return g.finish(results: [loop.states[0]])
  }

  private func cut(_ graph: Graph) -> Graph { Pass.checkpoint(limit: 1).run(graph) ?? graph }

  private func halves(_ graph: Graph) throws -> Halves {
    split(try Pipeline.standard.run(reverse(graph)))
  }

  @Test(arguments: [4, 5, 6, 9, 10, 11, 12, 16, 17, 30], [false, true])
  func segmentsKeepTheMapAndItsAdjoint(trips: Int, descending: Bool) throws {
    let graph = system(trips: trips, dimension: 3, descending: descending)
    let segmented = cut(graph)
    #expect(segmented != graph)
    try segmented.verify()
    var random = SplitMix(seed: UInt64(trips))
    let arguments = graph.parameters.map { random.vector($0.space.dimension).map { 0.4 * $0 } }
    #expect(agree(Interpreter().run(segmented, arguments), Interpreter().run(graph, arguments), relative: 1e-9))
    let all = arguments + [random.vector(3)]
    #expect(agree(Interpreter().run(reverse(segmented), all), Interpreter().run(reverse(graph), all), relative: 1e-9))
  }

  @Test func keepsTheRootOfTheHorizon() throws {
    let graph = system(trips: 10_000, dimension: 8, descending: true)
    #expect(try halves(graph).keptReals == 10_000 * 8)
    #expect(try halves(cut(graph)).keptReals == 100 * 8)
  }

  @Test func shortLoopsStay() {
    #expect(Pass.checkpoint(limit: 100).run(system(trips: 10, dimension: 8, descending: true)) == nil)
    #expect(Pass.checkpoint(limit: 1).run(system(trips: 3, dimension: 8, descending: true)) == nil)
  }

  @Test(arguments: (0..<400).map(UInt64.init)) func randomGraphs(seed: UInt64) throws {
    let graph = RandomGraph.make(seed: seed)
    let segmented = cut(graph)
    try segmented.verify()
    let arguments = RandomGraph.arguments(of: graph, seed: seed)
    #expect(agree(Interpreter().run(segmented, arguments), Interpreter().run(graph, arguments), relative: 1e-9))
    var random = SplitMix(seed: seed ^ 0x33)
    let all = arguments + [random.vector(graph.nodes[graph.results[0]].space.dimension)]
    #expect(agree(Interpreter().run(reverse(segmented), all), Interpreter().run(reverse(graph), all), relative: 1e-9))
  }
}
