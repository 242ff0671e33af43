import LinearMaps
import Schedule

/// The reals of an input or an output, of every sample.
struct PortMemory {
  let memory: TrackedMemory
  /// From one sample to the next; nil where all samples have the same.
  let stride: Int?
}

/// What forward keeps of every sample, for backward.
struct KeptMemory {
  let memory: TrackedMemory
  /// In reals, of one sample.
  let size: Int
}

/// Runs a procedure over a batch, a statement after another, in double precision: what the emitted C must compute.
/// Every buffer lies where it was planned.
final class ProcedureRun {
  let procedure: Procedure
  let batch: Int
  let inputs: [PortMemory]
  let tables: [TrackedMemory]
  private let realBytes: Int
  private let wanted: Set<Wanted>
  /// Nil in a run that keeps nothing.
  let kept: KeptMemory?
  /// What is kept of a sample is in one piece, as it is until a procedure is cut.
  let keepsSampleBySample: Bool
  /// So many samples are computed side by side; nil where they come one after another.
  let lanes: Int?
  /// Whether what the schedule puts into the workspace is there: not in lanes that are all on the stack.
  let hasWorkspace: Bool
  /// Nil where a gradient is not wanted.
  var outputs: [PortMemory?]

  let workspace: TrackedMemory
  let rows: TrackedMemory
  var locals: [Int: TrackedMemory] = [:]
  var isDeclared: [Bool]
  /// Buffers of which one step alone knows.
  let isOfOneStep: [Bool]
  var pointers: [Int: (buffer: Int, offset: Int)] = [:]
  private var rounds: [(variable: LoopVariable, index: Int)] = []
  /// The sample that is computed, or the lane.
  var sample: Int?
  var isInBatchProduct = false

  init(
    _ procedure: Procedure, batch: Int, inputs: [PortMemory], outputs: [PortMemory?], tables: [TrackedMemory],
    realBytes: Int, kept: KeptMemory?, wanted: Set<Wanted>, lanes: LanePlan?
  ) {
    self.procedure = procedure
    self.batch = batch
    self.inputs = inputs
    self.outputs = outputs
    self.tables = tables
    self.realBytes = realBytes
    self.kept = kept
    self.wanted = wanted
    self.lanes = lanes.map { _ in LanePlan.samples(realBytes: realBytes) }
    hasWorkspace = lanes.map { $0.room > 0 } ?? true
    keepsSampleBySample = procedure.buffers.contains { if case .kept = $0.storage { true } else { false } }
    workspace = TrackedMemory("workspace", size: procedure.workspaceSize)
    rows = TrackedMemory("rows", size: batch * procedure.rowsSize)
    isDeclared = procedure.buffers.map { _ in false }
    let declarations = procedure.steps.bodies.map(\.declarations)
    isOfOneStep = procedure.buffers.indices.map { buffer in declarations.count { $0.contains(buffer) } == 1 }
  }

  func run() throws { try run(procedure.steps) }

  /// Of a procedure that goes sample by sample.
  func run(sample: Int) throws {
    guard procedure.steps.count == 1, case .samples(let body) = procedure.steps[0] else {
      throw ScheduleFault("does not go sample by sample")
    }
    self.sample = sample
    try run(body)
  }

  // MARK: Steps

  private func run(_ steps: [Step]) throws {
    for step in steps {
      switch step {
      case .once(let body):
        sample = nil
        try run(body)
      case .samples(let body):
        for b in 0..<batch {
          sample = b
          try run(body)
        }
      case .batch(let product, let wanted): if wanted.isEmpty || isWanted(wanted) { try run(product) }
      case .rounds(let rounds):
        for pointer in rounds.pointers { try point(pointer) }
        try forEachRound(rounds.loop) {
          try run(rounds.body)
          for swap in rounds.swaps { try exchange(swap.first, swap.second) }
        }
      }
    }
  }

  private func run(_ product: BatchProduct) throws {
    isInBatchProduct = true
    defer { isInBatchProduct = false }
    let scratch = product.scratchBytes
    switch product.role {
    case .apply(let k, let n, let transposed):
      let p = Product(m: product.rows, k: k, n: n, transposeRight: transposed)
      for b in 0..<batch {
        sample = b
        let operands = [(product.left, p.m * k), (product.right, k * n)]
        try compute(operands, product.target, p.m * n, product.accumulate, scratch) {
          Interpreter().apply(.product(p), $0, p.m * n)
        }
      }
      try checkRows(product.left, product.rows, k)
      try checkRows(product.target, product.rows, n)
    case .sum(let m, let n):
      let p = Product(m: m, k: product.rows, n: n, transposeLeft: true)
      var total = [Double](repeating: 0, count: m * n)
      for b in 0..<batch {
        sample = b
        let operands = [try read(product.left, m * p.k), try read(product.right, p.k * n)]
        total = zip(total, Interpreter().apply(.product(p), operands, m * n)).map { $0 + $1 }
      }
      try checkRows(product.left, product.rows, m)
      try checkRows(product.right, product.rows, n)
      sample = nil
      try compute([], product.target, m * n, product.accumulate, scratch) { _ in total }
    case .middle(let p):
      if product.accumulate { throw ScheduleFault("a middle product cannot add") }
      for b in 0..<batch {
        sample = b
        let operands = [(product.right, p.outer * p.inner * p.columns), (product.left, p.inner)]
        let size = p.outer * p.columns
        try compute(operands, product.target, size, false, scratch) {
          Interpreter().apply(.middleProduct(p), $0, size)
        }
      }
    }
  }

