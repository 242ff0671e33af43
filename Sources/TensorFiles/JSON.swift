/// A JSON value as it stands in the text: members in order, with repeated keys, and numbers as they are written.
///
/// Foundation's reader drops repeated keys and the order, and turns large whole numbers into `Double`.
indirect enum JSON {
  case null
  case bool(Bool)
  case number(String)
  case string(String)
  case array([JSON])
  case object([Member])

  struct Member {
    let key: String
    let value: JSON
  }

  struct Failure: Error {
    let offset: Int
    let message: String
  }

  /// Reads one value with nothing but white space around it.
  init(_ text: [UInt8]) throws {
    var reader = JSONReader(bytes: text)
    self = try reader.value(depth: 0)
    reader.skipSpace()
    guard reader.position == text.count else { throw reader.failure("something follows the value") }
  }

  /// The number where it is a whole one from 0 to `Int.max`, written with digits alone.
  var natural: Int? {
    guard case .number(let text) = self, text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
    return Int(text)
  }

  var kind: String {
    switch self {
    case .null: "null"
    case .bool: "a truth value"
    case .number(let text): "the number \(text.prefix(40))"
    case .string(let text): "the text \(quoted(text))"
    case .array: "a list"
    case .object: "an object"
    }
  }
}

private struct JSONReader {
  let bytes: [UInt8]
  var position = 0

  // As in Python's package.
  static let deepest = 127

  func failure(_ message: String) -> JSON.Failure { JSON.Failure(offset: position, message: message) }

  var current: UInt8? { position < bytes.count ? bytes[position] : nil }

  mutating func skipSpace() {
    while let byte = current, byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d { position += 1 }
  }

  mutating func accept(_ byte: Unicode.Scalar) -> Bool {
    guard current == UInt8(ascii: byte) else { return false }
    position += 1
    return true
  }

  mutating func expect(_ byte: Unicode.Scalar) throws {
    guard accept(byte) else { throw failure("`\(byte)` is expected") }
  }

  mutating func value(depth: Int) throws -> JSON {
    guard depth < Self.deepest else { throw failure("it is nested more than \(Self.deepest) deep") }
    skipSpace()
    guard let byte = current else { throw failure("it ends where a value is expected") }
    switch byte {
    case UInt8(ascii: "{"): return .object(try members(depth: depth))
    case UInt8(ascii: "["): return .array(try elements(depth: depth))
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try number())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: throw failure("a value is expected")
    }
  }

  private mutating func word(_ text: String, _ value: JSON) throws -> JSON {
    guard bytes[position...].starts(with: text.utf8) else { throw failure("a value is expected") }
    position += text.utf8.count
    return value
  }

  private mutating func members(depth: Int) throws -> [JSON.Member] {
    position += 1
    var members: [JSON.Member] = []
    skipSpace()
    if accept("}") { return members }
    repeat {
      skipSpace()
      guard current == UInt8(ascii: "\"") else { throw failure("a name in quotes is expected") }
      let key = try string()
      skipSpace()
      try expect(":")
      members.append(JSON.Member(key: key, value: try value(depth: depth + 1)))
      skipSpace()
    } while accept(",")
    try expect("}")
    return members
  }

  private mutating func elements(depth: Int) throws -> [JSON] {
    position += 1
    var elements: [JSON] = []
    skipSpace()
    if accept("]") { return elements }
    repeat {
      elements.append(try value(depth: depth + 1))
      skipSpace()
    } while accept(",")
    try expect("]")
    return elements
  }

  private mutating func number() throws -> String {
    let start = position
    _ = accept("-")
    if !accept("0") { try digits() }
    if accept(".") { try digits() }
    if accept("e") || accept("E") {
      if !accept("+") { _ = accept("-") }
      try digits()
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    // The grammar has no limit, and lets a reader set one; Python's package has this.
    if Double(text)?.isFinite != true { throw failure("a number is too large for 64 bits") }
    return text
  }

  private mutating func digits() throws {
    let start = position
    while let byte = current, (48...57).contains(byte) { position += 1 }
    guard position > start else { throw failure("a digit is expected") }
  }

  private mutating func string() throws -> String {
    position += 1
    var text: [UInt8] = []
    while let byte = current {
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let string = String(validating: text, as: UTF8.self) else { throw failure("the text is not UTF-8") }
        return string
      case UInt8(ascii: "\\"): text += Array(String(try escape()).utf8)
      case 0..<0x20: throw failure("a text holds a control character")
      default: text.append(byte)
      }
    }
    throw failure("it ends within a text")
  }

  private mutating func escape() throws -> Unicode.Scalar {
    guard let byte = current else { throw failure("it ends within a text") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""): return "\""
    case UInt8(ascii: "\\"): return "\\"
    case UInt8(ascii: "/"): return "/"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return try unicodeEscape()
    default: throw failure("an unknown escape")
    }
  }

  private mutating func unicodeEscape() throws -> Unicode.Scalar {
    let first = try fourHexDigits()
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard first < 0xdc00, accept("\\"), accept("u") else { throw failure("half of a surrogate pair") }
    let second = try fourHexDigits()
    guard (0xdc00...0xdfff).contains(second),
      let scalar = Unicode.Scalar(0x10000 + (first - 0xd800) << 10 + (second - 0xdc00))
    else { throw failure("half of a surrogate pair") }
    return scalar
  }

  private mutating func fourHexDigits() throws -> UInt32 {
    guard position + 4 <= bytes.count else { throw failure("it ends within a text") }
    var value: UInt32 = 0
    for byte in bytes[position..<position + 4] {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
        throw failure("four hexadecimal digits are expected")
      }
      value = value << 4 + UInt32(digit)
    }
    position += 4
    return value
  }
}

/// A text in quotes, escaped as Python's package does: what must be, and nothing else.
func jsonText(_ text: String) -> String {
  var result = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": result += "\\\""
    case "\\": result += "\\\\"
    case "\n": result += "\\n"
    case "\r": result += "\\r"
    case "\t": result += "\\t"
    case "\u{8}": result += "\\b"
    case "\u{c}": result += "\\f"
    case "\0"..<" ":
      let digits = String(scalar.value, radix: 16)
      result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result + "\""
}
