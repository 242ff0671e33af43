import CajalSyntax
import CajalTyping
import Diagnostics
import LinearMaps

/// A linked table, or the part of it that begins at a row.
struct Table {
  let type: DataType
  let layout: TableLayout
  /// The rows, those that do not count being 0.
  let rows: Value
  /// Of a tree, the children.
  let children: Value?
  /// Of a tree, the number of the row at which it begins; nil where that is the first.
  let root: Value?
}

extension DataType {
  /// The rows of a table of the type, and the space of every field.
  func tableLayout(rows: Int, space: (Type) throws -> Space) rethrows -> TableLayout {
    var offset = constructors.count
    let parts = try constructors.map { constructor in
      var size = 0
      for case .other(let type) in constructor.fields { size += try space(type).dimension }
      defer { offset += size }
      return TableLayout.Constructor(places: constructor.arity, offset: offset, size: size)
    }
    return TableLayout(rows: rows, arity: arity, isChain: isChain, constructors: parts)
  }
}

extension Lowering {
  /// A table as the next two parameters of the graph: its rows, and their children or how many count.
  func table(_ variable: Variable, _ type: DataType, rows: Int) throws -> Meaning {
    let layout = try type.tableLayout(rows: rows) { try space($0, variable.span) }
    let (size, overflow) = layout.rows.multipliedReportingOverflow(by: layout.row)
    guard !overflow, size <= Space.maximumDimension, layout.nodesSize <= Space.maximumDimension else {
      throw LoweringError.refused(
        Diagnostic(
          .typeTooLarge, "a table of \(rows) rows is too large", at: Label(variable.span, "\(layout.row) reals a row"),
          notes: ["a table has at most 2^31 entries"], help: "take fewer rows"))
    }
    let linked = root.parameter(variable.name, .real([layout.rows, layout.row]))
    let nodes = root.parameter(
      "\(variable.name).nodes", .real(layout.isChain ? [1] : [layout.rows, layout.arity]))
    let counted = root.value(.counted(layout, isCotangent: false), [linked, nodes], linked.space)
    let table = Table(
      type: type, layout: layout, rows: counted, children: layout.isChain ? nil : nodes, root: nil)
    return .datum(Datum(type, .table(table)))
  }

  // MARK: fold

  func fold(_ table: Table, _ consumer: Consumer) throws -> Meaning {
    let result = try space(consumer.result, consumer.term.span)
    try checkDepth(consumer.term.span)
    let value = try table.layout.isChain ? scan(table, consumer, result) : sweep(table, consumer, result)
    return reflect(value, consumer.result, consumer.term.span)
  }

  /// Over a list: a recurrence from its last row to the first.
  private func scan(_ table: Table, _ consumer: Consumer, _ result: Space) throws -> Value {
    try builder.loop(
      trips: table.layout.rows, descending: true, states: [("fold", builder.zero(result))],
      sequences: [("row", table.rows, .real([table.layout.row]))]
    ) { body, parameters in
      let next = try building(in: body) {
        try row(parameters.slices[0], [parameters.states[0]], table, consumer, result)
      }
      return (states: [next], stacks: [])
    }.states[0]
  }

  /// Over a tree: from the last row to the first, which gathers what its children came to. Children stand behind.
  private func sweep(_ table: Table, _ consumer: Consumer, _ result: Space) throws -> Value {
    let layout = table.layout
    let access = RowAccess(rows: layout.rows, size: result.dimension)
    let folds = try builder.loop(
      trips: layout.rows, descending: true,
      states: [
        ("index", builder.constant(SparseVector(dense: [Double(layout.rows - 1)]), .scalar)),
        ("folds", builder.zero(.real([layout.rows, result.dimension]))),
      ],
      sequences: [
        ("row", table.rows, .real([layout.row])), ("children", table.children!, .real([layout.arity])),
      ]
    ) { body, parameters in
      let (index, folds) = (parameters.states[0], parameters.states[1])
      let parts = (0..<layout.arity).map { place in
        body.value(.gatherRow(access), [folds, body.entry(place, of: parameters.slices[1])], result)
      }
      let value = try building(in: body) { try row(parameters.slices[0], parts, table, consumer, result) }
      let placed = body.value(.scatterRow(access), [value, index], folds.space)
      let previous = body.add(index, body.constant(SparseVector(dense: [-1]), .scalar))
      return (states: [previous, body.add(folds, placed)], stacks: [])
    }.states[1]
    guard let root = table.root else { return builder.slice(offset: 0, folds, result) }
    return builder.value(.gatherRow(access), [folds, root], result)
  }

  /// The sum over the constructors of what their alternatives make of a row, each by its weight.
  private func row(
    _ row: Value, _ parts: [Value], _ table: Table, _ consumer: Consumer, _ result: Space
  ) throws -> Value {
    var sum = builder.zero(result)
    for (index, alternative) in consumer.alternatives.enumerated() {
      var place = 0
      let fields = try self.fields(of: index, row, table) {
        defer { place += 1 }
        return self.reflect(parts[place], consumer.result, consumer.term.span)
      }
      let value = try vector(try alternative.apply(fields), .interface)
      sum = builder.add(sum, builder.scaled(value, by: builder.entry(index, of: row)))
    }
    return sum
  }

  /// What the binders of an alternative are bound to.
  private func fields(
    of index: Int, _ row: Value, _ table: Table, _ part: () throws -> Meaning
  ) throws -> [Meaning] {
    var offset = table.layout.constructors[index].offset
    return try table.type.constructors[index].fields.map { field in
      guard case .other(let type) = field else { return try part() }
      let space = try self.space(type, Span(0, 0))
      defer { offset += space.dimension }
      return self.reflect(self.builder.slice(offset: offset, row, space), type, Span(0, 0))
    }
  }

  // MARK: case

  /// The terms of a table's first row. At recursive places stand the tables that begin at its children.
  func rootTerms(_ table: Table, _ alternatives: [Arm]) throws -> [(Weight, Meaning)] {
    let layout = table.layout
    let rowSpace = Space.real([layout.row])
    let rows = RowAccess(rows: layout.rows, size: layout.row)
    let row =
      table.root.map { builder.value(.gatherRow(rows), [table.rows, $0], rowSpace) }
      ?? builder.slice(offset: 0, table.rows, rowSpace)
    return try alternatives.enumerated().compactMap { index, alternative in
      // A list of one row has no second one.
      if layout.isChain, layout.rows == 1, layout.constructors[index].places > 0 { return nil }
      var place = 0
      let fields = try fields(of: index, row, table) {
        defer { place += 1 }
        return .datum(Datum(table.type, .table(self.child(place, of: table))))
      }
      return (.entry(builder.entry(index, of: row)), try alternative.apply(fields))
    }
  }

  private func child(_ place: Int, of table: Table) -> Table {
    let layout = table.layout
    if layout.isChain {
      let rest = TableLayout(
        rows: layout.rows - 1, arity: 1, isChain: true, constructors: layout.constructors)
      let rows = builder.slice(offset: layout.row, table.rows, .real([rest.rows, rest.row]))
      return Table(type: table.type, layout: rest, rows: rows, children: nil, root: nil)
    }
    let children = table.children!
    let access = RowAccess(rows: layout.rows, size: layout.arity)
    let own =
      table.root.map { builder.value(.gatherRow(access), [children, $0], .real([layout.arity])) }
      ?? builder.slice(offset: 0, children, .real([layout.arity]))
    return Table(
      type: table.type, layout: layout, rows: table.rows, children: children, root: builder.entry(place, of: own))
  }
}
