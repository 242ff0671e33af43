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
