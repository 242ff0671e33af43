/// The counter-based generator Philox4x32-10.
///
/// J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011. A number
/// depends on the key and the counter alone, so neither the order nor the number of threads matters.
public enum Philox {
  public static func block(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
    var (counter, key) = (counter, key)
    for _ in 0..<10 {
      let (high0, low0) = UInt32(0xd251_1f53).multipliedFullWidth(by: counter[0])
      let (high1, low1) = UInt32(0xcd9e_8d57).multipliedFullWidth(by: counter[2])
      counter = SIMD4(high1 ^ counter[1] ^ key[0], low1, high0 ^ counter[3] ^ key[1], low0)
      key &+= SIMD2(0x9e37_79b9, 0xbb67_ae85)
    }
    return counter
  }
}

/// A sequence of random numbers that is named by a seed and a text; its numbers are taken by their index.
///
/// The key is the seed; the counter is the index and the text's hash (FNV-1a, 64 bits).
public struct RandomStream: Sendable {
  private let key: SIMD2<UInt32>
  private let hash: UInt64

  public init(seed: UInt64, name: String) {
    key = SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
    hash = fnv1a(name.utf8)
  }

  /// 64 random bits.
  public func bits(_ index: Int) -> UInt64 {
    let index = UInt64(index)
    let words = Philox.block(
      counter: SIMD4(
        UInt32(truncatingIfNeeded: index), UInt32(truncatingIfNeeded: index >> 32), UInt32(truncatingIfNeeded: hash),
        UInt32(truncatingIfNeeded: hash >> 32)),
      key: key)
    return UInt64(words[0]) | UInt64(words[1]) << 32
  }

  /// Uniform in [0, 1), a multiple of 2^-53.
  public func unit(_ index: Int) -> Double { Double(bits(index) >> 11) * 0x1p-53 }

  /// A whole number from 0 to `bound`, without it. Its bias is below `bound` times 2^-64.
  public func below(_ bound: Int, _ index: Int) -> Int { Int(bits(index).multipliedFullWidth(by: UInt64(bound)).high) }

  /// Overwrites `order` with a random permutation of 0 to its count.
  public func permute(_ order: UnsafeMutableBufferPointer<Int32>) {
    for i in 0..<order.count {
      let j = below(i + 1, i)
      order[i] = order[j]
      order[j] = Int32(i)
    }
  }
}

/// The hash FNV-1a of 64 bits.
func fnv1a(_ bytes: some Sequence<UInt8>) -> UInt64 {
  bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
}
