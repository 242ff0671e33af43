/// A sample by itself, of a program that is computed in lanes otherwise: what keeps nothing, what keeps, and the adjoint.
public struct AloneSchedule {
  public let forward: [Statement]
  public let forwardKeep: [Statement]
  public let backward: [Statement]?
  /// Whether all loops are written out, so that a header may define the functions: what is only right by the pragmas of
  /// the module's own C are loops (docs/compilers.md).
  public let isWrittenOut: Bool
}

extension ProgramSchedule {
  /// - Precondition: the program is one for lanes on the stack.
  public var alone: AloneSchedule {
    func body(_ procedure: Procedure) -> [Statement] {
      guard case .samples(let body)? = procedure.steps.first, procedure.steps.count == 1 else {
        preconditionFailure("a program in lanes has one step")
      }
      return body
    }
    let procedures = [forward] + (backward.map { [$0] } ?? [])
    let isWrittenOut = procedures.allSatisfy {
      body($0).writtenOutCount <= Threshold.writtenOutStatements && !$0.loadsTables
    }
    func prepared(_ body: [Statement], _ procedure: Procedure) -> [Statement] {
      var writer = RoundWriter(buffers: procedure.buffers)
      return isWrittenOut ? writer.writtenOut(body, [:]) : body
    }
    return AloneSchedule(
      forward: prepared(body(forward).keeping(false).withoutDeadStores(forward.buffers), forward),
      forwardKeep: prepared(body(forward).keeping(true), forward),
      backward: backward.map { prepared(body($0).keeping(true), $0) }, isWrittenOut: isWrittenOut)
  }
}

extension Procedure {
  /// Whether statements read literals of the module.
  fileprivate var loadsTables: Bool {
    let used = Accesses(steps.bodies.joined(), buffers).reads
    return used.contains { if case .table = buffers[$0].storage { true } else { false } }
  }
}

extension [Statement] {
  /// As they are in a run that keeps what the adjoint wants, or in one that does not: without conditions on that.
  fileprivate func keeping(_ isKept: Bool) -> [Statement] {
    flatMap { statement -> [Statement] in
      if case .whenKept(let body) = statement { return isKept ? body.keeping(isKept) : [] }
      return [statement.mapBodies { $0.keeping(isKept) }]
    }
  }

  /// How many there are when loops are written out.
  fileprivate var writtenOutCount: Int {
    reduce(0) { count, statement in
      let inside = statement.body?.writtenOutCount ?? 1
      guard case .loop(let loop) = statement else { return count + inside }
      let (product, overflow) = inside.multipliedReportingOverflow(by: loop.upper - loop.lower)
      return overflow || product > 1 << 30 ? 1 << 30 : Swift.min(count + product, 1 << 30)
    }
  }
}

/// Writes the rounds of loops one after another. A buffer is declared in the first that does; what a pointer points to is
/// known then, and stands in its place.
private struct RoundWriter {
  let buffers: [Buffer]
  private var declared = Set<Int>()
  /// What pointers point to.
  private var targets: [Int: Place] = [:]

  init(buffers: [Buffer]) { self.buffers = buffers }

  /// - Parameter values: of the variables of the loops around.
  mutating func writtenOut(_ body: [Statement], _ values: [LoopVariable: Int]) -> [Statement] {
    var result: [Statement] = []
    for statement in body {
      switch statement {
      case .loop(let loop):
        let rounds = loop.lower..<loop.upper
        let order: [Int] = loop.descending ? rounds.reversed() : rounds.map { $0 }
        for round in order {
          let body = writtenOut(loop.body, values.merging([loop.variable: round]) { $1 })
          // Where they come from is said once.
          result += round == order[0] ? body : body.filter { if case .note = $0 { false } else { true } }
        }
      case .declare(let buffer):
        if case .pointer(let start) = buffers[buffer].storage {
          targets[buffer] = fixed(start, values)
        } else if declared.insert(buffer).inserted {
          result.append(statement)
        }
      case .swap(let a, let b): (targets[a], targets[b]) = (targets[b], targets[a])
      case .whenInside(let index, let count, let body):
        if (0..<count).contains(index.fixing(values).constant) { result += writtenOut(body, values) }
      case .note: result.append(statement)
      case .assign(let place, let value): result.append(.assign(fixed(place, values), fixed(value, values)))
      case .accumulate(let place, let value): result.append(.accumulate(fixed(place, values), fixed(value, values)))
      case .kernel, .whenKept, .whenWanted: preconditionFailure("of no program on the stack")
      }
    }
    return result
  }

  private func fixed(_ place: Place, _ values: [LoopVariable: Int]) -> Place {
    let index = place.index.fixing(values)
    return targets[place.buffer]?.offset(by: index) ?? Place(buffer: place.buffer, index: index)
  }

  private func fixed(_ value: Expression, _ values: [LoopVariable: Int]) -> Expression {
    switch value {
    case .literal: value
    case .load(let place): .load(fixed(place, values))
    case .indicator(let index): .literal(index.fixing(values).constant == 0 ? 1 : 0)
    case .sum(let a, let b): .sum(fixed(a, values), fixed(b, values))
    case .difference(let a, let b): .difference(fixed(a, values), fixed(b, values))
    case .product(let a, let b): .product(fixed(a, values), fixed(b, values))
    case .negation(let a): .negation(fixed(a, values))
    }
  }
}
