/// Decides where the buffers of a procedure lie: small ones are locals, the others share a workspace, each only for as
/// long as it is needed.
extension Procedure {
  /// What the workspace holds already is taken.
  mutating func planWorkspace(realBytes: Int) throws {
    let base = workspaceSize
    for body in steps.bodies { try planWorkspace(of: body, from: base, realBytes: realBytes) }
  }

  private mutating func planWorkspace(of body: [Statement], from base: Int, realBytes: Int) throws {
    var lifetimes = Lifetimes(buffers)
    _ = lifetimes.walk(body, depth: 0)
    var locals = 0
    var intervals: [Interval] = []
    var scalars: [Interval] = []
    for (index, buffer) in buffers.enumerated() where buffer.storage == .unplanned {
      guard let interval = lifetimes.interval(index) else { continue }
      if buffer.keptAt != nil || buffer.size > Threshold.localVector {
        intervals.append(interval)
      } else if buffer.size == 1 {
        scalars.append(interval)
      } else if locals + buffer.size * realBytes <= Threshold.localVectorBytes {
        locals += buffer.size * realBytes
        buffers[index].storage = .local
      } else {
        intervals.append(interval)
      }
    }
    // No more than so many at a time, as a compiler would have to put them on the stack.
    var alive = 0
    var endings = scalars.byEnd[...]
    for scalar in scalars.byStart {
      while let first = endings.first, first.end < scalar.start {
        endings.removeFirst()
        if buffers[first.buffer].storage == .local { alive -= realBytes }
      }
      if alive + realBytes <= Threshold.localScalarBytes {
        alive += realBytes
        buffers[scalar.buffer].storage = .local
      } else {
        intervals.append(scalar)
      }
    }
    let (offsets, end) = try intervals.packed(buffers, unit: 64 / realBytes, after: base)
    for (buffer, offset) in offsets { buffers[buffer].storage = .workspace(base + offset) }
    workspaceSize = max(workspaceSize, base + end)
  }
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
      statement.effects { effect in
        switch effect {
        case .declares(let buffer):
          declared[buffer] = time
          self.depth[buffer] = depth
          use(buffer, &used)
        case .reads(let place, _), .writes(let place, _), .adds(let place, _): use(place.buffer, &used)
        case .swaps(let a, let b):
          use(a, &used)
          use(b, &used)
        case .compares: break
        }
      }
      guard let inner = statement.body else { continue }
      if case .loop = statement {
        let inner = walk(inner, depth: depth + 1)
        time += 1
        for buffer in inner where self.depth[buffer] <= depth { use(buffer, &used) }
      } else {
        used.formUnion(walk(inner, depth: depth))
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
