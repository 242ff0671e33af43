import LinearMaps

// What is computed and then copied to be kept is computed where it is kept, in runs that keep.
//
//   hidden : real[1024] in no place                  hidden : real[1024] in no place, or kept rows + 64
//
//   hidden[0] = tanh of 1024 (…)                     hidden[0] = tanh of 1024 (…)
//   when kept                                   →
//     for i in 0 ..< 1024
//       kept[i] = hidden[i]

extension SchedulePass {
  static let keepInPlace = SchedulePass("keep-in-place") { $0.keepInPlace(above: Threshold.localVector) }
}

extension Draft {
  /// - Parameter limit: values up to this size, in reals, are copied.
  fileprivate mutating func keepInPlace(above limit: Int) {
    let places = AccessPlaces(body, buffers)
    for index in body.indices {
      guard case .whenKept(let inner) = body[index] else { continue }
      let innerPlaces = AccessPlaces(inner, buffers)
      let rest = inner.filter { statement in
        guard let (source, kept, offset) = keptCopy(statement), buffers[source].size > limit,
          buffers[source].keptAt == nil, places.writers(of: source).allSatisfy({ $0 <= index }),
          places.users(of: kept).allSatisfy({ $0 == index }),
          innerPlaces.users(of: kept).union(innerPlaces.writers(of: source)).count == 1
        else { return true }
        buffers[source].keptAt = offset
        return false
      }
      body[index] = .whenKept(rest)
    }
    body.removeAll { $0 == .whenKept([]) }
  }

  /// A copy of all of one buffer to all of another, which is kept.
  private func keptCopy(_ statement: Statement) -> (source: Int, kept: Int, offset: Int)? {
    guard case .loop(let loop) = statement, loop.body.count == 1,
      case .assign(let target, .load(let source)) = loop.body[0], loop.lower == 0,
      loop.upper == buffers[source.buffer].size, loop.upper == buffers[target.buffer].size,
      source.index == Affine(loop.variable), target.index == source.index,
      buffers[source.buffer].storage == .unplanned, case .kept(let offset) = buffers[target.buffer].storage
    else { return nil }
    return (source.buffer, target.buffer, offset)
  }
}

/// For each buffer, which statements of a list have to do with it.
private struct AccessPlaces {
  private var use: [Int: Set<Int>] = [:]
  private var write: [Int: Set<Int>] = [:]

  init(_ body: [Statement], _ buffers: [Buffer]) {
    for (index, statement) in body.enumerated() {
      let accesses = Accesses([statement], buffers)
      for buffer in accesses.all { use[buffer, default: []].insert(index) }
      for buffer in accesses.writes { write[buffer, default: []].insert(index) }
    }
  }

  func users(of buffer: Int) -> Set<Int> { use[buffer] ?? [] }
  func writers(of buffer: Int) -> Set<Int> { write[buffer] ?? [] }
}
