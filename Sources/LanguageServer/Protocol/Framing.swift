/// Cuts a stream of bytes into messages: `Content-Length: N`, other headers, an empty line, and N bytes.
public struct MessageReader {
  public enum Problem: Error {
    /// The header is none, and has been left out.
    case malformedHeader
    /// Where the next message begins cannot be told.
    case lost
  }

  private static let longestHeader = 1 << 14
  private static let longestMessage = 1 << 28
  private var bytes: [UInt8] = []
  private var start = 0

  public init() {}

  public mutating func append(_ more: some Sequence<UInt8>) {
    if start > 1 << 16 {
      bytes.removeSubrange(..<start)
      start = 0
    }
    bytes.append(contentsOf: more)
  }

  /// The next message that has come in whole.
  ///
  /// - Throws: `Problem`.
  public mutating func next() throws -> [UInt8]? {
    guard let (headerEnd, bodyStart) = endOfHeader() else {
      if bytes.count - start > Self.longestHeader { throw Problem.lost }
      return nil
    }
    var length: Int?
    for line in bytes[start..<headerEnd].split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }) {
      let parts = line.split(separator: UInt8(ascii: ":"), maxSplits: 1).map { String(decoding: $0, as: UTF8.self) }
      guard parts.count == 2, parts[0].lowercased() == "content-length" else { continue }
      let value = parts[1].filter { $0 != " " && $0 != "\t" }
      length = value.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } ? Int(value) : nil
      if length ?? 0 > Self.longestMessage { throw Problem.lost }
    }
    guard let length else {
      start = bodyStart
      throw Problem.malformedHeader
    }
    guard bytes.count - bodyStart >= length else { return nil }
    start = bodyStart + length
    return Array(bytes[bodyStart..<start])
  }

  private func endOfHeader() -> (headerEnd: Int, bodyStart: Int)? {
    var index = start
    let end = min(bytes.count, start + Self.longestHeader)
    while index + 3 < end {
      if bytes[index] == 0x0D, bytes[index + 1] == 0x0A, bytes[index + 2] == 0x0D, bytes[index + 3] == 0x0A {
        return (index, index + 4)
      }
      index += 1
    }
    return nil
  }
}

/// A message with its header.
public func framed(_ message: JSON) -> [UInt8] {
  let body = message.text
  return Array("Content-Length: \(body.count)\r\n\r\n".utf8) + body
}
