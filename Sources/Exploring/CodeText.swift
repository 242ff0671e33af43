/// A function of emitted C in blocks, each from one line of the source.
struct CodeFunction: Encodable, Sendable {
  struct Block: Encodable, Sendable {
    /// Of the source; nil for what is of no line, as the head.
    let line: Int?
    var lines: [String]
  }

  let blocks: [Block]

  /// The functions of a C file that say which lines they are from: those that compute.
  static func all(in c: String) -> [CodeFunction] {
    var functions: [CodeFunction] = []
    var lines: [Substring]?
    for line in c.split(separator: "\n", omittingEmptySubsequences: false) {
      // A head may go over several lines; all of them are before the brace.
      if lines == nil, let first = line.utf8.first, isLetter(first), line.contains("(") { lines = [] }
      lines?.append(line)
      if line.isEmpty || line.hasSuffix(";") && lines?.count == 1 { lines = nil }
      if line == "}", let body = lines {
        let function = CodeFunction(body)
        if function.blocks.contains(where: { $0.line != nil }) { functions.append(function) }
        lines = nil
      }
    }
    return functions
  }

  private static func isLetter(_ byte: UInt8) -> Bool { (97...122).contains(byte) || (65...90).contains(byte) }

  private init(_ lines: [Substring]) {
    var blocks: [Block] = []
    for (index, line) in lines.enumerated() {
      if let number = Self.sourceLine(line) {
        blocks.append(Block(line: number, lines: [String(line)]))
      } else if blocks.isEmpty || index == lines.count - 1 && blocks.last?.line != nil {
        blocks.append(Block(line: nil, lines: [String(line)]))
      } else {
        blocks[blocks.count - 1].lines.append(String(line))
      }
    }
    self.blocks = blocks
  }

  /// The number in `/* line N: … */`.
  private static func sourceLine(_ line: Substring) -> Int? {
    let text = line.drop { $0 == " " }
    guard text.hasPrefix("/* line ") else { return nil }
    return Int(text.dropFirst("/* line ".count).prefix { $0.isASCII && $0.isNumber })
  }
}

extension [CodeFunction] {
  /// As many of the first as have so many lines together.
  func first(lines limit: Int) -> [CodeFunction] {
    var room = limit
    return Array(
      prefix { function in
        room -= function.blocks.reduce(0) { $0 + $1.lines.count }
        return room >= 0
      })
  }
}
