import Schedule

/// How often each buffer of a procedure is used and written, in one of its steps or in all.
struct BufferUsage {
  private var uses: [Int]
  private var writeCounts: [Int]
  private(set) var branchesOnKept = false
  /// The number of conditional blocks around the declaration.
  private var declared: [Int]
  private var writtenDeeper: Set<Int> = []
  private var conditions = 0
  /// The depth of the nest of loops.
  private(set) var depth = 0

  /// The gradients on which statements depend.
  private(set) var wanted: Set<Wanted> = []

  init(_ body: [Statement], of procedure: Procedure) {
    uses = [Int](repeating: 0, count: procedure.buffers.count)
    writeCounts = uses
    declared = uses
    walk(body, procedure, 1)
  }

  init(_ procedure: Procedure) {
    self.init([], of: procedure)
    for step in procedure.steps {
      switch step {
      case .once(let body), .samples(let body): walk(body, procedure, 1)
      case .batch(let product, _):
        uses[product.left.buffer] += 1
        uses[product.right.buffer] += 1
        write(product.target.buffer)
      }
    }
  }

  func isUsed(_ buffer: Int) -> Bool { uses[buffer] > 0 }
  func writes(_ buffer: Int) -> Int { writeCounts[buffer] }

  /// Written under a condition that its declaration is not under; read, perhaps, under another one.
  func isWrittenConditionally(_ buffer: Int) -> Bool { writtenDeeper.contains(buffer) }

  private mutating func write(_ buffer: Int) {
    if conditions > declared[buffer] { writtenDeeper.insert(buffer) }
    uses[buffer] += 1
    writeCounts[buffer] += 1
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
        write(place.buffer)
        value.visit { uses[$0.buffer] += 1 }
      case .kernel(_, let operands, let target, _):
        for operand in operands { uses[operand.buffer] += 1 }
        write(target.buffer)
      case .whenKept(let inner):
        branchesOnKept = true
        conditions += 1
        walk(inner, procedure, level)
        conditions -= 1
      case .whenInside(_, _, let inner): walk(inner, procedure, level)
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
