/// The rows below a source line: the underlines, then the labels that do not fit beside them.
struct Underlines {
  /// A run of characters in one colour; nil is none.
  struct Piece {
    var text: String
    let isPrimary: Bool?
  }

  private struct Placed {
    let start: Int
    let end: Int
    let isPrimary: Bool
    let text: String
  }

  private(set) var rows: [[Piece]] = []

  init(_ marks: [DiagnosticRenderer.Mark], in view: LineView) {
    guard !marks.isEmpty else { return }
    let placed = marks.map { mark in
      let start = view.column(of: mark.start)
      return Placed(
        start: start, end: max(start + 1, view.column(of: mark.end)), isPrimary: mark.isPrimary,
        text: mark.text.split(separator: "\n").joined(separator: " "))
    }
    var hanging = placed.filter { !$0.text.isEmpty }.sorted {
      ($0.start, $0.isPrimary ? 0 : 1) < ($1.start, $1.isPrimary ? 0 : 1)
    }
    var underline = Row()
    for mark in placed where !mark.isPrimary { underline.fill(mark.start..<mark.end, "-", false) }
    for mark in placed where mark.isPrimary { underline.fill(mark.start..<mark.end, "^", true) }
    // The rightmost label stands beside its underline if nothing is in the way.
    if let last = hanging.last, last.end == underline.count {
      underline.write(" " + last.text, at: last.end, last.isPrimary)
      hanging.removeLast()
    }
    rows.append(underline.pieces)
    guard !hanging.isEmpty else { return }
    rows.append(Self.stems(hanging[...]).pieces)
    while let mark = hanging.popLast() {
      var row = Self.stems(hanging.filter { $0.start < mark.start }[...])
      row.write(mark.text, at: mark.start, mark.isPrimary)
      rows.append(row.pieces)
    }
  }

  private static func stems(_ marks: ArraySlice<Placed>) -> Row {
    var row = Row()
    for mark in marks { row.fill(mark.start..<mark.start + 1, "|", mark.isPrimary) }
    return row
  }

  private struct Row {
    private var cells: [(character: Character, isPrimary: Bool?)] = []

    var count: Int { cells.count }

    mutating func fill(_ columns: Range<Int>, _ character: Character, _ isPrimary: Bool) {
      while cells.count < columns.upperBound { cells.append((" ", nil)) }
      for column in columns { cells[column] = (character, isPrimary) }
    }

    mutating func write(_ text: String, at column: Int, _ isPrimary: Bool) {
      while cells.count < column { cells.append((" ", nil)) }
      cells.removeSubrange(column...)
      for character in text { cells.append((character, isPrimary)) }
    }

    var pieces: [Piece] {
      var pieces: [Piece] = []
      for cell in cells {
        if let last = pieces.last, last.isPrimary == cell.isPrimary {
          pieces[pieces.count - 1].text.append(cell.character)
        } else {
          pieces.append(Piece(text: String(cell.character), isPrimary: cell.isPrimary))
        }
      }
      return pieces
    }
  }
}
