import LinearMaps
import Schedule
import TestSupport
import Testing

/// The model of cost (docs/performance.md), against what was counted by hand.
@Suite struct CostTests {
  private func cost(
    _ graph: Graph, tensors: Int? = nil, threshold: Int = 10_000
  ) throws -> (forward: ProcedureCost, backward: ProcedureCost?) {
    let program = try GraphProgram("p", compiling: graph, tensors: tensors)
    let usual = try Scheduled(program, realBytes: 4, threshold: threshold).schedule.usual
    return (usual.forward.cost, usual.backward?.cost)
  }

  /// A x with A of 20 × 30: a product forward; Aᵀ w and w xᵀ backward.
  @Test func matrixProduct() throws {
    let g = GraphBuilder()
    let (a, x) = (g.parameter("a", .real([20, 30])), g.parameter("x", .real([30])))
    let cost = try cost(g.finish(results: [g.apply(a, x, .real([20]))]))
    #expect(cost.forward.sample == Cost(operations: 2 * 600, loads: 600 + 30, stores: 20))
    #expect(cost.backward?.sample.operations == 2400.0)
    #expect(cost.forward.batch == Cost())
  }

  /// The same with A shared by the batch: it is read, and its gradient written, once.
  @Test func productForTheBatch() throws {
    let g = GraphBuilder()
    let (a, x) = (g.parameter("a", .real([20, 30])), g.parameter("x", .real([30])))
    let cost = try cost(g.finish(results: [g.apply(a, x, .real([20]))]), tensors: 1, threshold: 100)
    #expect(cost.forward.sample.operations == 2 * 600)
    #expect(cost.forward.batch == Cost(loads: 600))
    #expect(cost.backward?.batch == Cost(loads: 600, stores: 600))
  }

  /// Ten rounds of s ← 2 s + x on eight reals, of which the last is the result.
  @Test func loopsCountTheirRounds() throws {
    let g = GraphBuilder()
    let x = g.parameter("x", .real([8]))
    let loop = g.loop(trips: 10, descending: false, states: [("s", x)]) { inner, given in
      ([inner.add(inner.scale(2, given.states[0]), inner.use(x))], [])
    }
    let cost = try cost(g.finish(results: [loop.states[0]]))
    #expect(cost.forward.sample.operations == 10 * 8 * 2)
  }

  /// Products of taps with entries inside of the image, by counting them one by one.
  @Test(arguments: [(5, 3, 1, 1), (7, 5, 2, 2), (6, 3, 1, 0), (4, 7, 1, 3), (3, 2, 3, 0), (9, 4, 2, 1)])
  func convolutionCountsInside(extent: Int, taps: Int, stride: Int, padding: Int) throws {
    let convolution = Convolution(
      kernel: [2, 3, taps, 1], image: [3, extent, 4], stride: stride, padding: [padding, 0], role: .out)
    let g = GraphBuilder()
    let kernel = g.parameter("k", .real(convolution.kernel))
    let image = g.parameter("x", .real(convolution.image))
    let out = g.value(.conv2d(convolution), [kernel, image], .real(convolution.out))
    var rows = 0
    for i in 0..<convolution.out[1] {
      for tap in 0..<taps where (0..<extent).contains(stride * i + tap - padding) { rows += 1 }
    }
    let columns = (0..<convolution.out[2]).count { stride * $0 < 4 }
    let cost = try cost(g.finish(results: [out]))
    #expect(cost.forward.sample.operations == Double(2 * 2 * 3 * rows * columns))
  }
}
