import Foundation

/// A value of JSON.
public enum JSON: Hashable, Sendable {
  case null
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case string(String)
  case array([JSON])
  case object([String: JSON])

  /// Nil where there is none.
  public subscript(key: String) -> JSON? { if case .object(let members) = self { members[key] } else { nil } }
  public var integer: Int? { if case .integer(let value) = self { value } else { nil } }
  public var string: String? { if case .string(let value) = self { value } else { nil } }
  public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
  public var array: [JSON]? { if case .array(let entries) = self { entries } else { nil } }

  /// At a path of members; nil where there is none.
  public func at(_ path: String...) -> JSON? { path.reduce(self) { $0?[$1] } }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
  public init(stringLiteral value: String) { self = .string(value) }
  public init(integerLiteral value: Int) { self = .integer(value) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(arrayLiteral entries: JSON...) { self = .array(entries) }
  public init(dictionaryLiteral members: (String, JSON)...) {
    self = .object(Dictionary(members) { _, last in last })
  }
  public init(nilLiteral: ()) { self = .null }
}

extension JSON: Decodable {
  public init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if let string = try? value.decode(String.self) {
      self = .string(string)
    } else if let integer = try? value.decode(Int.self) {
      self = .integer(integer)
    } else if let bool = try? value.decode(Bool.self) {
      self = .bool(bool)
    } else if value.decodeNil() {
      self = .null
    } else if let members = try? value.decode([String: JSON].self) {
      self = .object(members)
    } else if let entries = try? value.decode([JSON].self) {
      self = .array(entries)
    } else {
      self = .number(try value.decode(Double.self))
    }
  }

  /// - Throws: `DecodingError` for what is no JSON.
  public init(parsing bytes: [UInt8]) throws { self = try JSONDecoder().decode(JSON.self, from: Data(bytes)) }
}

extension JSON {
  /// The text, without line breaks, members in the order of their names.
  public var text: [UInt8] {
    var output: [UInt8] = []
    write(&output)
    return output
  }

  private func write(_ output: inout [UInt8]) {
    switch self {
    case .null: output += "null".utf8
    case .bool(let value): output += (value ? "true" : "false").utf8
    case .integer(let value) where value >= 0 && value < 10: output.append(0x30 + UInt8(value))
    case .integer(let value): output += "\(value)".utf8
    case .number(let value): output += (value.isFinite ? "\(value)" : "null").utf8
    case .string(let value): Self.write(value, &output)
    case .array(let entries):
      output.append(UInt8(ascii: "["))
      for (index, entry) in entries.enumerated() {
        if index > 0 { output.append(UInt8(ascii: ",")) }
        entry.write(&output)
      }
      output.append(UInt8(ascii: "]"))
    case .object(let members):
      output.append(UInt8(ascii: "{"))
      for (index, member) in members.sorted(by: { $0.key < $1.key }).enumerated() {
        if index > 0 { output.append(UInt8(ascii: ",")) }
        Self.write(member.key, &output)
        output.append(UInt8(ascii: ":"))
        member.value.write(&output)
      }
      output.append(UInt8(ascii: "}"))
    }
  }

  private static func write(_ string: String, _ output: inout [UInt8]) {
    output.append(UInt8(ascii: "\""))
    for byte in string.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): output += [UInt8(ascii: "\\"), byte]
      case 0x0A: output += "\\n".utf8
      case 0..<0x20:
        let digits = String(byte, radix: 16)
        output += ("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).utf8
      default: output.append(byte)
      }
    }
    output.append(UInt8(ascii: "\""))
  }
}
