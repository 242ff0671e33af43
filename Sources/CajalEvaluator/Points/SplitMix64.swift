/// Steele, Lea, Flood, "Fast splittable pseudorandom number generators" (2014): a counter, mixed. The same seed
/// gives the same numbers on every machine.
public struct SplitMix64: RandomNumberGenerator, Sendable {
  private var state: UInt64

  public init(seed: UInt64) { state = seed }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Below `bound`, which is positive. The bias of the remainder is of no account for sampling.
  public mutating func next(below bound: Int) -> Int { Int(next() % UInt64(bound)) }

  /// In [-1, 1), a multiple of 2⁻⁵².
  public mutating func nextSigned() -> Double { Double(next() >> 11) * 0x1p-52 - 1 }
}
