import LinearMaps

// The adjoint of a model adds the gradients of all samples up: whatever writes to an output adds to it instead, and the
// outputs are 0 at first. Where an output is also read, or an entry written twice, it is computed in memory of its own
// and added at the end.
//
//   w_bar[i] = x[i] * y[0]             w_bar[i] += x[i] * y[0]
//   b_bar[i] = y[i]               →    new b_bar'
//   c_bar[i] = b_bar[i] * 2            b_bar'[i] = y[i]
//                                      c_bar[i] += b_bar'[i] * 2
//                                      b_bar[i] += b_bar'[i]

extension SchedulePass {
  static let accumulateOutputs = SchedulePass("accumulate-outputs") { $0.accumulateOutputs() }
}

extension Draft {
  fileprivate mutating func accumulateOutputs() {
    accumulatesOutputs = true
    // A net of many layers has many outputs, each of which few statements have to do with.
    var statements = body.map { [$0] }
    var places: [Int: [Int]] = [:]
    for (index, statement) in body.enumerated() {
      for buffer in Accesses([statement], buffers).all where buffers[buffer].storage.output != nil {
        places[buffer, default: []].append(index)
      }
    }
    var declarations: [Statement] = []
    var additions: [Statement] = []
    for buffer in buffers.indices {
      guard let output = buffers[buffer].storage.output else { continue }
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
      declarations.append(.declare(buffer))
      additions.append(copy(source, to: target, size: buffers[buffer].size, accumulate: true))
    }
    body = declarations + statements.flatMap { $0 } + additions
  }

  /// Whether each write to the buffer may as well add to it: nothing reads it, and no entry is written when it holds
  /// something already.
  ///
  /// - Parameter statements: all that have to do with the buffer, in order.
  func isOnlyAddedTo(_ buffer: Int, by statements: [Statement]) -> Bool {
    var earlier: [Write] = []
    for statement in statements {
      var writes = OutputWrites(buffer: buffer, buffers: buffers)
      writes.walk([statement])
      guard writes.areAllKnown, writes.found.count + earlier.count <= Threshold.comparedWrites else { return false }
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

  /// The statements with additions to the buffer in place of what writes to it, and without what writes zeros.
  func adding(to buffer: Int, _ body: [Statement]) -> [Statement] {
    body.compactMap { statement in
      guard statement.target?.buffer == buffer else {
        let statement = statement.mapBodies { adding(to: buffer, $0) }
        return statement.isEmptied ? nil : statement
      }
      if case .assign(let place, let value) = statement {
        return value == .literal(0) ? nil : .accumulate(place, value)
      }
      if case .kernel(let kernel, let operands, let target, _) = statement {
        return .kernel(kernel, operands: operands, target: target, accumulate: true)
      }
      return statement
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

/// What statements do to a buffer that is only written.
private struct OutputWrites {
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

  mutating func walk(_ body: [Statement]) {
    for statement in body {
      let isZero = if case .assign(_, .literal(0)) = statement { true } else { false }
      statement.effects { effect in
        switch effect {
        case .reads(let place, _): if place.buffer == buffer { areAllKnown = false }
        case .writes(let place, let count): write(place, count: count, isZero ? .zero : .value)
        case .adds(let place, let count): write(place, count: count, .sum)
        case .declares(let declared):
          if case .pointer(let start) = buffers[declared].storage, start.buffer == buffer { areAllKnown = false }
        case .swaps(let a, let b): if a == buffer || b == buffer { areAllKnown = false }
        case .compares: break
        }
      }
      if case .kernel(let kernel, _, let target, _) = statement, target.buffer == buffer, !kernel.facts.canAdd {
        areAllKnown = false
      }
      if case .loop(let loop) = statement { loops.append(loop) }
      if let body = statement.body { walk(body) }
      if case .loop = statement { loops.removeLast() }
    }
  }

  private mutating func write(_ place: Place, count: Int, _ kind: Write.Kind) {
    guard place.buffer == buffer else { return }
    guard let range = place.index.range(in: loops) else {
      areAllKnown = false
      return
    }
    if kind != .sum, !isInjective(place.index, count: count) { areAllKnown = false }
    found.append(Write(kind: kind, range: range.lowerBound..<(range.upperBound + count)))
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
