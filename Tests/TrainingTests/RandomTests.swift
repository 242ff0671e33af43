import Testing

@testable import Training

@Suite struct RandomTests {
  /// The vectors that are published with the generator (Random123, kat_vectors).
  @Test func philoxGivesThePublishedNumbers() {
    let ones = UInt32.max
    #expect(
      Philox.block(counter: .zero, key: .zero) == SIMD4(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8))
    #expect(
      Philox.block(counter: SIMD4(repeating: ones), key: SIMD2(repeating: ones))
        == SIMD4(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd))
    #expect(
      Philox.block(
        counter: SIMD4(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344), key: SIMD2(0xa409_3822, 0x299f_31d0))
        == SIMD4(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1))
  }

  /// The vectors that are published with the hash.
  @Test func fnv1aGivesThePublishedNumbers() {
    #expect(fnv1a("".utf8) == 0xcbf2_9ce4_8422_2325)
    #expect(fnv1a("a".utf8) == 0xaf63_dc4c_8601_ec8c)
    #expect(fnv1a("foobar".utf8) == 0x8594_4171_f739_67e8)
  }

  /// Runs that were made before have to be repeatable: seed, name and index are where they always were.
  @Test func aStreamsNumbersAreThoseOfItsCounter() {
    let stream = RandomStream(seed: 0x1234_5678_9abc_def0, name: "init:a")
    let hash = fnv1a("init:a".utf8)
    for index in [0, 1, 1 << 33 + 5] {
      let words = Philox.block(
        counter: SIMD4(
          UInt32(index & 0xffff_ffff), UInt32(index >> 32), UInt32(hash & 0xffff_ffff), UInt32(hash >> 32)),
        key: SIMD2(0x9abc_def0, 0x1234_5678))
      let bits = UInt64(words[1]) << 32 | UInt64(words[0])
      #expect(stream.bits(index) == bits)
      #expect(stream.unit(index) == Double(bits >> 11) / 9_007_199_254_740_992)
    }
  }

  @Test func permutationsAreWholeAndDiffer() throws {
    func order(_ seed: UInt64, _ name: String) throws -> [Int32] {
      let buffer = try Buffer<Int32>(1000, for: "a test")
      RandomStream(seed: seed, name: name).permute(UnsafeMutableBufferPointer(start: buffer.base, count: 1000))
      return Array(buffer.elements)
    }
    let (a, b, c) = (try order(1, "shuffle:0"), try order(1, "shuffle:1"), try order(2, "shuffle:0"))
    for order in [a, b, c] { #expect(order.sorted() == Array(0..<1000)) }
    #expect(a != b && a != c && b != c && a != Array(0..<1000))
    #expect(try a == order(1, "shuffle:0"))
    // Where an entry goes is uniform: over 2000 names each of 5 places gets near 400 (deviation 18).
    var places = [Int](repeating: 0, count: 5)
    let five = try Buffer<Int32>(5, for: "a test")
    for name in 0..<2000 {
      RandomStream(seed: 9, name: "\(name)").permute(UnsafeMutableBufferPointer(start: five.base, count: 5))
      places[five.elements.firstIndex(of: 0)!] += 1
    }
    #expect(places.allSatisfy { abs($0 - 400) < 90 }, "\(places)")
  }
}
