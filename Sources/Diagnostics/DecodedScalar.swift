/// Decoding of one Unicode scalar from bytes that may not be UTF-8.
public struct DecodedScalar {
  /// Nil where the bytes are not UTF-8.
  public let scalar: Unicode.Scalar?
  /// How many bytes it takes; at least 1.
  public let length: Int

  /// Decodes at `offset`, which must be in range. Refuses overlong forms, surrogates and values above U+10FFFF.
  public init(_ bytes: [UInt8], at offset: Int) {
    let first = bytes[offset]
    if first < 0x80 {
      self.init(scalar: Unicode.Scalar(first), length: 1)
      return
    }
    let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
    guard first >= 0xC2, first <= 0xF4 else {
      self.init(scalar: nil, length: 1)
      return
    }
    var value = UInt32(first) & (0x7F >> UInt32(length))
    for index in 1..<length {
      guard offset + index < bytes.count, bytes[offset + index] & 0xC0 == 0x80 else {
        self.init(scalar: nil, length: index)
        return
      }
      value = value << 6 | UInt32(bytes[offset + index] & 0x3F)
    }
    let smallest: UInt32 = length == 4 ? 0x10000 : length == 3 ? 0x800 : 0x80
    self.init(scalar: value < smallest ? nil : Unicode.Scalar(value), length: length)
  }

  private init(scalar: Unicode.Scalar?, length: Int) {
    self.scalar = scalar
    self.length = length
  }
}

extension Unicode.Scalar {
  /// Control characters other than tab, line feed and carriage return, and the characters that reorder text on the
  /// screen: neither has a place in a program, comments included.
  public var isForbiddenEverywhere: Bool {
    if value < 0x80 { return (value < 0x20 && value != 0x09 && value != 0x0A && value != 0x0D) || value == 0x7F }
    return (value >= 0x80 && value < 0xA0) || (value >= 0x202A && value <= 0x202E)
      || (value >= 0x2066 && value <= 0x2069)
  }
}
