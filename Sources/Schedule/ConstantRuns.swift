import LinearMaps

/// A constant as runs of equal entries, zeros included: the unit vectors of every dimension have three or fewer.
final class ConstantRuns: Sendable {
  struct Run: Sendable {
    let lower: Int
    let upper: Int
    let value: Double
  }
  let vector: SparseVector
  let runs: [Run]

  /// Nil where there are more runs than `limit`.
  init?(_ vector: SparseVector, dimension: Int, limit: Int) {
    self.vector = vector
    var runs: [Run] = []
    func append(_ lower: Int, _ upper: Int, _ value: Double) {
      if lower == upper { return }
      if let last = runs.last, last.value.bitPattern == value.bitPattern {
        runs[runs.count - 1] = Run(lower: last.lower, upper: upper, value: value)
      } else {
        runs.append(Run(lower: lower, upper: upper, value: value))
      }
    }
    var end = 0
    for entry in vector.entries {
      append(end, entry.index, 0)
      append(entry.index, entry.index + 1, entry.value)
      end = entry.index + 1
      if runs.count > limit { return nil }
    }
    append(end, dimension, 0)
    if runs.count > limit { return nil }
    self.runs = runs
  }

  func value(at index: Int) -> Double {
    var low = 0
    var high = runs.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if runs[middle].lower <= index { low = middle } else { high = middle }
    }
    return runs[low].value
  }

  func isZero(from lower: Int, to upper: Int) -> Bool {
    runs.allSatisfy { $0.value == 0 || $0.upper <= lower || $0.lower >= upper }
  }
}
