import LinearMaps

// A procedure is cut where a product is run for the whole batch: before it every sample is brought so far, and after
// it they go on. Buffers that are alive across a cut have a row for every sample.
//
//   once      what does not depend on the sample
//   samples   phase 0
//   batch     the products of cut 0
//   samples   phase 1
//   ...
//
// A loop that has such products in its body is at a cut itself, and its body is cut in the same way.

struct PhaseCutter {
  private var draft: Draft
  private var items: [CutItem]
  private let signature: GraphSignature
  private let shared: Set<Int>
  private let gradients: WantedGradients
  private let realBytes: Int

  /// - Parameter shared: the inputs that are the same for every sample.
  init(_ draft: Draft, _ signature: GraphSignature, shared: Set<Int>, options: ScheduleOptions) {
    self.draft = draft
    self.signature = signature
    self.shared = shared
    realBytes = options.realBytes
    items = self.draft.items(shared: shared, options: options)
    gradients = WantedGradients(self.draft, signature)
    if draft.accumulatesOutputs { gradients.find(for: &items) }
  }

  // MARK: Times

  /// What is run one after another.
  private enum Plan {
    case once([CutItem])
    case samples([CutItem])
    case batch(CutItem)
    case rounds(CutItem, CutLoop, [Plan])
  }

  private func plan(_ items: [CutItem], isInLoop: Bool) -> [Plan] {
    let dependencies = self.dependencies(items)
    let isOnce = isInLoop ? items.map { _ in false } : invariantItems(items, dependencies)
    var times: [Int] = []
    for (index, item) in items.enumerated() {
      if isOnce[index] {
        times.append(PhaseCutter.onceTime)
        continue
      }
      // Phases are even, cuts are odd.
      let first = item.isForBatch ? 1 : 0
      times.append(
        dependencies[index].reduce(first) { max($0, times[$1] + ((times[$1] - first).isMultiple(of: 2) ? 0 : 1)) })
    }
    var result: [Plan] = []
    for time in Set(times).sorted() {
      let members = items.indices.filter { times[$0] == time }.map { items[$0] }
      if time == PhaseCutter.onceTime {
        result.append(.once(members))
      } else if time % 2 == 0 {
        result.append(.samples(members))
      } else {
        for member in members {
          if case .rounds(let rounds) = member.content {
            result.append(.rounds(member, rounds, plan(rounds.items, isInLoop: true)))
          } else {
            result.append(.batch(member))
          }
        }
      }
    }
    return result
  }

  private static let onceTime = -1

