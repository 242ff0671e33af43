import LinearMaps

// A model's procedure is cut where a product is run for the whole batch: before it every sample is brought so far, and
// after it they go on. Buffers that are alive across a cut have a row for every sample.
//
//   once      what does not depend on the sample
//   samples   phase 0
//   batch     the products of cut 0
//   samples   phase 1
//   ...

struct PhaseCutter {
  private var draft: Draft
  private var items: [Item]
  private let tensorCount: Int
  private let outputCount: Int
  /// By item: 2 p in phase p, 2 c + 1 at cut c; `onceTime` what is done once.
  private var times: [Int] = []
  private static let onceTime = -1

  /// - Parameters:
  ///   - tensorCount: so many of the inputs are shared by the batch.
  ///   - outputCount: the number of the procedure's outputs.
  init(_ draft: Draft, tensorCount: Int, outputCount: Int, options: ScheduleOptions) {
    self.draft = draft
    self.tensorCount = tensorCount
    self.outputCount = outputCount
    items = self.draft.items(tensorCount: tensorCount, options: options)
    if draft.accumulatesOutputs { findWanted() }
    assignTimes()
  }

  // MARK: Wanted gradients

  private func wanted(ofOutput output: Int) -> Wanted {
    output < tensorCount ? .parameters : .port(output - tensorCount)
  }

  private func wanted(ofBuffer buffer: Int) -> Wanted? {
    guard draft.accumulatesOutputs, case .output(let output) = draft.buffers[buffer].storage else { return nil }
    return wanted(ofOutput: output)
  }

  private var allWanted: Set<Wanted> { Set((0..<outputCount).map { wanted(ofOutput: $0) }) }

  /// From the last item to the first: what an item writes is wanted for what its readers are wanted for.
  private mutating func findWanted() {
    var wantedFor: [Int: Set<Wanted>] = [:]
    for index in items.indices.reversed() {
      for buffer in items[index].writes {
        items[index].wanted.formUnion(wantedFor[buffer] ?? [])
        if let output = wanted(ofBuffer: buffer) { items[index].wanted.insert(output) }
      }
      for buffer in items[index].reads { wantedFor[buffer, default: []].formUnion(items[index].wanted) }
    }
    items.removeAll { $0.wanted.isEmpty }
  }

  // MARK: Times

  private mutating func assignTimes() {
    let dependencies = self.dependencies()
    let isOnce = invariantItems(dependencies)
    for (index, item) in items.enumerated() {
      if isOnce[index] {
        times.append(PhaseCutter.onceTime)
        continue
      }
      // Phases are even, cuts are odd.
      let first = item.batchProduct == nil ? 0 : 1
      times.append(
        dependencies[index].reduce(first) { max($0, times[$1] + ((times[$1] - first).isMultiple(of: 2) ? 0 : 1)) })
    }
  }

  /// For every item, earlier ones that must come before it.
  private func dependencies() -> [Set<Int>] {
    var lastWriter: [Int: Int] = [:]
    var readers: [Int: [Int]] = [:]
    var result: [Set<Int>] = []
    for (index, item) in items.enumerated() {
      var earlier = Set<Int>()
      for buffer in item.buffers where !isSum(buffer) {
        if let writer = lastWriter[buffer] { earlier.insert(writer) }
        if item.writes.contains(buffer) { earlier.formUnion(readers[buffer] ?? []) }
      }
      result.append(earlier)
      for buffer in item.reads { readers[buffer, default: []].append(index) }
      for buffer in item.writes {
        lastWriter[buffer] = index
        readers[buffer] = []
      }
    }
    return result
  }

  /// Whether it is only added to, in any order.
  private func isSum(_ buffer: Int) -> Bool { wanted(ofBuffer: buffer) != nil }

  /// Which items have to do with nothing that depends on the sample.
  private func invariantItems(_ dependencies: [Set<Int>]) -> [Bool] {
    var varying = Set<Int>()
    for (index, buffer) in draft.buffers.enumerated() {
      switch buffer.storage {
      case .input(let input): if input >= tensorCount { varying.insert(index) }
      case .table: break
      case .unplanned, .pointer: if buffer.keptAt != nil { varying.insert(index) }
      case .output, .kept, .workspace, .rows, .keptRows, .local: varying.insert(index)
      }
    }
    var isOnce = items.map { $0.batchProduct == nil }
    for item in items {
      guard let product = item.batchProduct else { continue }
      varying.formUnion([product.left.buffer, product.target.buffer])
      if case .sum = product.role { varying.insert(product.right.buffer) }
    }
    var isChanged = true
    while isChanged {
      isChanged = false
      for (index, item) in items.enumerated() where isOnce[index] {
        if varying.isDisjoint(with: item.buffers), dependencies[index].allSatisfy({ isOnce[$0] }) { continue }
        isOnce[index] = false
        isChanged = true
        varying.formUnion(item.writes)
      }
    }
    return isOnce
  }

  // MARK: Steps

