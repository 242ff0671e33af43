/// A vector with what any evaluation of it in arithmetic with rounding may be off by.
///
/// An entry is computed from products of reals that are summed up. In whatever order this is done, the result differs
/// from the exact one by at most n·u·m (Higham, "Accuracy and Stability of Numerical Algorithms", sections 3.1 and 4.2):
/// u is the unit roundoff, m the sum of the products' magnitudes, n the number of roundings on the way of any of them.
/// Passes may distribute and reorder: neither m nor n grows then. A map that is not linear starts anew: what came in
/// its operand is carried on as the error of its result.
struct Approximation {
  var values: [Double]
  /// m of every entry.
  var magnitudes: [Double]
  /// Errors other than n·u·m: those that went through a map that is not linear.
  var errors: [Double]
  /// n.
  var roundings: Double

  init(exact values: [Double]) {
    self.init(values: values, magnitudes: values.map { abs($0) }, errors: values.map { _ in 0 }, roundings: 0)
  }

  init(values: [Double], magnitudes: [Double], errors: [Double], roundings: Double) {
    self.values = values
    self.magnitudes = magnitudes
    self.errors = errors
    self.roundings = roundings
  }

  /// Of numbers that are rounded before they are passed on.
  init(rounded values: [Double]) {
    self.init(exact: values)
    roundings = 1
  }

  /// The errors in all, in arithmetic with this unit roundoff.
  func bounds(_ unit: Double) -> [Double] { zip(magnitudes, errors).map { roundings * unit * $0 + $1 } }

  /// Zeros, to add to.
  static func zero(_ count: Int) -> Approximation { Approximation(exact: [Double](repeating: 0, count: count)) }

  /// - Parameters:
  ///   - weight: the sum of the magnitudes of what `factor` is the sum of.
  ///   - count: how many these are.
  mutating func add(_ other: Approximation, times factor: Double, weight: Double, count: Int) {
    for index in values.indices {
      values[index] += factor * other.values[index]
      magnitudes[index] += weight * other.magnitudes[index]
      errors[index] += weight * other.errors[index]
    }
    roundings = max(roundings, other.roundings) + Double(count)
  }
}

/// The arithmetic of compiled code.
struct Arithmetic {
  /// Half the distance from 1 to the next number.
  let unit: Double
  /// What a bound is multiplied by: a sum may have been written with another shape than the graph has, and in double
  /// precision the oracle rounds as well.
  let slack: Double
  let largest: Double
  /// Below it numbers lose digits.
  let smallest: Double

  init(isDouble: Bool) {
    unit = isDouble ? 0x1p-53 : 0x1p-24
    slack = isDouble ? 4 : 2
    largest = isDouble ? Double.greatestFiniteMagnitude : Double(Float.greatestFiniteMagnitude)
    smallest = isDouble ? Double.leastNormalMagnitude : Double(Float.leastNormalMagnitude)
  }

  /// Whether a computed entry may be what it is, if it is to be `value` up to `bound`.
  func allows(_ got: Double, _ value: Double, magnitude: Double, bound: Double) -> Bool {
    // Where an overflow is possible there is nothing to measure.
    if got == value || got.isNaN && value.isNaN || !(magnitude < largest / 4) || !bound.isFinite { return true }
    return abs(got - value) <= slack * bound + 2 * unit * abs(value) + 64 * smallest
  }
}
