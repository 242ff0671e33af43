import CajalSyntax

/// Random types that have values: a function of a type that ends in reals ends in reals itself, for nothing else uses
/// a tensor up.
struct RandomTypes {
  let horizon: Int
  let reals: Bool
  /// The most entries of a vector of a type.
  let largest: Int

  static let shapes = [[], [], [1], [2], [3], [2, 2], [2, 3], [3, 3], [1, 2], [2, 1, 2], [6]]

  mutating func ground(_ random: inout SplitMix, onlyReal: Bool = false, mayBeReal: Bool = true) -> Type {
    if onlyReal || (reals && mayBeReal && random.below(3) > 0) {
      return .real(Self.shapes[random.below(Self.shapes.count)])
    }
    return random.below(2) == 0 ? .bool : .nat
  }

  /// - Parameters:
  ///   - onlyReal: the final result is real.
  ///   - mayBeReal: the final result may be real.
  mutating func any(
    _ random: inout SplitMix, depth: Int = 2, onlyReal: Bool = false, mayBeReal: Bool = true
  ) -> Type {
    for _ in 0..<8 {
      let type = candidate(&random, depth: depth, onlyReal: onlyReal, mayBeReal: mayBeReal)
      if let size = type.dimension(horizon: horizon), size <= largest { return type }
    }
    return ground(&random, onlyReal: onlyReal, mayBeReal: mayBeReal)
  }

  private mutating func candidate(
    _ random: inout SplitMix, depth: Int, onlyReal: Bool, mayBeReal: Bool
  ) -> Type {
    if depth == 0 || random.below(5) < 3 { return ground(&random, onlyReal: onlyReal, mayBeReal: mayBeReal) }
    let result = candidate(&random, depth: depth - 1, onlyReal: onlyReal, mayBeReal: mayBeReal)
    // Functions of functions often enough to matter: links of second order.
    let argument = candidate(
      &random, depth: random.below(3) == 0 ? depth - 1 : 0, onlyReal: false, mayBeReal: result.endsInReal)
    return .function(argument, result)
  }

  /// Two extents with this product.
  static func factors(_ size: Int, _ random: inout SplitMix) -> [Int] {
    let divisors = (1...max(size, 1)).filter { size % $0 == 0 }
    let rows = divisors[random.below(divisors.count)]
    return [rows, size / rows]
  }
}
