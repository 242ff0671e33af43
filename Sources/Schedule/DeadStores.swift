/// Removes what is written and never read. Graphs arrive without dead nodes, but planning finds more: entries that all
/// consumers cut away, factors of a structural zero.
extension Draft {
  mutating func removeDead() {
    var sources: [Int: Set<Int>] = [:]
    func add(_ target: Int, _ source: Int) { sources[target, default: []].insert(source) }
    func collect(_ body: [Statement]) {
      for statement in body {
        switch statement {
        case .note: break
        case .declare(let buffer):
          // A pointer and what it points to live together.
          if case .pointer(let start) = buffers[buffer].storage {
            add(buffer, start.buffer)
            add(start.buffer, buffer)
          }
        case .loop(let loop): collect(loop.body)
        case .assign(let place, let value), .accumulate(let place, let value):
          value.visit { add(place.buffer, $0.buffer) }
        case .kernel(_, let operands, let target, _): for operand in operands { add(target.buffer, operand.buffer) }
        case .whenKept(let inner), .whenInside(_, _, let inner), .whenWanted(_, let inner): collect(inner)
        case .swap(let a, let b):
          add(a, b)
          add(b, a)
        }
      }
    }
    collect(body)
    var live = Set<Int>()
    var work = buffers.indices.filter { buffers[$0].storage.isResult }
    live.formUnion(work)
    while let buffer = work.popLast() {
      for source in sources[buffer] ?? [] where live.insert(source).inserted { work.append(source) }
    }
    body = body.compactMap { $0.keeping(live) }.withoutIdleNotes
  }
}

extension Storage {
  /// Read after the procedure has ended.
  fileprivate var isResult: Bool {
    switch self {
    case .output, .kept: true
    case .input, .table, .workspace, .rows, .keptRows, .local, .pointer, .rowPointer, .unplanned: false
    }
  }
}

extension Statement {
  fileprivate func keeping(_ live: Set<Int>) -> Statement? {
    switch self {
    case .note: return self
    case .declare(let buffer): return live.contains(buffer) ? self : nil
    case .assign(let place, _), .accumulate(let place, _): return live.contains(place.buffer) ? self : nil
    case .kernel(_, _, let target, _): return live.contains(target.buffer) ? self : nil
    case .swap(let a, _): return live.contains(a) ? self : nil
    case .loop(let loop):
      let body = loop.body.compactMap { $0.keeping(live) }.withoutIdleNotes
      if body.isEmpty { return nil }
      return .loop(loop.with(body: body))
    case .whenKept(let inner):
      let body = inner.compactMap { $0.keeping(live) }.withoutIdleNotes
      return body.isEmpty ? nil : .whenKept(body)
    case .whenInside(let index, let count, let inner):
      let body = inner.compactMap { $0.keeping(live) }.withoutIdleNotes
      return body.isEmpty ? nil : .whenInside(index, count: count, body)
    case .whenWanted(let wanted, let inner):
      let body = inner.compactMap { $0.keeping(live) }.withoutIdleNotes
      return body.isEmpty ? nil : .whenWanted(wanted, body)
    }
  }
}

extension [Statement] {
  /// Notes stand above something; a note right after another, or at the end, stands above nothing.
  fileprivate var withoutIdleNotes: [Statement] {
    var result: [Statement] = []
    for statement in self {
      if case .note = statement, case .note? = result.last { result.removeLast() }
      result.append(statement)
    }
    if case .note? = result.last { result.removeLast() }
    return result
  }
}
