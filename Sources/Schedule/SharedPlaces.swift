/// Places for the buffers that several steps use.
struct SharedPlaces {
  private let unit: Int
  private var lifetimes: [(buffer: Int, size: Int, first: Int, last: Int)] = []
  /// In reals; a multiple of 64 bytes.
  private(set) var pinnedSize: Int
  private(set) var rowsSize = 0

  /// - Parameter scratch: so many reals at the start of the workspace are taken.
  init(realBytes: Int, scratch: Int) {
    unit = 64 / realBytes
    pinnedSize = scratch
  }

  /// Room in the workspace, for good.
  mutating func pin(_ size: Int) throws -> Int {
    let offset = pinnedSize
    let (end, overflow) = pinnedSize.addingReportingOverflow(try rounded(size))
    if overflow || end > Int.max / 64 { throw ScheduleTooLarge() }
    pinnedSize = end
    return offset
  }

  mutating func add(_ buffer: Int, size: Int, from first: Int, to last: Int) {
    lifetimes.append((buffer, size, first, last))
  }

  /// The offset of the rows of each buffer, for as long as it is needed.
  mutating func rows() throws -> [(buffer: Int, offset: Int)] {
    var heap = FreeList()
    var result: [(buffer: Int, offset: Int)] = []
    var endings = lifetimes.sorted { ($0.last, $0.buffer) < ($1.last, $1.buffer) }[...]
    var places: [Int: (offset: Int, size: Int)] = [:]
    for lifetime in lifetimes.sorted(by: { ($0.first, $0.buffer) < ($1.first, $1.buffer) }) {
      while let first = endings.first, first.last < lifetime.first {
        endings.removeFirst()
        let freed = places[first.buffer]!
        heap.release(freed.offset, freed.size)
      }
      let size = try rounded(lifetime.size)
      guard let offset = heap.take(size), heap.end <= Int.max / 64 else { throw ScheduleTooLarge() }
      places[lifetime.buffer] = (offset, size)
      result.append((lifetime.buffer, offset))
    }
    rowsSize = heap.end
    return result
  }

  private func rounded(_ size: Int) throws -> Int {
    let (padded, overflow) = size.addingReportingOverflow(unit - 1)
    if overflow { throw ScheduleTooLarge() }
    return padded / unit * unit
  }
}
