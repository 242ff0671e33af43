import CajalSyntax
import CajalTyping

/// What a term of a recursive type denotes (LANGUAGE.md, section 8): what can be folded.
final class Datum {
  enum Form {
    /// A constructor applied to its fields.
    case node(Int, [Denotation])
    /// A row of a table, with what hangs below it.
    case row(Int, Table)
    /// The empty sum folds to 0.
    case sum([(weight: Dual, datum: Datum)])
  }

  let type: DataType
  let form: Form
  let isMultilinear: Bool
  let depth: Int

  init(_ type: DataType, _ form: Form) {
    self.type = type
    self.form = form
    switch form {
    case .node(_, let fields):
      isMultilinear = fields.allSatisfy(\.isMultilinear)
      depth = 1 + (fields.map(\.depth).max() ?? 0)
    case .row:
      isMultilinear = true
      depth = 1
    case .sum(let terms):
      isMultilinear = terms.allSatisfy(\.datum.isMultilinear)
      depth = 1 + (terms.map(\.datum.depth).max() ?? 0)
    }
  }

  /// What must be folded first.
  var parts: [Datum] {
    switch form {
    case .node(let constructor, let fields):
      zip(type.constructors[constructor].fields, fields).compactMap { field, value in
        if field == .recursive, case .datum(let part) = value { part } else { nil }
      }
    case .row: []
    case .sum(let terms): terms.map(\.datum)
    }
  }
}

/// A linked table.
final class Table {
  let layout: TableLayout
  let link: TableLink
  let count: Int

  init(_ layout: TableLayout, _ link: TableLink) {
    self.layout = layout
    self.link = link
    count = layout.rowSize == 0 ? 0 : link.entries.count / layout.rowSize
  }

  func weight(_ row: Int, _ constructor: Int) -> Dual { link.entries[row * layout.rowSize + constructor] }

  /// The vector of a field that is not recursive.
  func field(_ row: Int, _ constructor: Int, _ position: Int) -> [Dual] {
    let part = layout.parts[constructor][position]
    let start = row * layout.rowSize + part.lowerBound
    return Array(link.entries[start..<start + part.count])
  }

  /// The row of the part at a recursive place; nil where it is missing.
  func child(_ row: Int, _ place: Int) -> Int? {
    switch link.nodes {
    case .chain(let count): row + 1 < count ? row + 1 : nil
    case .tree(let children):
      children[row * layout.arity + place] < 0 ? nil : children[row * layout.arity + place]
    }
  }

  /// The parts of a row as a form of its type; nil where one is missing.
  func children(_ row: Int, _ constructor: Int) -> [Int]? {
    var rows: [Int] = []
    for place in 0..<layout.data.constructors[constructor].arity {
      guard let child = child(row, place) else { return nil }
      rows.append(child)
    }
    return rows
  }

  var isEmpty: Bool {
    switch link.nodes {
    case .chain(let count): count == 0
    case .tree: count == 0
    }
  }
}
