import Diagnostics

/// A place as the protocol counts it: lines from 0, and UTF-16 units of a line from 0.
struct Position: Hashable {
  let line: Int
  let character: Int
}

/// The text of a document, in UTF-8, with its lines. Lines end with `\n`, `\r\n` or `\r`.
struct TextBuffer: Equatable {
  private(set) var bytes: [UInt8]
  private(set) var lineStarts: [Int]
  /// How many UTF-16 units begin before every block of bytes: a line may be as long as the text.
  private var unitsBefore: [Int]
  private static let block = 64

  init(_ text: String) { self.init(Array(text.utf8)) }

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    lineStarts = Self.starts(bytes)
    unitsBefore = [0]
    var count = 0
    for (index, byte) in bytes.enumerated() {
      count += Self.units(byte)
      if (index + 1) % Self.block == 0 { unitsBefore.append(count) }
    }
  }

  private static func starts(_ bytes: [UInt8]) -> [Int] {
    var starts = [0]
    for (index, byte) in bytes.enumerated() {
      if byte == 0x0A || (byte == 0x0D && (index + 1 == bytes.count || bytes[index + 1] != 0x0A)) {
        starts.append(index + 1)
      }
    }
    return starts
  }

  /// In the place of a part; a place beyond the end of a line is that end.
  mutating func replace(_ start: Position, _ end: Position, by text: String) {
    let (a, b) = (offset(of: start), offset(of: end))
    var changed = bytes
    changed.replaceSubrange(min(a, b)..<max(a, b), with: text.utf8)
    self = TextBuffer(changed)
  }

  // MARK: Places

  /// The byte at a place: of a character, its first one.
  func offset(of position: Position) -> Int {
    guard position.line >= 0 else { return 0 }
    guard position.line < lineStarts.count else { return bytes.count }
    var offset = lineStarts[position.line]
    let end = endOfLine(position.line)
    var left = position.character
    while offset < end, left > 0 {
      let length = Self.length(bytes[offset])
      left -= length == 4 ? 2 : 1
      guard left >= 0 else { break }
      offset += length
    }
    return min(offset, end)
  }

  /// Where a line's text ends, without what ends the line.
  func endOfLine(_ line: Int) -> Int {
    guard line + 1 < lineStarts.count else { return bytes.count }
    var end = lineStarts[line + 1] - 1
    if end > lineStarts[line], bytes[end] == 0x0A, bytes[end - 1] == 0x0D { end -= 1 }
    return end
  }

  func line(of offset: Int) -> Int {
    var (low, high) = (0, lineStarts.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle }
    }
    return low
  }

  func position(of offset: Int) -> Position {
    let offset = min(max(offset, 0), bytes.count)
    let line = line(of: offset)
    return Position(line: line, character: units(lineStarts[line], offset))
  }

  /// The UTF-16 units between two offsets.
  func units(_ start: Int, _ end: Int) -> Int { units(before: end) - units(before: start) }

  private func units(before offset: Int) -> Int {
    let block = offset / Self.block
    return bytes[(block * Self.block)..<offset].reduce(unitsBefore[block]) { $0 + Self.units($1) }
  }

  /// Of a character at its first byte, 0 at its others.
  private static func units(_ byte: UInt8) -> Int { byte & 0xC0 == 0x80 ? 0 : byte < 0xF0 ? 1 : 2 }

  /// Of the character that starts with a byte.
  private static func length(_ first: UInt8) -> Int { first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4 }
}

extension TextBuffer {
  func json(_ position: Position) -> JSON {
    ["line": .integer(position.line), "character": .integer(position.character)]
  }

  func range(_ span: Span) -> JSON {
    ["start": json(position(of: span.start)), "end": json(position(of: span.end))]
  }
}
