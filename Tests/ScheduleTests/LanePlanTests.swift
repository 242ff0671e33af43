import LinearMaps
import Schedule
import TestSupport
import Testing

/// What is computed in lanes.
@Suite struct LanePlanTests {
  private func isInLanes(_ graph: Graph, tensors: Int? = nil) throws -> Bool {
    try Scheduled(GraphProgram("p", graph, tensors: tensors)).lanes != nil
  }

  private func sum(_ size: Int) -> Graph {
    let g = GraphBuilder()
    let (x, y) = (g.parameter("x", .real([size])), g.parameter("y", .real([size])))
    return g.finish(results: [g.add(x, g.shift(by: 1, y))])
  }

  @Test func whatFits() throws {
    #expect(try isInLanes(sum(10)))
    #expect(try isInLanes(sum(10), tensors: 1) == false, "a model")
    #expect(try isInLanes(sum(10_000)) == false, "too large")
    let closed = GraphBuilder()
    #expect(try isInLanes(closed.finish(results: [closed.unit(1, .boolean)])) == false, "no inputs")
    let kernel = GraphBuilder()
    let (k, image) = (kernel.parameter("k", .real([3, 3])), kernel.parameter("image", .real([4, 4])))
    let blurred = kernel.value(
      .conv2d(Convolution(kernel: [1, 1, 3, 3], image: [1, 4, 4], stride: 1, padding: [1, 1], role: .out)),
      [k, image], .real([4, 4]))
    #expect(try isInLanes(kernel.finish(results: [blurred])) == false, "a kernel of the runtime")
  }

  /// The inputs and the outputs twice, the largest output once more, and what the program needs besides.
  @Test func whatIsOnTheStack() throws {
    // 2 · 2 · n for the inputs, 2 · n + n for the result: 7 n of at most 244.
    #expect(try isInLanes(sum(34)))
    #expect(try isInLanes(sum(35)) == false)
  }
}
