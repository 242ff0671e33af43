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
  private(set) var counters: Set<LoopVariable> = []

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
      case .batch(let product, _): product.effects { add($0, procedure) }
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

  private mutating func write(_ place: Place) {
    write(place.buffer)
    note(place.index)
  }

  private mutating func note(_ index: Affine) { for term in index.terms { counters.insert(term.variable) } }

  private mutating func write(_ buffer: Int) {
    if conditions > declared[buffer] ?? 0 { writtenDeeper.insert(buffer) }
    uses[buffer, default: 0] += 1
    writeCounts[buffer, default: 0] += 1
  }

  private mutating func add(_ effect: Effect, _ procedure: Procedure) {
    switch effect {
    case .reads(let place, _): read(place)
    case .writes(let place, _), .adds(let place, _): write(place)
    case .declares(let buffer):
      declared[buffer] = conditions
      if case .pointer(let start) = procedure.buffers[buffer].storage { write(start.buffer) }
    case .swaps(let a, let b):
      write(a)
      write(b)
    case .compares(let index): note(index)
    }
  }

  private mutating func walk(_ body: [Statement], _ procedure: Procedure, _ level: Int) {
    depth = max(depth, level)
    for statement in body {
      statement.effects { add($0, procedure) }
      if case .kernel(let kernel, _, _, _) = statement, kernel.facts.scratchBytes > 0 { usesScratch = true }
      // What is done then depends on what the caller wants.
      var isConditional = false
      if case .whenKept = statement { (branchesOnKept, isConditional) = (true, true) }
      if case .whenWanted(let gradients, _) = statement {
        wanted.formUnion(gradients)
        isConditional = true
      }
      guard let inner = statement.body else { continue }
      let isLoop = if case .loop = statement { true } else { false }
      if isConditional { conditions += 1 }
      walk(inner, procedure, isLoop ? level + 1 : level)
      if isConditional { conditions -= 1 }
    }
  }
}
