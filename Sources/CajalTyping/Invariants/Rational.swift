import BigInt

/// An exact number.
struct Rational: Hashable {
  let numerator: BigInt
  /// Above 0, and without a common factor with the numerator.
  let denominator: BigInt

  init(_ numerator: BigInt, over denominator: BigInt = 1) {
    let sign: BigInt = denominator < 0 ? -1 : 1
    let divisor = numerator.greatestCommonDivisor(with: denominator)
    self.numerator = sign * numerator / divisor
    self.denominator = sign * denominator / divisor
  }

  /// The decimal that a number is written as: the shortest that reads as this double, which is what stood in the text
  /// where that had up to 15 digits. Nil of what is not finite.
  init?(written value: Double) {
    guard value.isFinite else { return nil }
    let parts = "\(value.magnitude)".split(separator: "e")
    let digits = parts[0].split(separator: ".")
    let fraction = digits.count > 1 && digits[1] != "0" ? String(digits[1]) : ""
    guard let mantissa = BigInt(String(digits[0]) + fraction), let exponent = parts.count > 1 ? Int(parts[1]) : 0 else {
      return nil
    }
    let shift = exponent - fraction.count
    let signed = value < 0 ? -mantissa : mantissa
    self = shift >= 0 ? Rational(signed * BigInt(10).power(shift)) : Rational(signed, over: BigInt(10).power(-shift))
  }

  static let zero = Rational(0)
  static let one = Rational(1)

  static func + (a: Rational, b: Rational) -> Rational {
    Rational(a.numerator * b.denominator + b.numerator * a.denominator, over: a.denominator * b.denominator)
  }
  static func - (a: Rational, b: Rational) -> Rational { a + -b }
  static prefix func - (a: Rational) -> Rational { Rational(-a.numerator, over: a.denominator) }
  static func * (a: Rational, b: Rational) -> Rational {
    Rational(a.numerator * b.numerator, over: a.denominator * b.denominator)
  }
  /// The divisor is not 0.
  static func / (a: Rational, b: Rational) -> Rational {
    Rational(a.numerator * b.denominator, over: a.denominator * b.numerator)
  }

  var isZero: Bool { numerator == 0 }
  var isNegative: Bool { numerator < 0 }
  var magnitude: Rational { isNegative ? -self : self }
}

extension Rational: Comparable {
  static func < (a: Rational, b: Rational) -> Bool { a.numerator * b.denominator < b.numerator * a.denominator }
}

extension Rational: CustomStringConvertible {
  /// `2`, `0.1` where that is exact and short, or `1/3`.
  var description: String {
    if denominator == 1 { return "\(numerator)" }
    var (power, digits) = (BigInt(10), 1)
    while digits <= 12 {
      if power % denominator == 0 {
        let scaled = "\((numerator * (power / denominator)).magnitude)"
        let padded = String(repeating: "0", count: max(0, digits + 1 - scaled.count)) + scaled
        return "\(isNegative ? "-" : "")\(padded.dropLast(digits)).\(padded.suffix(digits))"
      }
      power *= 10
      digits += 1
    }
    return "\(numerator)/\(denominator)"
  }
}
