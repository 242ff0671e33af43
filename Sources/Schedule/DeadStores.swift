// Removes what is written and never read. Graphs arrive without dead nodes, but planning finds more: entries that all
// consumers cut away, factors of a structural zero.
//
//   new t                              result[0] = x[0]
//   t[0] = x[0] * 2               →
//   result[0] = x[0]

extension SchedulePass {
  static let removeDeadStores = SchedulePass("remove-dead-stores") { $0.body = $0.body.withoutDeadStores($0.buffers) }
}

extension [Statement] {
  func withoutDeadStores(_ buffers: [Buffer]) -> [Statement] {
    var sources: [Int: Set<Int>] = [:]
    func add(_ target: Int, _ source: Int) { sources[target, default: []].insert(source) }
    visitAll { statement in
      let target = statement.target
      statement.effects { effect in
        switch effect {
        case .reads(let place, _): if let target { add(target.buffer, place.buffer) }
        case .writes, .adds, .compares: break
        case .declares(let buffer):
          // A pointer and what it points to live together.
          if case .pointer(let start) = buffers[buffer].storage {
            add(buffer, start.buffer)
            add(start.buffer, buffer)
          }
        case .swaps(let a, let b):
          add(a, b)
          add(b, a)
        }
      }
    }
    var live = Set<Int>()
    var work = buffers.indices.filter { buffers[$0].storage.isResult }
    live.formUnion(work)
    while let buffer = work.popLast() {
      for source in sources[buffer] ?? [] where live.insert(source).inserted { work.append(source) }
    }
    return keeping(live)
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

extension [Statement] {
  fileprivate func keeping(_ live: Set<Int>) -> [Statement] {
    var result: [Statement] = []
    for statement in self where statement.isFor(live) {
      let statement = statement.mapBodies { $0.keeping(live) }
      if statement.isEmptied { continue }
      // Notes stand above something; a note right after another, or at the end, stands above nothing.
      if case .note = statement, case .note? = result.last { result.removeLast() }
      result.append(statement)
    }
    if case .note? = result.last { result.removeLast() }
    return result
  }
}

extension Statement {
  /// Whether what it does itself, if anything, is done to one of the buffers.
  fileprivate func isFor(_ buffers: Set<Int>) -> Bool {
    var result = true
    effects { effect in
      switch effect {
      case .writes(let place, _), .adds(let place, _): result = buffers.contains(place.buffer)
      case .declares(let buffer), .swaps(let buffer, _): result = buffers.contains(buffer)
      case .reads, .compares: break
      }
    }
    return result
  }
}
