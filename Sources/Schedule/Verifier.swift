import LinearMaps

/// A broken invariant of a draft or a procedure: always a bug in the compiler.
public struct InvalidSchedule: Error, CustomStringConvertible {
  /// What is wrong, as `--emit schedule` prints it.
  public let place: String
  public let reason: String
  public var description: String { "\(place): \(reason)" }
}

extension Draft {
  /// Checks what `Procedure.verify` does.
  func verify() throws { try procedure.verify(direction) }
}

extension Procedure {
  /// Checks, in one walk over all statements, that
  ///
  /// - a buffer is declared in a block around whatever uses it, and once;
  /// - indices lie in their buffers, for all rounds of the loops around them, under the conditions around them;
  /// - nothing is read of which nothing may have been written, buffer by buffer: what is written under a condition is
  ///   there under the same condition alone, and what a sample leaves outside of its rows is gone with it;
  /// - what is only there to be read is not written, and outputs that begin as 0 are only added to;
  /// - pointers are exchanged with others of their size, to which what the next round reads has been written;
  /// - no kernel writes what it reads.
  func verify(_ direction: Direction) throws {
    var verifier = Verifier(self, direction)
    try verifier.walk(steps)
    try verifier.finish()
  }
}

/// What holds around a statement.
private struct Conditions: Equatable {
  struct Inside: Equatable {
    let index: Affine
    let count: Int
  }
  var isKept = false
  /// Of each of these lists, a gradient is wanted.
  var wanted: [[Wanted]] = []
  var inside: [Inside] = []

  var areNone: Bool { !isKept && wanted.isEmpty && inside.isEmpty }

  func imply(_ others: Conditions) -> Bool {
    (isKept || !others.isKept) && others.inside.allSatisfy(inside.contains)
      && others.wanted.allSatisfy { other in wanted.contains { $0.allSatisfy(other.contains) } }
  }
}

/// When something was written to a buffer.
private enum Written {
  case never, always
  case under([Conditions])
}

private struct Verifier {
  private let procedure: Procedure
  private let direction: Direction
  private let cleared: Set<Int>
  private var isDeclared: [Bool]
  private var written: [Written]
  /// The buffers to which pointers point in the first round, and under which conditions they are read.
  private var pointees: [Int: Int] = [:]
  private var readers: [Int: [Conditions]] = [:]
  private var loops: [CountedLoop] = []
  private var conditions = Conditions()
  /// Inside of a step that is done once.
  private var isOnce = false
  private var site = Site.end

  private enum Site {
    case statement(Statement)
    case batch(BatchProduct)
    case rounds(RoundSteps)
    case end
  }

  init(_ procedure: Procedure, _ direction: Direction) {
    self.procedure = procedure
    self.direction = direction
    cleared = Set(procedure.clearedOutputs)
    isDeclared = [Bool](repeating: false, count: procedure.buffers.count)
    written = []
    for buffer in procedure.buffers.indices { written.append(isReadOnly(buffer) || isSum(buffer) ? .always : .never) }
  }

  // MARK: Steps

  mutating func walk(_ steps: [Step]) throws {
    for step in steps {
      switch step {
      case .once(let body):
        isOnce = true
        try walk(body)
        isOnce = false
      case .samples(let body): try walk(body)
      case .batch(let product, let wanted):
        site = .batch(product)
        let around = conditions
        if !wanted.isEmpty { conditions.wanted.append(wanted) }
        for place in [product.left, product.right, product.target] where !isForBatch(place.buffer) {
          try fail("\(name(place.buffer)) is not there for the whole batch")
        }
        try product.effects { try check($0) }
        conditions = around
      case .rounds(let rounds): try walk(rounds)
      }
    }
  }

  private mutating func walk(_ rounds: RoundSteps) throws {
    site = .rounds(rounds)
    for pointer in rounds.pointers { try declare(pointer) }
    try enter(rounds.loop) { verifier in
      try verifier.walk(rounds.body)
      verifier.site = .rounds(rounds)
      for swap in rounds.swaps { try verifier.exchange(swap.first, swap.second) }
    }
    for pointer in rounds.pointers { isDeclared[pointer] = false }
  }

