import LinearMaps

// The adjoint of a model adds the gradients of all samples up: whatever writes to an output adds to it instead, and the
// outputs are 0 at first. Where an output is also read, or an entry written twice, it is computed in memory of its own
// and added at the end.

extension Draft {
  mutating func accumulateOutputs() {
    accumulatesOutputs = true
    // A net of many layers has many outputs, each of which few statements have to do with.
    var statements = body.map { [$0] }
    var places: [Int: [Int]] = [:]
    for (index, statement) in body.enumerated() {
      for buffer in Accesses([statement], buffers).all where buffers[buffer].storage.isOutput {
        places[buffer, default: []].append(index)
      }
    }
    body = []
    for buffer in buffers.indices {
      guard case .output(let output) = buffers[buffer].storage else { continue }
      let places = places[buffer] ?? []
      if isOnlyAddedTo(buffer, by: places.flatMap { statements[$0] }) {
        for place in places { statements[place] = adding(to: buffer, statements[place]) }
        continue
      }
      buffers[buffer].storage = .unplanned
      buffers.append(Buffer(name: buffers[buffer].name, size: buffers[buffer].size, storage: .output(output)))
      let (source, target) = (
        Place(buffer: buffer, index: Affine(0)), Place(buffer: buffers.count - 1, index: Affine(0))
      )
      body.append(copy(source, to: target, size: buffers[buffer].size, accumulate: true))
    }
    body = statements.flatMap { $0 } + body
  }

  /// Whether the buffer stays the same, but for what was in it before, where each of its writes adds to it.
  func isOnlyAddedTo(_ buffer: Int) -> Bool { isOnlyAddedTo(buffer, by: body) }

  /// - Parameter statements: all that have to do with the buffer, in order.
  private func isOnlyAddedTo(_ buffer: Int, by statements: [Statement]) -> Bool {
    var earlier: [Write] = []
    for statement in statements {
      var writes = OutputWrites(buffer: buffer, buffers: buffers)
      writes.walk(statement)
      guard writes.areAllKnown, writes.found.count + earlier.count <= OutputWrites.limit else { return false }
      for (index, write) in writes.found.enumerated() where write.kind != .sum {
        // An entry that is overwritten must not hold anything.
        if earlier.contains(where: { $0.kind != .zero && $0.range.overlaps(write.range) }) { return false }
        for (other, sibling) in writes.found.enumerated() where other != index {
          if sibling.range.overlaps(write.range) { return false }
        }
      }
      earlier += writes.found
    }
    return true
  }

  func adding(to buffer: Int, _ body: [Statement]) -> [Statement] {
    body.compactMap { statement in
      switch statement {
      case .note, .declare, .accumulate, .swap: return statement
      case .assign(let place, let value):
        guard place.buffer == buffer else { return statement }
        return value == .literal(0) ? nil : .accumulate(place, value)
      case .kernel(let kernel, let operands, let target, _):
        return target.buffer == buffer
          ? .kernel(kernel, operands: operands, target: target, accumulate: true) : statement
      case .loop(let loop):
        let inner = adding(to: buffer, loop.body)
        return inner.isEmpty ? nil : .loop(loop.with(body: inner))
      case .whenKept(let inner):
        let inner = adding(to: buffer, inner)
        return inner.isEmpty ? nil : .whenKept(inner)
      case .whenInside(let index, let count, let inner):
        let inner = adding(to: buffer, inner)
        return inner.isEmpty ? nil : .whenInside(index, count: count, inner)
      case .whenWanted(let wanted, let inner):
        let inner = adding(to: buffer, inner)
        return inner.isEmpty ? nil : .whenWanted(wanted, inner)
      }
    }
  }
}

extension Storage {
  fileprivate var isOutput: Bool { if case .output = self { true } else { false } }
}

extension CountedLoop {
  func with(body: [Statement]) -> CountedLoop {
    CountedLoop(variable: variable, lower: lower, upper: upper, descending: descending, body: body)
  }
}

