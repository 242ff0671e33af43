import CajalSyntax
import CajalTyping

/// The basis points of a context: a unit vector at every port. There is one for each combination, and where a map
/// is multilinear they determine it. Points are made when asked for. In the place of a table there are some random ones.
public struct BasisPoints: Sendable {
  /// The dimension of every port; of a table how many there are.
  public let dimensions: [Int]
  /// How many points there are; `Int.max` where there are at least that many.
  public let count: Int
  private let tables: [RandomTable?]

  /// Tables for each port of a recursive type.
  public static let tableCount = 16

  /// Nil where a port's dimension exceeds the machine's integers.
  public init?(context: [Port], horizon: Int) {
    var dimensions: [Int] = []
    var tables: [RandomTable?] = []
    for port in context {
      if let rows = port.rows, let data = port.variable.type.asRecursive {
        guard let table = RandomTable(data, rows: rows, horizon: horizon), table.size != nil else { return nil }
        tables.append(table)
        dimensions.append(BasisPoints.tableCount)
      } else {
        guard let size = port.variable.type.dimension(horizon: horizon) else { return nil }
        tables.append(nil)
        dimensions.append(size)
      }
    }
    self.dimensions = dimensions
    self.tables = tables
    count = saturatingProduct(dimensions)
  }

  public var hasTables: Bool { tables.contains { $0 != nil } }

  /// The position of the unit at every port; the last port's moves fastest.
  public func positions(at index: Int) -> [Int] {
    var rest = index
    var positions: [Int] = []
    for size in dimensions.reversed() {
      positions.append(rest % size)
      rest /= size
    }
    return positions.reversed()
  }

  /// One of the points, chosen by the seed, every port's position equally likely.
  public func positions(seed: UInt64) -> [Int] {
    var random = SplitMix64(seed: seed)
    return dimensions.map { random.next(below: $0) }
  }

  /// The inputs at a point: a vector for each port, and for a table two.
  public func vectors(_ positions: [Int]) -> [[Double]] {
    zip(positions, zip(dimensions, tables)).flatMap { position, port -> [[Double]] in
      if let table = port.1 {
        var random = SplitMix64(seed: 0x7AB1E &+ UInt64(position))
        return table.inputs(&random)
      }
      var vector = [Double](repeating: 0, count: port.0)
      vector[position] = 1
      return [vector]
    }
  }

  /// Vectors of numbers in [-1, 1), for maps that no basis determines; the same inputs.
  public func randomVectors(seed: UInt64) -> [[Double]] {
    var random = SplitMix64(seed: seed)
    return zip(dimensions, tables).flatMap { size, table -> [[Double]] in
      table?.inputs(&random) ?? [(0..<size).map { _ in random.nextSigned() }]
    }
  }
}
