import CajalSyntax

/// Random types that have values: a function of a type that ends in reals ends in reals itself, for nothing else uses
/// a tensor up.
struct RandomTypes {
  let horizon: Int
  let reals: Bool
  /// The most entries of a vector of a type.
  let largest: Int
  /// Declared types, those that are recursive and the others.
  var recursive: [DataType] = []
  var flat: [DataType] = []

  static let shapes = [[], [], [1], [2], [3], [2, 2], [2, 3], [3, 3], [1, 2], [2, 1, 2], [6]]

  mutating func ground(_ random: inout SplitMix, onlyReal: Bool = false, mayBeReal: Bool = true) -> Type {
    if onlyReal || (reals && mayBeReal && random.below(3) > 0) {
      return .real(Self.shapes[random.below(Self.shapes.count)])
    }
    if !recursive.isEmpty, random.below(2) == 0 {
      if random.below(4) == 0 || flat.isEmpty { return below(&random) }
      return .data(flat[random.below(flat.count)])
    }
    return random.below(2) == 0 ? .bool : .nat
  }

  /// `Nat[n]`.
  func below(_ random: inout SplitMix) -> Type {
    let count = 1 + random.below(4)
    return count == horizon ? .nat : .natBelow(count)
  }

  /// Of what crosses no interface: recursive types as well.
  mutating func inner(_ random: inout SplitMix, depth: Int = 2, mayBeReal: Bool = true) -> Type {
    guard !recursive.isEmpty, random.below(3) == 0 else { return any(&random, depth: depth, mayBeReal: mayBeReal) }
    let data = Type.data(recursive[random.below(recursive.count)])
    switch random.below(6) {
    case 0: return .function(data, any(&random, depth: 1, mayBeReal: mayBeReal))
    case 1: return .function(any(&random, depth: 1, mayBeReal: false), data)
    case 2: return .function(data, data)
    default: return data
    }
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
