import LinearMaps

extension GraphGenerator {
  /// What counts of a table, its children or count being constant.
  mutating func counted(_ g: GraphBuilder, _ a: Value) -> Value {
    let isChain = isOne(in: 2)
    let (rows, arity) = (one(1...4), isChain ? 1 : one(2...3))
    var offset = one(1...3)
    let constructors = (0..<offset).map { _ in
      let size = one(0...2)
      defer { offset += size }
      return TableLayout.Constructor(places: one(0...arity), offset: offset, size: size)
    }
    let layout = TableLayout(rows: rows, arity: arity, isChain: isChain, constructors: constructors)
    let nodes = isChain ? [Double(one(0...rows))] : children(rows, arity)
    let space = Space.real([layout.tableSize])
    return g.value(
      .counted(layout, isCotangent: isOne(in: 2)),
      [fit(a, space), g.constant(SparseVector(dense: nodes), .real([nodes.count]))], space)
  }

  /// A row of a table, or a table that is one row.
  mutating func row(_ g: GraphBuilder, _ a: Value) -> Value {
    let access = RowAccess(rows: one(1...4), size: one(1...4))
    let index = g.constant(SparseVector(dense: [Double(one(-1...(access.rows - 1)))]), .scalar)
    let (table, row) = (Space.real([access.rows, access.size]), Space.real([access.size]))
    return isOne(in: 2)
      ? g.value(.gatherRow(access), [fit(a, table), index], row)
      : g.value(.scatterRow(access), [fit(a, row), index], table)
  }

  /// A loop that fills a table from its last row on; each row is made of those of its children and of a slice.
  mutating func sweep(_ g: GraphBuilder, _ a: Value, _ b: Value) -> Value {
    let (rows, arity, size) = (one(1...5), one(1...2), one(1...3))
    let access = RowAccess(rows: rows, size: size)
    let (row, table) = (Space.real([size]), Space.real([rows, size]))
    let places = g.constant(SparseVector(dense: children(rows, arity)), .real([rows * arity]))
    let isBilinear = isOne(in: 2)
    let filled = g.loop(
      trips: rows, descending: true,
      states: [
        ("index", g.constant(SparseVector(dense: [Double(rows - 1)]), .scalar)), ("table", g.zero(table)),
      ],
      sequences: [("slice", fit(a, rows * size), row), ("children", places, .real([arity]))]
    ) { body, given in
      let (index, filled) = (given.states[0], given.states[1])
      let parts = (0..<arity).map {
        body.value(.gatherRow(access), [filled, body.entry($0, of: given.slices[1])], row)
      }
      var value = body.add(given.slices[0], body.scale(0.25, body.use(fit(b, row))))
      for part in parts {
        value =
          isBilinear
          ? body.add(value, body.scaled(body.scale(0.5, part), by: body.entry(0, of: given.slices[0])))
          : body.add(value, body.scale(0.5, part))
      }
      let previous = body.add(index, body.constant(SparseVector(dense: [-1]), .scalar))
      return (
        states: [previous, body.add(filled, body.value(.scatterRow(access), [value, index], table))], stacks: []
      )
    }.states[1]
    return isOne(in: 2) ? filled : g.slice(offset: 0, filled, row)
  }

  /// Of every row, each behind it, or −1 for none.
  private mutating func children(_ rows: Int, _ arity: Int) -> [Double] {
    (0..<(rows * arity)).map { place in
      let first = place / arity + 1
      return first >= rows || isOne(in: 3) ? -1 : Double(one(first...(rows - 1)))
    }
  }
}