  /// The results are there.
  func finish() throws {
    for (index, buffer) in procedure.buffers.enumerated() {
      if case .output = buffer.storage, case .never = written[index] { try fail("\(name(index)) is never written") }
    }
  }

  // MARK: Statements

  private mutating func walk(_ body: [Statement]) throws {
    var declared: [(buffer: Int, before: Written)] = []
    for statement in body {
      site = .statement(statement)
      try statement.effects { effect in
        if case .declares(let buffer) = effect { declared.append((buffer, written[buffer])) }
        try check(effect)
      }
      if case .kernel(let kernel, let operands, let target, _) = statement { try check(kernel, operands, target) }
      guard let inner = statement.body else { continue }
      if case .loop(let loop) = statement {
        try enter(loop) { try $0.walk(inner) }
        continue
      }
      let around = conditions
      if case .whenKept = statement { conditions.isKept = true }
      if case .whenWanted(let wanted, _) = statement { conditions.wanted.append(wanted) }
      if case .whenInside(let index, let count, _) = statement {
        conditions.inside.append(Conditions.Inside(index: index, count: count))
      }
      try walk(inner)
      conditions = around
    }
    for (buffer, before) in declared {
      isDeclared[buffer] = false
      if case .workspace = procedure.buffers[buffer].storage, isOnce { continue }
      written[buffer] = before
    }
  }

  private mutating func enter(_ loop: CountedLoop, _ body: (inout Verifier) throws -> Void) throws {
    if loops.contains(where: { $0.variable == loop.variable }) {
      try fail("is inside of a loop over the same \(loop.variable.name)")
    }
    loops.append(loop.with(body: []))
    if loop.lower < loop.upper {
      try body(&self)
    } else {
      // Nothing comes of what is never done.
      var copy = self
      try body(&copy)
    }
    loops.removeLast()
  }

  private mutating func check(_ effect: Effect) throws {
    switch effect {
    case .reads(let place, let count):
      try check(place, count)
      try read(place.buffer)
    case .writes(let place, let count):
      try check(place, count)
      if isSum(place.buffer) { try fail("overwrites \(name(place.buffer)), which is only added to") }
      try write(place.buffer)
    case .adds(let place, let count):
      try check(place, count)
      if !isSum(place.buffer) { try read(place.buffer) }
      try write(place.buffer)
    case .declares(let buffer): try declare(buffer)
    case .swaps(let a, let b): try exchange(a, b)
    case .compares(let index): _ = try range(of: index)
    }
  }

  private func check(_ kernel: Kernel, _ operands: [Place], _ target: Place) throws {
    let facts = kernel.facts
    if operands.count != facts.operands.count { try fail("has \(operands.count) operands") }
    for (operand, size) in zip(operands, facts.operands) where operand.buffer == target.buffer {
      let distance = target.index - operand.index
      if distance.isConstant, distance.constant < size, -distance.constant < facts.target {
        try fail("writes what it reads")
      }
    }
  }

  // MARK: Buffers

  private mutating func declare(_ buffer: Int) throws {
    if isDeclared[buffer] { try fail("\(name(buffer)) is declared already") }
    isDeclared[buffer] = true
    guard let start = procedure.buffers[buffer].storage.start else { return }
    let size = procedure.buffers[buffer].size
    try check(start, size)
    if case .rowPointer = procedure.buffers[buffer].storage, procedure.buffers[start.buffer].size != size {
      try fail("the rows of \(name(buffer)) and \(name(start.buffer)) are not equally far apart")
    }
    if isSum(start.buffer) { try fail("points to \(name(start.buffer)), which is only added to") }
    pointees[buffer] = pointees[start.buffer] ?? start.buffer
    readers[buffer] = []
  }

  private mutating func read(_ buffer: Int) throws {
    if isSum(buffer) { try fail("reads \(name(buffer)), which is only added to") }
    if !isWritten(buffer, under: conditions) { try fail("reads \(name(buffer)), to which nothing has been written") }
    if let known = readers[buffer], !known.contains(where: conditions.imply) { readers[buffer]!.append(conditions) }
  }

