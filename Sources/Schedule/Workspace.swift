/// Decides where the buffers of a procedure lie: small ones are locals, the others share a workspace, each only for as
/// long as it is needed.
extension Procedure {
  /// Vectors up to this size are locals, up to a total of a function that is safe on any stack, in bytes.
  static var localLimit: Int { 16 }
  private static var localTotal: Int { 6144 }
  /// Numbers are locals as long as no more bytes of them are alive at a time.
  private static var scalarTotal: Int { 4096 }

  /// - Parameter base: what comes before is taken.
  mutating func planWorkspace(from base: Int, realBytes: Int) throws {
    workspaceSize = base
    try planWorkspace(of: steps, from: base, realBytes: realBytes)
  }

  private mutating func planWorkspace(of steps: [Step], from base: Int, realBytes: Int) throws {
    for step in steps {
      switch step {
      case .once(let body), .samples(let body): try planWorkspace(of: body, from: base, realBytes: realBytes)
      case .batch: break
      case .rounds(let rounds): try planWorkspace(of: rounds.body, from: base, realBytes: realBytes)
      }
    }
  }

  private mutating func planWorkspace(of body: [Statement], from base: Int, realBytes: Int) throws {
    var lifetimes = Lifetimes(buffers)
    _ = lifetimes.walk(body, depth: 0)
    var locals = 0
    var intervals: [Interval] = []
    var scalars: [Interval] = []
    for (index, buffer) in buffers.enumerated() where buffer.storage == .unplanned {
      guard let interval = lifetimes.interval(index) else { continue }
      if buffer.keptAt != nil || buffer.size > Procedure.localLimit {
        intervals.append(interval)
      } else if buffer.size == 1 {
        scalars.append(interval)
      } else if locals + buffer.size * realBytes <= Procedure.localTotal {
        locals += buffer.size * realBytes
        buffers[index].storage = .local
      } else {
        intervals.append(interval)
      }
    }
    // No more than so many at a time, as a compiler would have to put them on the stack.
    var alive = 0
    var endings = scalars.sorted { ($0.end, $0.buffer) < ($1.end, $1.buffer) }[...]
    for scalar in scalars.sorted(by: { ($0.start, $0.buffer) < ($1.start, $1.buffer) }) {
      while let first = endings.first, first.end < scalar.start {
        endings.removeFirst()
        if buffers[first.buffer].storage == .local { alive -= realBytes }
      }
      if alive + realBytes <= Procedure.scalarTotal {
        alive += realBytes
        buffers[scalar.buffer].storage = .local
      } else {
        intervals.append(scalar)
      }
    }
    let unit = 64 / realBytes
    var heap = FreeList()
    // In order of their beginnings; what has ended is given back first.
    endings = intervals.sorted { ($0.end, $0.buffer) < ($1.end, $1.buffer) }[...]
    var offsets: [Int: (offset: Int, size: Int)] = [:]
    for interval in intervals.sorted(by: { ($0.start, $0.buffer) < ($1.start, $1.buffer) }) {
      while let first = endings.first, first.end < interval.start {
        endings.removeFirst()
        let freed = offsets[first.buffer]!
        heap.release(freed.offset, freed.size)
      }
      let (padded, overflow) = buffers[interval.buffer].size.addingReportingOverflow(unit - 1)
      if overflow { throw ScheduleTooLarge() }
      let size = padded / unit * unit
      guard let offset = heap.take(size), heap.end <= Int.max / 64 - base else { throw ScheduleTooLarge() }
      offsets[interval.buffer] = (offset, size)
      buffers[interval.buffer].storage = .workspace(base + offset)
    }
    workspaceSize = max(workspaceSize, base + heap.end)
  }
}

struct Interval {
  let buffer: Int
  let start: Int
  let end: Int
}

/// The first and the last point at which each buffer is used. A buffer that lives longer than a loop's round is needed
/// until the loop ends.
struct Lifetimes {
  private let pointers: [Int: Place]
  private var declared: [Int?]
  private var depth: [Int]
  private var last: [Int]
  private var time = 0

  init(_ buffers: [Buffer]) {
    var pointers: [Int: Place] = [:]
    for (index, buffer) in buffers.enumerated() {
      if case .pointer(let place) = buffer.storage { pointers[index] = place }
    }
    self.pointers = pointers
    declared = [Int?](repeating: nil, count: buffers.count)
    depth = [Int](repeating: 0, count: buffers.count)
    last = [Int](repeating: 0, count: buffers.count)
  }

  func interval(_ buffer: Int) -> Interval? {
    declared[buffer].map { Interval(buffer: buffer, start: $0, end: max(last[buffer], $0)) }
  }

  /// The buffers of the outside that the statements use.
  mutating func walk(_ body: [Statement], depth: Int) -> Set<Int> {
    var used = Set<Int>()
    for statement in body {
      time += 1
      switch statement {
      case .note: break
      case .declare(let buffer):
        declared[buffer] = time
        self.depth[buffer] = depth
        if let start = pointers[buffer] { use(start.buffer, &used) }
        use(buffer, &used)
      case .loop(let loop):
        let inner = walk(loop.body, depth: depth + 1)
        time += 1
        for buffer in inner where self.depth[buffer] <= depth { use(buffer, &used) }
      case .assign(let place, let value), .accumulate(let place, let value):
        use(place.buffer, &used)
        value.visit { use($0.buffer, &used) }
      case .kernel(_, let operands, let target, _):
        for operand in operands { use(operand.buffer, &used) }
        use(target.buffer, &used)
      case .whenKept(let inner), .whenInside(_, _, let inner), .whenWanted(_, let inner):
        used.formUnion(walk(inner, depth: depth))
      case .swap(let a, let b):
        use(a, &used)
        use(b, &used)
      }
    }
    return used
  }

  private mutating func use(_ buffer: Int, _ used: inout Set<Int>) {
    last[buffer] = time
    used.insert(buffer)
    // The pointer may point to either buffer of its loop; both are declared before it and used by its partner.
    if let start = pointers[buffer], start.buffer != buffer { use(start.buffer, &used) }
  }
}

extension Expression {
  /// Every read of a buffer.
  public func visit(_ visitor: (Place) -> Void) {
    switch self {
    case .literal, .indicator: break
    case .load(let place): visitor(place)
    case .sum(let a, let b), .difference(let a, let b), .product(let a, let b):
      a.visit(visitor)
      b.visit(visitor)
    case .negation(let a): a.visit(visitor)
    }
  }
}
