/// A source line as it is shown: tabs as spaces, unreadable bytes replaced, and of a long line only the part around
/// the place that matters.
struct LineView {
  private struct Cell {
    /// Where the character starts in the source.
    let offset: Int
    let text: String
    let width: Int
  }

  private var cells: [Cell] = []
  /// The offset behind the last cell.
  private var end: Int

  var text: String { cells.map(\.text).joined() }

  init(_ source: Source, line: Int, focus: Int?, width: Int) {
    let all = source.line(line)
    let focus = min(max(focus ?? all.startIndex, all.startIndex), all.endIndex)
    // Four bytes a column on either side are more than can be shown.
    var start = max(all.startIndex, focus - 4 * width)
    while start > all.startIndex, start < all.endIndex, source.bytes[start] & 0xC0 == 0x80 { start -= 1 }
    let stop = min(all.endIndex, focus + 4 * width)
    var offset = start
    var column = 0
    while offset < stop {
      let decoded = DecodedScalar(source.bytes, at: offset)
      let length = min(decoded.length, all.endIndex - offset)
      let cell = Self.cell(decoded.scalar, offset, column)
      cells.append(cell)
      column += cell.width
      offset += length
    }
    end = offset
    cut(to: width, around: focus, hasMoreBefore: start > all.startIndex, hasMoreAfter: offset < all.endIndex)
  }

  private static func cell(_ scalar: Unicode.Scalar?, _ offset: Int, _ column: Int) -> Cell {
    guard let scalar else { return Cell(offset: offset, text: "\u{FFFD}", width: 1) }
    if scalar == "\t" {
      let width = 4 - column % 4
      return Cell(offset: offset, text: String(repeating: " ", count: width), width: width)
    }
    if scalar.isForbiddenEverywhere || scalar.value < 0x20 { return Cell(offset: offset, text: "\u{FFFD}", width: 1) }
    return Cell(offset: offset, text: String(scalar), width: scalar.displayWidth)
  }

  /// Keeps `width` columns around the focus, with `…` where something is left out.
  private mutating func cut(to width: Int, around focus: Int, hasMoreBefore: Bool, hasMoreAfter: Bool) {
    let total = cells.reduce(0) { $0 + $1.width }
    guard total > width || hasMoreBefore || hasMoreAfter else { return }
    let centre = column(of: focus)
    let low = max(0, min(centre - width / 3, total - width))
    let high = low + width
    var kept: [Cell] = []
    var position = 0
    for cell in cells {
      if position >= low, position + cell.width <= high { kept.append(cell) }
      position += cell.width
    }
    let lost = (kept.first?.offset ?? 0) > (cells.first?.offset ?? 0)
    let cutsAfter = hasMoreAfter || (kept.last?.offset ?? 0) < (cells.last?.offset ?? 0)
    if cutsAfter, let last = kept.last {
      end = last.offset
      kept[kept.count - 1] = Cell(offset: last.offset, text: "…", width: 1)
    }
    if lost || hasMoreBefore, let first = kept.first { kept[0] = Cell(offset: first.offset, text: "…", width: 1) }
    cells = kept
  }

  /// The column, counted from 0, where the character at an offset starts; offsets outside are moved to the ends.
  func column(of offset: Int) -> Int {
    var column = 0
    for cell in cells {
      if cell.offset >= offset { return column }
      column += cell.width
    }
    return column
  }
}

extension Unicode.Scalar {
  /// How many columns a terminal gives to this character.
  var displayWidth: Int {
    if value < 0x300 { return 1 }
    switch properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return 0
    default: break
    }
    let wide: [ClosedRange<UInt32>] = [
      0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
      0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F,
      0x1F900...0x1F9FF, 0x20000...0x3FFFD,
    ]
    return wide.contains { $0.contains(value) } ? 2 : 1
  }
}
