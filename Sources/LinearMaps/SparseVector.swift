/// A vector by its non-zero entries, in ascending order of index: a unit vector of ℝ^10000 takes one entry.
public struct SparseVector: Hashable, Sendable {
  public struct Entry: Hashable, Sendable {
    public let index: Int
    public let value: Double
    public init(index: Int, value: Double) {
      self.index = index
      self.value = value
    }
  }
  public let entries: [Entry]

  public static let zero = SparseVector(entries: [])
  public static func unit(_ index: Int) -> SparseVector { SparseVector(entries: [Entry(index: index, value: 1)]) }

  public init(dense: [Double]) {
    self.init(entries: dense.enumerated().map { Entry(index: $0, value: $1) })
  }

  /// Entries in ascending order of index; zeros are dropped.
  public init(entries: [Entry]) { self.entries = entries.filter { $0.value != 0 } }

  public func dense(_ dimension: Int) -> [Double] {
    var result = [Double](repeating: 0, count: dimension)
    for entry in entries { result[entry.index] = entry.value }
    return result
  }
}
