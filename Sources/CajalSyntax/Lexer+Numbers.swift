import Diagnostics

extension Lexer {
  /// Digits, then perhaps a point with digits, then perhaps an exponent.
  mutating func number() -> Token {
    let start = offset
    if readsExtents, let length = extentsLength { return take(.extents, length) }
    var isDecimal = false
    var problem: (what: String, help: String)?
    skipDigits()
    if peek(0) == UInt8(ascii: "."), peek(1).isDigit {
      isDecimal = true
      offset += 1
      skipDigits()
    }
    if peek(0) | 0x20 == UInt8(ascii: "e"), exponentLength > 0 {
      isDecimal = true
      offset += exponentLength
      skipDigits()
    }
    let digitsEnd = offset
    while offset < bytes.count {
      let decoded = DecodedScalar(bytes, at: offset)
      guard let scalar = decoded.scalar, scalar.continuesName else { break }
      offset += decoded.length
    }
    if offset > digitsEnd {
      problem = (
        "a number runs into letters",
        "put a space between them, or a letter first if this is a name; a multiple is written `2 * x`"
      )
    } else if !isDecimal, peek(0) == UInt8(ascii: ".") {
      offset += 1
      problem = ("a number ends with its point", "write a digit after the point, as in `1.0`")
    } else if offset - start > Self.maximumNameLength {
      problem = ("a number of \(offset - start) digits is too long", "round it: a number has at most 1000 characters")
    } else if isDecimal {
      problem = decimalProblem(start)
    } else if UInt64(text(start, offset)) == nil {
      problem = (
        "this number is too large",
        "numbers without a point go up to \(UInt64.max); write it with a point if a real number is meant"
      )
    }
    let span = Span(start, offset)
    guard let problem else {
      return Token(isDecimal ? .decimal : .numeral, span, followsUnreadable: followsUnreadable)
    }
    diagnostics.addError {
      Diagnostic(.malformedNumber, problem.what, at: Label(span, "this number"), help: problem.help)
    }
    return Token(.malformedNumber, span, followsUnreadable: followsUnreadable)
  }

  /// The length of `e`, its sign and its first digit, at the current byte; 0 where there is no exponent.
  private var exponentLength: Int {
    let sign = peek(1) == UInt8(ascii: "-") || peek(1) == UInt8(ascii: "+")
    return peek(sign ? 2 : 1).isDigit ? (sign ? 3 : 2) : 0
  }

  /// The length of `5x5`, or of more numbers joined by `x`, at the current byte.
  private var extentsLength: Int? {
    var length = 0
    var count = 0
    while true {
      let before = length
      while peek(length).isDigit { length += 1 }
      guard length > before, length <= Self.maximumNameLength else { return nil }
      count += 1
      guard peek(length) == UInt8(ascii: "x") else { break }
      length += 1
    }
    guard count > 1, offset + length < bytes.count else { return count > 1 ? length : nil }
    return DecodedScalar(bytes, at: offset + length).scalar?.continuesName == true ? nil : length
  }

  private mutating func skipDigits() {
    while offset < bytes.count, bytes[offset].isDigit { offset += 1 }
  }

  private func text(_ start: Int, _ end: Int) -> String { String(decoding: bytes[start..<end], as: UTF8.self) }

  private func decimalProblem(_ start: Int) -> (what: String, help: String)? {
    let text = text(start, offset)
    guard let value = Double(text), value.isFinite else {
      return ("this number is too large", "the largest real number is about 1.8e308")
    }
    let mantissa = text.prefix { $0 != "e" && $0 != "E" }
    if value == 0, mantissa.contains(where: { $0 != "0" && $0 != "." }) {
      return ("this number is too small to tell from zero", "write 0.0; the smallest real number is about 4.9e-324")
    }
    return nil
  }
}
