import Foundation

/// A half-open range of byte offsets into one source text.
public struct Span: Hashable, Sendable {
  public var start: Int
  public var end: Int

  public init(_ start: Int, _ end: Int) {
    self.start = start
    self.end = max(start, end)
  }

  /// The smallest span that covers both.
  public func union(_ other: Span) -> Span { Span(min(start, other.start), max(end, other.end)) }
}

/// One source text with the name that diagnostics show for it.
///
/// The text is kept as bytes: it may hold anything, invalid UTF-8 included, until the lexer has looked at it.
public struct Source: Sendable {
  public let name: String
  public let bytes: [UInt8]
  /// The offset of the first byte of every line.
  private let lineStarts: [Int]
  /// How many Unicode scalars begin before every block of bytes: a line may be as long as the text.
  private let scalarsBefore: [Int]
  private static let block = 64

  public init(name: String, bytes: [UInt8]) {
    self.name = name
    self.bytes = bytes
    lineStarts = bytes.withUnsafeBytes { buffer in
      var starts = [0]
      guard let base = buffer.baseAddress else { return starts }
      var rest = 0
      while rest < buffer.count, let found = memchr(base + rest, 0x0A, buffer.count - rest) {
        rest = UnsafeRawPointer(found) - base + 1
        starts.append(rest)
      }
      return starts
    }
    scalarsBefore = bytes.withUnsafeBytes { buffer in
      var counts = [0]
      counts.reserveCapacity(1 + buffer.count / Source.block)
      var count = 0
      for (index, byte) in buffer.enumerated() {
        if byte & 0xC0 != 0x80 { count += 1 }
        if (index + 1) % Source.block == 0 { counts.append(count) }
      }
      return counts
    }
  }

  public init(name: String, text: String) { self.init(name: name, bytes: Array(text.utf8)) }

  public struct Position: Hashable, Sendable {
    /// Both count from 1; the column counts Unicode scalars.
    public let line: Int
    public let column: Int
  }

  public func position(of offset: Int) -> Position {
    let offset = min(max(offset, 0), bytes.count)
    var low = 0
    var high = lineStarts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle }
    }
    return Position(line: low + 1, column: scalars(before: offset) - scalars(before: lineStarts[low]) + 1)
  }

  private func scalars(before offset: Int) -> Int {
    let block = offset / Source.block
    return bytes[(block * Source.block)..<offset].reduce(scalarsBefore[block]) { $1 & 0xC0 != 0x80 ? $0 + 1 : $0 }
  }

  /// The bytes of a line (counted from 1), without its end.
  public func line(_ number: Int) -> ArraySlice<UInt8> {
    let start = lineStarts[number - 1]
    var end = number < lineStarts.count ? lineStarts[number] - 1 : bytes.count
    if end > start, bytes[end - 1] == 0x0D { end -= 1 }
    return bytes[start..<end]
  }

  public func text(_ span: Span) -> String { String(decoding: bytes[span.start..<span.end], as: UTF8.self) }
}

extension Source {
  /// The largest text that is read, in bytes.
  public static let maximumSize = 64 << 20
}
