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

  private func list(rows: Int, state: Int) -> Graph {
    let layout = TableLayout(
      rows: rows, arity: 1, isChain: true,
      constructors: [.init(places: 0, offset: 2, size: 0), .init(places: 1, offset: 2, size: 2)])
    let g = GraphBuilder()
    let (table, count) = (g.parameter("table", .real([rows, 4])), g.parameter("count", .scalar))
    let (first, step) = (g.parameter("first", .real([state])), g.parameter("step", .real([state * state, 2])))
    let counted = g.value(.counted(layout, isCotangent: false), [table, count], .real([rows, 4]))
    let folded = g.loop(
      trips: rows, descending: true, states: [("state", g.zero(.real([state])))],
      sequences: [("row", counted, .real([4]))]
    ) { body, given in
      let row = given.slices[0]
      let matrix = body.apply(body.use(step), body.slice(offset: 2, row, .real([2])), .real([state, state]))
      let next = body.scaled(body.apply(matrix, given.states[0], .real([state])), by: body.entry(1, of: row))
      return (states: [body.add(body.scaled(body.use(first), by: body.entry(0, of: row)), next)], stacks: [])
    }
    return g.finish(results: [folded.states[0]])
  }

  /// Tables are too large for the stack; a step too large for lanes is run for all samples together.
  @Test func tablesLieInTheWorkspace() throws {
    func plan(_ graph: Graph) throws -> LanePlan? {
      try Scheduled(GraphProgram("p", compiling: graph, constants: [1])).lanes
    }
    let lanes = try #require(try plan(list(rows: 50, state: 8)))
    // The adjoint's: the table, its count, `step` and the cotangent twice, three gradients twice, the largest once more,
    // and what is counted of the table.
    #expect(lanes.room >= 2 * (200 + 1 + 128 + 8) + 2 * (200 + 8 + 128) + 200 + 200)
    #expect(lanes.kept >= 50 * 8 && !lanes.isUnkeptLocal)
    #expect(try plan(list(rows: 50, state: 32)) == nil)
    #expect(try plan(list(rows: 50_000, state: 8)) == nil)
  }

  /// The inputs and the outputs twice, the largest output once more, and what the program needs besides.
  @Test func whatIsOnTheStack() throws {
    // 2 · 2 · n for the inputs, 2 · n + n for the result: 7 n of at most 244.
    #expect(try isInLanes(sum(34)))
    #expect(try isInLanes(sum(35)) == false)
  }
}