extension Statement {
  /// With other statements inside of it.
  func mappingBodies(_ change: ([Statement]) -> [Statement]) -> Statement {
    switch self {
    case .note, .declare, .assign, .accumulate, .kernel, .swap: self
    case .loop(let loop): .loop(loop.with(body: change(loop.body)))
    case .whenKept(let body): .whenKept(change(body))
    case .whenInside(let index, let count, let body): .whenInside(index, count: count, change(body))
    case .whenWanted(let wanted, let body): .whenWanted(wanted, change(body))
    }
  }
}

/// One statement's writes to a buffer, over all rounds of the loops around it.
private struct Write {
  enum Kind { case sum, zero, value }
  let kind: Kind
  /// No entry outside of it is written.
  let range: Range<Int>
}

/// What a statement does to a buffer that is only written.
private struct OutputWrites {
  static let limit = 200
  let buffer: Int
  let buffers: [Buffer]
  private(set) var found: [Write] = []
  /// False where the buffer is read, or where an entry may be overwritten several times.
  private(set) var areAllKnown = true
  private var loops: [CountedLoop] = []

  init(buffer: Int, buffers: [Buffer]) {
    self.buffer = buffer
    self.buffers = buffers
  }

  mutating func walk(_ statement: Statement) {
    switch statement {
    case .note: break
    case .declare(let declared):
      if case .pointer(let start) = buffers[declared].storage, start.buffer == buffer { areAllKnown = false }
    case .swap(let a, let b): if a == buffer || b == buffer { areAllKnown = false }
    case .loop(let loop):
      loops.append(loop)
      for inner in loop.body { walk(inner) }
      loops.removeLast()
    case .assign(let place, let value):
      read(value)
      write(place, count: 1, value == .literal(0) ? .zero : .value)
    case .accumulate(let place, let value):
      read(value)
      write(place, count: 1, .sum)
    case .kernel(let kernel, let operands, let target, let accumulate):
      if operands.contains(where: { $0.buffer == buffer }) { areAllKnown = false }
      guard target.buffer == buffer else { break }
      guard let count = kernel.sumSize else {
        areAllKnown = false
        break
      }
      write(target, count: count, accumulate ? .sum : .value)
    case .whenKept(let inner), .whenInside(_, _, let inner), .whenWanted(_, let inner):
      for statement in inner { walk(statement) }
    }
  }

  private mutating func read(_ value: Expression) {
    value.visit { if $0.buffer == buffer { areAllKnown = false } }
  }

  private mutating func write(_ place: Place, count: Int, _ kind: Write.Kind) {
    guard place.buffer == buffer else { return }
    var (lower, upper) = (place.index.constant, place.index.constant)
    for term in place.index.terms {
      guard let loop = loops.last(where: { $0.variable == term.variable }) else {
        areAllKnown = false
        return
      }
      let ends = [loop.lower * term.coefficient, (loop.upper - 1) * term.coefficient]
      lower += ends.min()!
      upper += ends.max()!
    }
    if kind != .sum, !isInjective(place.index, count: count) { areAllKnown = false }
    found.append(Write(kind: kind, range: lower..<(upper + count)))
  }

  /// Whether no two rounds of the loops write to the same entry: the steps are those of a number system.
  private func isInjective(_ index: Affine, count: Int) -> Bool {
    var steps: [(step: Int, trips: Int)] = []
    for loop in loops where loop.upper - loop.lower > 1 {
      guard let term = index.terms.first(where: { $0.variable == loop.variable }) else { return false }
      steps.append((Int(term.coefficient.magnitude), loop.upper - loop.lower))
    }
    var reach = count
    for (step, trips) in steps.sorted(by: { $0.step < $1.step }) {
      if step < reach { return false }
      reach += step * (trips - 1)
    }
    return true
  }
}

extension Kernel {
  /// The number of reals that it adds to its target; nil where it can only overwrite.
  fileprivate var sumSize: Int? {
    switch self {
    case .product(let product, _): product.m * product.n
    case .convolution(let convolution): convolution.extents(of: convolution.role).reduce(1, *)
    case .middleProduct, .layer, .reluAdjointOfImage, .reluAdjointOfPool, .averagePool, .averageUnpool, .nonlinear,
      .nonlinearAdjoint:
      nil
    }
  }
}
