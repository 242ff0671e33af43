import Schedule

/// How often each buffer of a procedure is used and written, in one of its steps or in all. A step of a long procedure
/// uses few of its buffers: the size of this is what is used.
struct BufferUsage {
  private var uses: [Int: Int] = [:]
  private var writeCounts: [Int: Int] = [:]
  private(set) var branchesOnKept = false
  /// Whether a kernel needs room at the start of the workspace.
  private(set) var usesScratch = false
  /// The number of conditional blocks around the declaration; 0 where there is none.
  private var declared: [Int: Int] = [:]
  private var writtenDeeper: Set<Int> = []
  private var conditions = 0
  /// The depth of the nest of loops.
  private(set) var depth = 0

  /// The gradients on which statements depend.
  private(set) var wanted: Set<Wanted> = []
  /// The ids of variables in indices.
  private(set) var counters: Set<Int> = []

  init(_ body: [Statement], of procedure: Procedure) {
    walk(body, procedure, 1)
  }

  init(_ procedure: Procedure) {
    self.init([], of: procedure)
    walk(procedure.steps, procedure)
  }

  private mutating func walk(_ steps: [Step], _ procedure: Procedure) {
    for step in steps {
      switch step {
      case .once(let body), .samples(let body): walk(body, procedure, 1)
      case .batch(let product, _):
        read(product.left)
        read(product.right)
        write(product.target)
      case .rounds(let rounds):
        for pointer in rounds.pointers {
          if case .rowPointer(let start) = procedure.buffers[pointer].storage { write(start) }
        }
        walk(rounds.body, procedure)
      }
    }
  }

  /// In order.
  var used: [Int] { uses.keys.sorted() }
  func isUsed(_ buffer: Int) -> Bool { uses[buffer] != nil }
  func writes(_ buffer: Int) -> Int { writeCounts[buffer] ?? 0 }

  /// Written under a condition that its declaration is not under; read, perhaps, under another one.
  func isWrittenConditionally(_ buffer: Int) -> Bool { writtenDeeper.contains(buffer) }

  private mutating func read(_ place: Place) {
    uses[place.buffer, default: 0] += 1
    note(place.index)
  }

  private mutating func read(_ value: Expression) {
    switch value {
    case .literal: break
    case .load(let place): read(place)
    case .indicator(let index): note(index)
    case .sum(let a, let b), .difference(let a, let b), .product(let a, let b):
      read(a)
      read(b)
    case .negation(let a): read(a)
    }
  }

  private mutating func write(_ place: Place) {
    write(place.buffer)
    note(place.index)
  }

  private mutating func note(_ index: Affine) { for term in index.terms { counters.insert(term.variable.id) } }

  private mutating func write(_ buffer: Int) {
    if conditions > declared[buffer] ?? 0 { writtenDeeper.insert(buffer) }
    uses[buffer, default: 0] += 1
    writeCounts[buffer, default: 0] += 1
  }

  private mutating func walk(_ body: [Statement], _ procedure: Procedure, _ level: Int) {
    depth = max(depth, level)
    for statement in body {
      switch statement {
      case .note: break
      case .declare(let buffer):
        declared[buffer] = conditions
        if case .pointer(let start) = procedure.buffers[buffer].storage { write(start.buffer) }
      case .loop(let loop): walk(loop.body, procedure, level + 1)
      case .assign(let place, let value), .accumulate(let place, let value):
        write(place)
        read(value)
      case .kernel(let kernel, let operands, let target, _):
        if kernel.scratchBytes > 0 { usesScratch = true }
        for operand in operands { read(operand) }
        write(target)
      case .whenKept(let inner):
        branchesOnKept = true
        conditions += 1
        walk(inner, procedure, level)
        conditions -= 1
      case .whenInside(let index, _, let inner):
        note(index)
        walk(inner, procedure, level)
      case .whenWanted(let gradients, let inner):
        wanted.formUnion(gradients)
        conditions += 1
        walk(inner, procedure, level)
        conditions -= 1
      case .swap(let a, let b):
        write(a)
        write(b)
      }
    }
  }
}