  /// For every item, earlier ones that must come before it.
  private func dependencies(_ items: [CutItem]) -> [Set<Int>] {
    var lastWriter: [Int: Int] = [:]
    var readers: [Int: [Int]] = [:]
    var result: [Set<Int>] = []
    for (index, item) in items.enumerated() {
      var earlier = Set<Int>()
      for buffer in item.buffers where !gradients.isSum(buffer) {
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

  /// Which items have to do with nothing that depends on the sample.
  private func invariantItems(_ items: [CutItem], _ dependencies: [Set<Int>]) -> [Bool] {
    var varying = Set<Int>()
    for (index, buffer) in draft.buffers.enumerated() {
      switch buffer.storage {
      case .input(let input): if !shared.contains(input) { varying.insert(index) }
      case .table: break
      case .unplanned, .pointer: if buffer.keptAt != nil { varying.insert(index) }
      case .output, .kept, .workspace, .rows, .keptRows, .local, .rowPointer: varying.insert(index)
      }
    }
    func add(_ items: [CutItem]) {
      for item in items {
        switch item.content {
        case .statements: break
        case .batch(let product):
          varying.formUnion([product.left.buffer, product.target.buffer])
          if case .sum = product.role { varying.insert(product.right.buffer) }
        case .rounds(let rounds):
          varying.formUnion(item.writes)
          add(rounds.items)
        }
      }
    }
    add(items)
    var isOnce = items.map { !$0.isForBatch }
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
  func procedure() throws -> Procedure {
    var procedure = Procedure(buffers: draft.buffers, steps: [], workspaceSize: 0, rowsSize: 0, clearedOutputs: [])
    var plan = plan(items, isInLoop: false)
    let overwritten = overwriteOutputs(&plan)
    procedure.clearedOutputs = draft.accumulatesOutputs ? signature.inputs.filter { !overwritten.contains($0) } : []
    let unit = 64 / realBytes
    procedure.workspaceSize = steps(plan, procedure.buffers).scratchBytes / realBytes
    var shared: [Interval] = []
    for (buffer, use) in uses(of: plan).sorted(by: { $0.key < $1.key })
    where procedure.buffers[buffer].storage == .unplanned {
      if use.isOnce {
        if use.first == use.last { continue }
        procedure.buffers[buffer].storage = .workspace(procedure.workspaceSize)
        procedure.workspaceSize += try roundedUp(procedure.buffers[buffer].size, to: unit)
        if procedure.workspaceSize > Int.max / 64 { throw ScheduleTooLarge() }
      } else if use.first != use.last || use.needsRows {
        shared.append(Interval(buffer: buffer, start: use.first, end: use.last))
      }
    }
    let (rows, rowsSize) = try shared.packed(procedure.buffers, unit: unit)
    for (buffer, offset) in rows { procedure.buffers[buffer].storage = .rows(offset) }
    procedure.rowsSize = rowsSize
    for (index, buffer) in procedure.buffers.enumerated() {
      if case .kept(let offset) = buffer.storage { procedure.buffers[index].storage = .keptRows(offset) }
    }
    procedure.steps = steps(plan, procedure.buffers)
    return procedure
  }

  /// Products that are the first to write to an output, and write all of it, need not add to it.
  ///
  /// - Returns: these outputs.
  private func overwriteOutputs(_ plan: inout [Plan]) -> Set<Int> {
    guard draft.accumulatesOutputs else { return [] }
    var firstWriter: [Int: Int] = [:]
    for (index, plan) in plan.enumerated() {
      for buffer in writes(of: plan) where firstWriter[buffer] == nil { firstWriter[buffer] = index }
    }
    var result = Set<Int>()
    for (buffer, storage) in draft.buffers.map(\.storage).enumerated() {
      guard case .output(let output) = storage, let first = firstWriter[buffer],
        case .batch(var item) = plan[first], case .batch(var product) = item.content,
        case .sum(let m, let n) = product.role, product.target.index == Affine(0), m * n == draft.buffers[buffer].size
      else { continue }
      product.accumulate = false
      item.content = .batch(product)
      plan[first] = .batch(item)
      result.insert(output)
    }
    return result
  }

  private func writes(of plan: Plan) -> Set<Int> {
    switch plan {
    case .once(let items), .samples(let items): items.reduce(into: []) { $0.formUnion($1.writes) }
    case .batch(let item), .rounds(let item, _, _): item.writes
    }
  }

  /// When a buffer is used, in steps from the first one.
  private struct Use {
    let first: Int
    var last: Int
    /// First by what is done once.
    let isOnce: Bool
    /// Even where a single step uses it.
    var needsRows = false
  }

  private func uses(of plan: [Plan]) -> [Int: Use] {
    var result: [Int: Use] = [:]
    var time = 0
    func use(_ buffers: Set<Int>, isOnce: Bool = false, needsRows: Bool = false) {
      for buffer in buffers {
        var use = result[buffer] ?? Use(first: time, last: time, isOnce: isOnce)
        use.last = time
        if needsRows { use.needsRows = true }
        result[buffer] = use
      }
    }
    func visit(_ plans: [Plan]) {
      for plan in plans {
        time += 1
        switch plan {
        case .once(let items): for item in items { use(item.buffers, isOnce: true) }
        case .samples(let items): for item in items { use(item.buffers) }
        case .batch(let item): use(item.buffers, needsRows: true)
        case .rounds(let item, _, let body):
          // What is not the round's own is alive from the first round to the last.
          use(item.buffers)
          visit(body)
          time += 1
          use(item.buffers, needsRows: true)
        }
      }
    }
    visit(plan)
    return result
  }

  private func steps(_ plans: [Plan], _ buffers: [Buffer]) -> [Step] {
    plans.map { plan in
      switch plan {
      case .once(let items): return .once(body(of: items, buffers))
      case .samples(let items): return .samples(body(of: items, buffers))
      case .batch(let item): return .batch(item.batchProduct!, wanted: gradients.condition(of: item))
      case .rounds(_, let rounds, let body):
        return .rounds(
          RoundSteps(loop: rounds.loop, pointers: rounds.pointers, swaps: rounds.swaps, body: steps(body, buffers)))
      }
    }
  }

  /// The statements of one phase, buffers declared again where they are first used.
  private func body(of items: [CutItem], _ buffers: [Buffer]) -> [Statement] {
    var result: [Statement] = []
    var declared = Set<Int>()
    var origin: Origin?
    for item in items {
      guard case .statements(var statements) = item.content else { continue }
      var declarations: [Statement] = []
      for buffer in item.buffers.sorted() where declared.insert(buffer).inserted {
        switch buffers[buffer].storage {
        case .unplanned, .workspace, .local: declarations.append(.declare(buffer))
        case .input, .output, .kept, .table, .rows, .keptRows, .pointer, .rowPointer: break
        }
      }
      if item.wanted.count > 1 { statements = statements.map(gradients.guardingOutputs) }
      var note: [Statement] = []
      if item.origin != origin, let next = item.origin {
        note = [.note(next)]
        origin = next
      }
      let condition = gradients.condition(of: item)
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
}
