import Adjoint
import LinearMaps
import Passes
import TestSupport
import Testing

/// The sum over a tensor's middle index is what a loop of products is, and so is its adjoint.
@Suite struct MiddleProductMapTests {
  private func graph(_ p: MiddleProduct, asLoop: Bool) -> Graph {
    let g = GraphBuilder()
    let tensor = g.parameter("t", .real([p.outer, p.inner, p.columns]))
    let (x, space) = (g.parameter("x", .real([p.inner])), Space.real([p.outer, p.columns]))
    if !asLoop { return g.finish(results: [g.value(.middleProduct(p), [tensor, x], space)]) }
    let matrix = Space.real([p.inner, p.columns])
    let stack = g.loop(trips: p.outer, descending: false, sequences: [("m", tensor, matrix)]) { body, given in
      let product = Product(m: p.columns, k: p.inner, n: 1, transposeLeft: true)
      return ([], [body.product(product, given.slices[0], x, .real([p.columns]))])
    }.stacks[0]
    return g.finish(results: [g.reshape(stack, space)])
  }

  @Test(arguments: [(1, 1, 1), (2, 3, 4), (5, 1, 3), (1, 4, 2), (3, 5, 1), (0, 2, 3), (2, 0, 3)])
  func isALoopOfProducts(sizes: (outer: Int, inner: Int, columns: Int)) throws {
    let product = MiddleProduct(outer: sizes.outer, inner: sizes.inner, columns: sizes.columns)
    let (one, loop) = (reverse(graph(product, asLoop: false)), reverse(graph(product, asLoop: true)))
    try one.verify()
    let arguments = RandomGraph.arguments(of: one, seed: 7)
    let expected = Interpreter().run(loop, arguments)
    #expect(agree(Interpreter().run(one, arguments), expected, relative: 1e-12))
    #expect(agree(Interpreter().run(try Pipeline.standard.run(one), arguments), expected, relative: 1e-12))
    let text = one.printed(name: "g")
    #expect(try parseGraph(text).graph.printed(name: "g") == text)
  }
}