  private func isWritten(_ buffer: Int, under conditions: Conditions) -> Bool {
    switch written[pointees[buffer] ?? buffer] {
    case .never: false
    case .always: true
    case .under(let known): known.contains(where: conditions.imply)
    }
  }

  private mutating func write(_ buffer: Int) throws {
    let buffer = pointees[buffer] ?? buffer
    if isReadOnly(buffer) { try fail("writes to \(name(buffer)), which is only read") }
    switch written[buffer] {
    case .always: break
    case .never: written[buffer] = conditions.areNone ? .always : .under([conditions])
    case .under(let known):
      if conditions.areNone {
        written[buffer] = .always
      } else if !known.contains(where: conditions.imply) {
        written[buffer] = .under(known + [conditions])
      }
    }
  }

  private mutating func exchange(_ a: Int, _ b: Int) throws {
    guard procedure.buffers[a].storage.start != nil, procedure.buffers[b].storage.start != nil,
      procedure.buffers[a].size == procedure.buffers[b].size
    else { try fail("\(name(a)) and \(name(b)) are no pointers to equally many reals") }
    for (pointer, other) in [(a, b), (b, a)] {
      try checkScope(pointer)
      // The next round reads as the first one did.
      if !readers[pointer]!.allSatisfy({ isWritten(other, under: $0) }) {
        try fail("\(name(pointer)) is read again, and nothing has been written to \(name(other))")
      }
    }
    (pointees[a], pointees[b]) = (pointees[b], pointees[a])
  }

  private func checkScope(_ buffer: Int) throws {
    switch procedure.buffers[buffer].storage {
    case .workspace, .local, .pointer, .rowPointer, .unplanned:
      // What is done once leaves its results where products for the batch find them.
      if case .batch = site, case .workspace = procedure.buffers[buffer].storage { return }
      if !isDeclared[buffer] { try fail("\(name(buffer)) is not declared here") }
    case .input, .output, .kept, .table, .rows, .keptRows: break
    }
  }

  private func check(_ place: Place, _ count: Int) throws {
    try checkScope(place.buffer)
    let size = procedure.buffers[place.buffer].size
    let range = try self.range(of: place.index)
    var (lower, upper) = (range.lowerBound, range.upperBound)
    if lower >= 0, upper <= size - count { return }
    for condition in conditions.inside {
      let rest = try self.range(of: place.index - condition.index)
      lower = max(lower, rest.lowerBound)
      upper = min(upper, rest.upperBound + condition.count - 1)
    }
    if lower < 0 || upper > size - count {
      try fail("\(name(place.buffer)) has \(size) entries, none at \(lower < 0 ? lower : upper + count - 1)")
    }
  }

  private func range(of index: Affine) throws -> ClosedRange<Int> {
    guard let range = index.range(in: loops) else { try fail("\(index) depends on a loop that is not around it") }
    return range
  }

  // MARK: What buffers are

  private func isSum(_ buffer: Int) -> Bool { procedure.buffers[buffer].storage.output.map(cleared.contains) ?? false }

  private func isReadOnly(_ buffer: Int) -> Bool {
    switch procedure.buffers[buffer].storage {
    case .input, .table: true
    case .kept, .keptRows: direction == .adjoint
    case .output, .workspace, .rows, .local, .pointer, .rowPointer, .unplanned: false
    }
  }

  private func isForBatch(_ buffer: Int) -> Bool {
    switch procedure.buffers[buffer].storage {
    case .input, .output, .table, .workspace, .rows, .keptRows, .rowPointer: true
    case .kept, .local, .pointer, .unplanned: false
    }
  }

  private func name(_ buffer: Int) -> String { procedure.name(buffer) }

  private func fail(_ reason: String) throws -> Never {
    let place =
      switch site {
      case .statement(let statement): procedure.firstLine(of: statement)
      case .batch(let product): procedure.text(of: product)
      case .rounds(let rounds): "all samples together \(rounds.loop)"
      case .end: "the end"
      }
    throw InvalidSchedule(place: place, reason: reason)
  }
}
