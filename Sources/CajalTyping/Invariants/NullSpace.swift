import BigInt

/// The vectors that every row of a matrix maps to 0, found row by row.
struct NullSpace {
  private let columns: Int
  /// By pivot column, rows that are 1 there and 0 at the other pivots.
  private var rows: [Int: [Int: Rational]] = [:]

  init(columns: Int) { self.columns = columns }

  /// Only the zero vector is left.
  var isTrivial: Bool { rows.count == columns }

  /// - Parameter row: its entries that are not 0.
  mutating func insert(_ row: [Int: Rational]) {
    var row = row
    for (pivot, known) in rows {
      guard let factor = row[pivot] else { continue }
      Self.subtract(factor, known, from: &row)
    }
    guard let pivot = row.keys.min(), let leading = row[pivot] else { return }
    row = row.mapValues { $0 / leading }
    for (other, known) in rows {
      guard let factor = known[pivot] else { continue }
      var reduced = known
      Self.subtract(factor, row, from: &reduced)
      rows[other] = reduced
    }
    rows[pivot] = row
  }

  private static func subtract(_ factor: Rational, _ other: [Int: Rational], from row: inout [Int: Rational]) {
    for (column, value) in other {
      let difference = (row[column] ?? .zero) - factor * value
      row[column] = difference.isZero ? nil : difference
    }
  }

  /// A basis of whole numbers without a common factor, the first of each above 0.
  var basis: [[BigInt]] {
    (0..<columns).filter { rows[$0] == nil }.map { free in
      var vector = [Rational](repeating: .zero, count: columns)
      vector[free] = .one
      for (pivot, row) in rows { if let entry = row[free] { vector[pivot] = -entry } }
      let denominator = vector.reduce(BigInt(1)) {
        $0 * $1.denominator / $0.greatestCommonDivisor(with: $1.denominator)
      }
      let whole = vector.map { $0.numerator * (denominator / $0.denominator) }
      let divisor = whole.reduce(BigInt(0)) { $0.greatestCommonDivisor(with: $1) }
      let sign: BigInt = (whole.first { $0 != 0 } ?? 1) < 0 ? -1 : 1
      return whole.map { sign * $0 / divisor }
    }
  }
}
