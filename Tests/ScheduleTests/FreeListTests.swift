import TestSupport
import Testing

@testable import Schedule

@Suite struct FreeListTests {
  /// What is taken is nobody else's, and no larger than what all the stretches that are taken need, with the gaps
  /// between them.
  @Test func stretchesNeverOverlap() throws {
    for seed in 0..<100 as Range<UInt64> {
      var random = SplitMix(seed: seed)
      var list = FreeList()
      var taken: [Range<Int>] = []
      for _ in 0..<60 {
        if random.below(3) > 0 || taken.isEmpty {
          let size = 1 + random.below(9)
          let end = list.end
          let place = list.take(size)
          let offset = try #require(place)
          let range = offset..<(offset + size)
          #expect(offset >= 0 && !taken.contains { $0.overlaps(range) }, "seed \(seed)")
          // It grows only where no gap is large enough.
          if list.end > end { #expect(largestGap(taken, end) < size, "seed \(seed)") }
          taken.append(range)
        } else {
          let range = taken.remove(at: random.below(taken.count))
          list.release(range.lowerBound, range.count)
        }
        #expect(taken.allSatisfy { $0.upperBound <= list.end })
      }
      for range in taken { list.release(range.lowerBound, range.count) }
      let end = list.end
      let all = list.take(end)
      #expect(all == 0 && list.end == end, "what was given back is one stretch")
    }
  }

  private func largestGap(_ taken: [Range<Int>], _ end: Int) -> Int {
    var (largest, last) = (0, 0)
    for range in taken.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      largest = max(largest, range.lowerBound - last)
      last = range.upperBound
    }
    return max(largest, end - last)
  }

  @Test func theTightestGapIsTaken() {
    var list = FreeList()
    for size in [5, 1, 3, 1, 4, 1] { _ = list.take(size) }
    list.release(0, 5)
    list.release(6, 3)
    list.release(10, 4)
    let places = [3, 4, 2, 3].map { list.take($0) }
    #expect(places == [6, 10, 0, 2])
  }

  /// What is free at the end is part of what is larger.
  @Test func theEndGrows() {
    var list = FreeList()
    _ = list.take(4)
    list.release(0, 4)
    let place = list.take(6)
    #expect(place == 0 && list.end == 6)
  }

  @Test func tooMuchIsNil() {
    var list = FreeList()
    let places = [Int.max - 1, 2].map { list.take($0) }
    #expect(places == [0, nil])
  }
}
