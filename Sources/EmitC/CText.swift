/// Text of the source inside of C.
enum CText {
  /// Longest string that -Wpedantic lets pass.
  static let longestLiteral = 4000

  /// What may stand in a comment: on one line, with nothing that ends it or that a compiler warns of.
  static func comment(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "*"), UInt8(ascii: "?"), UInt8(ascii: "\\"): false
      default: byte >= 0x20 && byte < 0x7F
      }
    }
    if isPlain { return text }
    var result = String.UnicodeScalarView()
    var previous: Unicode.Scalar = " "
    for scalar in text.unicodeScalars {
      let opens = previous == "/" && scalar == "*"
      let closes = previous == "*" && scalar == "/"
      if opens || closes || (previous == "?" && scalar == "?") { result.append(" ") }
      switch scalar.properties.generalCategory {
      case .control, .lineSeparator, .paragraphSeparator: result.append(" ")
      case .format, .unassigned, .privateUse, .surrogate:
        // Among them the marks of direction, which could make a comment read as something else.
        result.append(contentsOf: "U+\(String(scalar.value, radix: 16, uppercase: true))".unicodeScalars)
      default: result.append(scalar == "\\" ? "/" : scalar)
      }
      previous = scalar
    }
    return String(result)
  }

  /// The bytes as a string literal.
  static func literal(_ bytes: [UInt8]) -> String {
    var result = "\""
    for byte in bytes {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): result += "\\" + String(UnicodeScalar(byte))
      // Two question marks may begin a trigraph.
      case UInt8(ascii: "?"): result += "\\?"
      case 0x20..<0x7F: result += String(UnicodeScalar(byte))
      default:
        let octal = String(byte, radix: 8)
        result += "\\" + String(repeating: "0", count: 3 - octal.count) + octal
      }
    }
    return result + "\""
  }

  /// A number that reads back as the same one.
  static func number(_ value: Double, realBytes: Int) -> CExpression {
    let magnitude = realBytes == 4 ? Double(Float(value.magnitude)) : value.magnitude
    let text: String
    if magnitude.isNaN {
      text = realBytes == 4 ? "__builtin_nanf(\"\")" : "__builtin_nan(\"\")"
    } else if magnitude.isInfinite {
      text = realBytes == 4 ? "__builtin_inff()" : "__builtin_inf()"
    } else {
      text = realBytes == 4 ? "\(Float(magnitude))f" : "\(magnitude)"
    }
    return value.sign == .minus ? .prefix("-", .number(text)) : .number(text)
  }
}
