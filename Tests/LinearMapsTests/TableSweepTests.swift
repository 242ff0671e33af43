import Adjoint
import LinearMaps
import Passes
import TestSupport
import Testing

/// A tree is folded into a table with a row for each of its own.
@Suite struct TableSweepTests {
  private func sweep(rows: Int) -> Graph {
    let (access, size) = (RowAccess(rows: rows, size: 4), 4)
    let g = GraphBuilder()
    let table = g.parameter("table", .real([rows, size]))
    let children = g.parameter("children", .real([rows, 2]))
    let filled = g.loop(
      trips: rows, descending: true,
      states: [
        ("index", g.constant(SparseVector(dense: [Double(rows - 1)]), .scalar)),
        ("folds", g.zero(.real([rows, size]))),
      ],
      sequences: [("row", table, .real([size])), ("children", children, .real([2]))]
    ) { body, given in
      let parts = (0..<2).map {
        body.value(.gatherRow(access), [given.states[1], body.entry($0, of: given.slices[1])], .real([size]))
      }
      let weighted = body.scaled(body.add(parts[0], parts[1]), by: body.entry(0, of: parts[0]))
      let placed = body.value(
        .scatterRow(access), [body.add(given.slices[0], weighted), given.states[0]], .real([rows, size]))
      let previous = body.add(given.states[0], body.constant(SparseVector(dense: [-1]), .scalar))
      return (states: [previous, body.add(given.states[1], placed)], stacks: [])
    }
    return g.finish(results: [g.slice(offset: 0, filled.states[1], .real([size]))])
  }

  /// The table is kept once, as it is in the end, and not before each row.
  @Test func whatIsKeptGrowsWithTheRows() throws {
    func kept(_ rows: Int) throws -> Int {
      split(try Pipeline.standard.run(reverse(try Pipeline.standard.run(sweep(rows: rows)), constants: [1]))).keptReals
    }
    #expect(try kept(40) <= 2 * kept(20))
  }

  /// What no row has is taken for none: graphs that are read from a text are run on any numbers.
  @Test(arguments: [-1, 3, 1e300, -.infinity, .infinity, .nan]) func indicesOfNoRow(index: Double) {
    let access = RowAccess(rows: 3, size: 2)
    #expect(access.gather([1, 2, 3, 4, 5, 6], [index]) == [0, 0])
    #expect(access.scatter([7, 8], [index]) == [0, 0, 0, 0, 0, 0])
    let layout = TableLayout(
      rows: 2, arity: 1, isChain: false,
      constructors: [.init(places: 1, offset: 2, size: 0), .init(places: 0, offset: 2, size: 1)])
    // The first row has no child, so that its term with a place for one is left out, and the second does not count.
    #expect(layout.counted([5, 6, 7, 1, 2, 3], [index, -1], isCotangent: false) == [0, 6, 7, 0, 0, 0])
  }
}
