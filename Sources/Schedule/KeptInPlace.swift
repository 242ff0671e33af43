import LinearMaps

extension Draft {
  /// What is computed and then copied to be kept is computed where it is kept, in runs that keep.
  ///
  /// - Parameter limit: values up to this size, in reals, are copied.
  mutating func keepInPlace(above limit: Int) {
    let accesses = body.map { Accesses([$0], buffers) }
    for index in body.indices {
      guard case .whenKept(let inner) = body[index] else { continue }
      let rest = inner.filter { statement in
        guard let (source, kept, offset) = keptCopy(statement), buffers[source].size > limit,
          buffers[source].keptAt == nil,
          !accesses[(index + 1)...].contains(where: { $0.writes.contains(source) }),
          !accesses.indices.contains(where: { $0 != index && accesses[$0].all.contains(kept) }),
          inner.filter({ Accesses([$0], buffers).all.contains(kept) || Accesses([$0], buffers).writes.contains(source) }
          )
          .count == 1
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
