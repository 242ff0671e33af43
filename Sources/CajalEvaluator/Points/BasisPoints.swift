import CajalSyntax
import CajalTyping

/// The basis points of a context: a unit vector at every port. There is one for each combination, and where a map
/// is multilinear they determine it. Points are made when asked for.
public struct BasisPoints: Sendable {
  /// The dimension of every port.
  public let dimensions: [Int]
  /// How many points there are; `Int.max` where there are at least that many.
  public let count: Int

  /// Nil where a port's dimension exceeds the machine's integers.
  public init?(context: [Port], horizon: Int) {
    var dimensions: [Int] = []
    for port in context {
      guard let size = port.variable.type.dimension(horizon: horizon) else { return nil }
      dimensions.append(size)
    }
    self.dimensions = dimensions
    count = saturatingProduct(dimensions)
  }

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

  /// The vectors of a point.
  public func vectors(_ positions: [Int]) -> [[Double]] {
    zip(positions, dimensions).map { position, size in
      var vector = [Double](repeating: 0, count: size)
      vector[position] = 1
      return vector
    }
  }

  /// Vectors of numbers in [-1, 1), for maps that no basis determines.
  public func randomVectors(seed: UInt64) -> [[Double]] {
    var random = SplitMix64(seed: seed)
    return dimensions.map { size in (0..<size).map { _ in random.nextSigned() } }
  }
}