  /// Rows of samples that have several are equally far apart over the whole batch.
  private func checkRows(_ place: Place, _ rows: Int, _ columns: Int) throws {
    guard rows == 1 || procedure.buffers[place.buffer].size == rows * columns else {
      throw ScheduleFault("\(name(place.buffer)) has no \(rows) rows of \(columns) in every sample")
    }
  }

  private func isWanted(_ wanted: [Wanted]) -> Bool { wanted.contains { self.wanted.contains($0) } }

  // MARK: Statements

  private func run(_ body: [Statement]) throws {
    var declared: [Int] = []
    defer { for buffer in declared { isDeclared[buffer] = false } }
    for statement in body {
      switch statement {
      case .note: break
      case .declare(let buffer):
        try declare(buffer)
        declared.append(buffer)
      case .loop(let loop): try forEachRound(loop) { try run(loop.body) }
      case .assign(let place, let value): try write([try evaluate(value)], to: try locate(place))
      case .accumulate(let place, let value):
        let sum = try read(place) + evaluate(value)
        try write([sum], to: try locate(place))
      case .kernel(let kernel, let operands, let target, let accumulate):
        let facts = kernel.facts
        guard facts.canAdd || !accumulate else { throw ScheduleFault("\(kernel) cannot add") }
        guard lanes == nil || kernel.isInLanes else { throw ScheduleFault("\(kernel) is called in lanes") }
        try compute(
          Array(zip(operands, facts.operands)), target, facts.target, accumulate, facts.scratchBytes,
          kernel.apply)
      // In lanes, what nobody wants kept is written aside.
      case .whenKept(let inner): if kept != nil { try run(inner) }
      case .whenInside(let index, let count, let inner):
        if (0..<count).contains(try self.value(index)) { try run(inner) }
      case .whenWanted(let wanted, let inner): if isWanted(wanted) { try run(inner) }
      case .swap(let a, let b): try exchange(a, b)
      }
    }
  }

  private func forEachRound(_ loop: CountedLoop, _ body: () throws -> Void) throws {
    guard loop.lower >= 0, loop.upper <= loop.variable.bound else {
      throw ScheduleFault("\(loop.variable.name) runs to \(loop.upper), beyond \(loop.variable.bound)")
    }
    rounds.append((loop.variable, 0))
    defer { rounds.removeLast() }
    for round in 0..<max(0, loop.upper - loop.lower) {
      rounds[rounds.count - 1].index = loop.descending ? loop.upper - 1 - round : loop.lower + round
      try body()
    }
  }

  /// Target = what is made of the operands, or target += that.
  private func compute(
    _ operands: [(Place, Int)], _ target: Place, _ size: Int, _ accumulate: Bool, _ scratchBytes: Int,
    _ function: ([[Double]]) -> [Double]
  ) throws {
    let to = try locate(target, size)
    for (place, size) in operands where try locate(place, size).overlaps(to) {
      throw ScheduleFault("\(name(place.buffer)) is read while \(name(target.buffer)) is written over it")
    }
    let scratch = 0..<(scratchBytes + realBytes - 1) / realBytes
    try workspace.forget(scratch)
    var result = function(try operands.map { try read($0.0, $0.1) })
    if accumulate { result = zip(result, try read(target, size)).map { $0 + $1 } }
    try write(result, to: to)
    try workspace.forget(scratch)
  }

  // MARK: Expressions

  private func evaluate(_ value: Expression) throws -> Double {
    switch value {
    case .literal(let number): number
    case .load(let place): try read(place)
    case .sum(let a, let b): try evaluate(a) + evaluate(b)
    case .difference(let a, let b): try evaluate(a) - evaluate(b)
    case .product(let a, let b): try evaluate(a) * evaluate(b)
    case .negation(let a): try -evaluate(a)
    case .indicator(let index): try self.value(index) == 0 ? 1 : 0
    }
  }

  func value(_ index: Affine) throws -> Int {
    var value = index.constant
    for term in index.terms {
      guard let round = rounds.last(where: { $0.variable == term.variable }) else {
        throw ScheduleFault("\(term.variable.name) is used outside of its loop")
      }
      value += term.coefficient * round.index
    }
    return value
  }
}

extension [Statement] {
  fileprivate var declarations: Set<Int> {
    var found = Set<Int>()
    visitAll { if case .declare(let buffer) = $0 { found.insert(buffer) } }
    return found
  }
}
