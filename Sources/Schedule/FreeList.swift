/// Free stretches of the workspace, in ascending order, no two of them adjacent.
struct FreeList {
  private var free: [(offset: Int, size: Int)] = []
  private(set) var end = 0

  /// The tightest stretch that is large enough; nil where the workspace grows too large.
  mutating func take(_ size: Int) -> Int? {
    var best: Int?
    for index in free.indices where free[index].size >= size {
      if best.map({ free[index].size < free[$0].size }) ?? true { best = index }
    }
    if let best {
      let offset = free[best].offset
      free[best].offset += size
      free[best].size -= size
      if free[best].size == 0 { free.remove(at: best) }
      return offset
    }
    // The last stretch may reach the end.
    var offset = end
    if let last = free.last, last.offset + last.size == end {
      offset = last.offset
      free.removeLast()
    }
    let (sum, overflow) = offset.addingReportingOverflow(size)
    if overflow { return nil }
    end = sum
    return offset
  }

  mutating func release(_ offset: Int, _ size: Int) {
    var low = 0
    var high = free.count
    while low < high {
      let middle = (low + high) / 2
      if free[middle].offset < offset { low = middle + 1 } else { high = middle }
    }
    free.insert((offset, size), at: low)
    if low + 1 < free.count, free[low].offset + free[low].size == free[low + 1].offset {
      free[low].size += free[low + 1].size
      free.remove(at: low + 1)
    }
    if low > 0, free[low - 1].offset + free[low - 1].size == free[low].offset {
      free[low - 1].size += free[low].size
      free.remove(at: low)
    }
  }
}

/// From when to when a buffer is needed.
struct Interval {
  let buffer: Int
  let start: Int
  let end: Int
}

extension [Interval] {
  var byStart: [Interval] { sorted { ($0.start, $0.buffer) < ($1.start, $1.buffer) } }
  var byEnd: [Interval] { sorted { ($0.end, $0.buffer) < ($1.end, $1.buffer) } }

  /// Places in one memory, so that no two share one that are needed at a time.
  ///
  /// - Parameters:
  ///   - unit: in reals, what each begins at a multiple of.
  ///   - base: so many reals before them are taken, and not counted.
  /// - Throws: `ScheduleTooLarge`.
  func packed(_ buffers: [Buffer], unit: Int, after base: Int = 0) throws -> (offsets: [Int: Int], end: Int) {
    var heap = FreeList()
    var offsets: [Int: Int] = [:]
    // In order of their beginnings; what has ended is given back first.
    var endings = byEnd[...]
    for interval in byStart {
      while let first = endings.first, first.end < interval.start {
        endings.removeFirst()
        heap.release(offsets[first.buffer]!, try roundedUp(buffers[first.buffer].size, to: unit))
      }
      let size = try roundedUp(buffers[interval.buffer].size, to: unit)
      guard let offset = heap.take(size), heap.end <= Int.max / 64 - base else { throw ScheduleTooLarge() }
      offsets[interval.buffer] = offset
    }
    return (offsets, heap.end)
  }
}

/// The least multiple of the unit that is not less.
///
/// - Throws: `ScheduleTooLarge` where it cannot be addressed.
func roundedUp(_ count: Int, to unit: Int) throws -> Int {
  let (sum, overflow) = count.addingReportingOverflow(unit - 1)
  if overflow || sum > Int.max / 64 { throw ScheduleTooLarge() }
  return sum / unit * unit
}