  /// The steps, with the buffers that several of them share in their places.
  func procedure(realBytes: Int) throws -> Procedure {
    var procedure = Procedure(buffers: draft.buffers, steps: [], workspaceSize: 0, rowsSize: 0, clearedOutputs: [])
    let cleared = overwritesOutputs
    procedure.clearedOutputs =
      draft.accumulatesOutputs ? (0..<outputCount).filter { !cleared.outputs.contains($0) } : []
    var shared = try SharedPlaces(realBytes: realBytes)
    let uses = usesOfBuffers()
    for (buffer, times) in uses.sorted(by: { $0.key < $1.key }) where procedure.buffers[buffer].storage == .unplanned {
      if times.first == PhaseCutter.onceTime, times.count > 1 {
        procedure.buffers[buffer].storage = .workspace(try shared.pin(procedure.buffers[buffer].size))
      } else if times.count > 1 || isInProduct(buffer) {
        shared.add(buffer, size: procedure.buffers[buffer].size, from: times.first!, to: times.last!)
      }
    }
    for (buffer, offset) in try shared.rows() { procedure.buffers[buffer].storage = .rows(offset) }
    for (index, buffer) in procedure.buffers.enumerated() {
      if case .kept(let offset) = buffer.storage { procedure.buffers[index].storage = .keptRows(offset) }
    }
    for time in Set(times).sorted() {
      let members = items.indices.filter { times[$0] == time }
      if time == PhaseCutter.onceTime {
        procedure.steps.append(.once(body(of: members, procedure.buffers)))
      } else if time % 2 == 0 {
        procedure.steps.append(.samples(body(of: members, procedure.buffers)))
      } else {
        for member in members {
          var product = items[member].batchProduct!
          if cleared.items.contains(member) { product.accumulate = false }
          procedure.steps.append(.batch(product, wanted: guardOf(items[member])))
        }
      }
    }
    procedure.rowsSize = shared.rowsSize
    try procedure.planWorkspace(from: shared.pinnedSize, realBytes: realBytes)
    return procedure
  }

  /// The products that are the first to write to an output, and write all of it; and these outputs.
  private var overwritesOutputs: (items: Set<Int>, outputs: Set<Int>) {
    var result: (items: Set<Int>, outputs: Set<Int>) = ([], [])
    guard draft.accumulatesOutputs else { return result }
    let order = items.indices.sorted { (times[$0], $0) < (times[$1], $1) }
    for (index, buffer) in draft.buffers.enumerated() {
      guard case .output(let output) = buffer.storage else { continue }
      let writers = order.filter { items[$0].writes.contains(index) }
      guard let first = writers.first, let product = items[first].batchProduct, case .sum(let m, let n) = product.role,
        product.target.index == Affine(0), m * n == buffer.size
      else { continue }
      result.items.insert(first)
      result.outputs.insert(output)
    }
    return result
  }

  /// When each buffer is used, in ascending order.
  private func usesOfBuffers() -> [Int: [Int]] {
    var uses: [Int: Set<Int>] = [:]
    for (item, time) in zip(items, times) { for buffer in item.buffers { uses[buffer, default: []].insert(time) } }
    return uses.mapValues { $0.sorted() }
  }

  private func isInProduct(_ buffer: Int) -> Bool {
    items.contains { $0.batchProduct != nil && $0.buffers.contains(buffer) }
  }

  /// Nothing where the item is wanted whatever is wanted.
  private func guardOf(_ item: Item) -> [Wanted] {
    item.wanted == allWanted ? [] : item.wanted.sorted()
  }

  /// The statements of one phase, buffers declared again where they are first used.
  private func body(of members: [Int], _ buffers: [Buffer]) -> [Statement] {
    var result: [Statement] = []
    var declared = Set<Int>()
    var origin: Origin?
    for member in members {
      let item = items[member]
      guard case .statements(var statements) = item.content else { continue }
      var declarations: [Statement] = []
      for buffer in item.buffers.sorted() where declared.insert(buffer).inserted {
        switch buffers[buffer].storage {
        case .unplanned, .workspace, .local: declarations.append(.declare(buffer))
        case .input, .output, .kept, .table, .rows, .keptRows, .pointer: break
        }
      }
      if item.wanted.count > 1 { statements = statements.map(guardingOutputs) }
      var note: [Statement] = []
      if item.origin != origin, let next = item.origin {
        note = [.note(next)]
        origin = next
      }
      let condition = guardOf(item)
      if condition.isEmpty {
        result += note + declarations + statements
      } else if case .whenWanted(condition, let others)? = result.last {
        result.removeLast()
        result += declarations + [.whenWanted(condition, others + note + statements)]
      } else {
        result += declarations + [.whenWanted(condition, note + statements)]
      }
    }
    return result
  }

  /// Writes to an output only where that is wanted, in a statement that has other purposes too.
  private func guardingOutputs(_ statement: Statement) -> Statement {
    func guarded(_ target: Place) -> Statement {
      wanted(ofBuffer: target.buffer).map { .whenWanted([$0], [statement]) } ?? statement
    }
    switch statement {
    case .note, .declare, .swap: return statement
    case .assign(let target, _), .accumulate(let target, _), .kernel(_, _, let target, _): return guarded(target)
    case .loop(let loop): return .loop(loop.with(body: loop.body.map(guardingOutputs)))
    case .whenKept(let inner): return .whenKept(inner.map(guardingOutputs))
    case .whenInside(let index, let count, let inner):
      return .whenInside(index, count: count, inner.map(guardingOutputs))
    case .whenWanted(let wanted, let inner): return .whenWanted(wanted, inner.map(guardingOutputs))
    }
  }
}

extension Wanted: Comparable {
  private var rank: Int {
    switch self {
    case .parameters: -1
    case .port(let port): port
    }
  }
  public static func < (a: Wanted, b: Wanted) -> Bool { a.rank < b.rank }
}

/// Places for the buffers that several steps use.
private struct SharedPlaces {
  private let unit: Int
  private var lifetimes: [(buffer: Int, size: Int, first: Int, last: Int)] = []
  /// In reals; a multiple of 64 bytes.
  private(set) var pinnedSize = 0
  private(set) var rowsSize = 0

  init(realBytes: Int) throws { unit = 64 / realBytes }

  /// Room at the start of the workspace, for good.
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
