extension UInt8 {
  var isDigit: Bool { self >= 0x30 && self <= 0x39 }
  var isASCIILetter: Bool { (self | 0x20) >= 0x61 && (self | 0x20) <= 0x7A }
  var continuesASCIIName: Bool { isASCIILetter || isDigit || self == 0x5F || self == 0x27 }
}

extension Unicode.Scalar {
  static let lambda: Unicode.Scalar = "λ"
  static let two: Unicode.Scalar = "𝟚"
  static let naturals: Unicode.Scalar = "ℕ"

  private var isSpelling: Bool { self == .lambda || self == .two || self == .naturals }

  /// A letter or `_`; not `λ`, `𝟚` or `ℕ`, which are tokens of their own.
  var startsName: Bool {
    if value < 0x80 { return UInt8(value).isASCIILetter || value == 0x5F }
    switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: return !isSpelling
    default: return false
    }
  }

  /// A letter, a digit, `_` or `'`. Combining marks count as part of the letter before them, so that a letter may be
  /// written composed or decomposed.
  var continuesName: Bool {
    if value < 0x80 { return UInt8(value).continuesASCIIName }
    if startsName { return true }
    switch properties.generalCategory {
    case .decimalNumber: return !isSpelling
    case .otherNumber: return properties.numericType == .digit
    case .nonspacingMark, .spacingMark: return true
    default: return false
    }
  }

  /// `U+00A0`.
  var codePoint: String {
    let digits = String(value, radix: 16, uppercase: true)
    return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}
