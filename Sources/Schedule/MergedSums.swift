import LinearMaps

// A gradient that is added up in memory of its own and then added to an output, as that of a matrix in a second loop
// is, may as well be added to the output right away. That saves a pass, and in a loop that is cut it saves a matrix for
// every sample.

extension Draft {
  /// After `accumulateOutputs`.
  mutating func mergeSums() { body = mergingSums(body) }

  private func mergingSums(_ list: [Statement]) -> [Statement] {
    var list = list
    var own = Set<Int>()
    for case .declare(let buffer) in list { own.insert(buffer) }
    var isChanged = true
    while isChanged {
      isChanged = false
      for index in list.indices {
        guard let (sum, target, rest) = lastAddition(list[index], own),
          !Accesses(Array(list[(index + 1)...]), buffers).all.contains(sum)
        else { continue }
        // What is left of the statement may read the sum too.
        var others = list
        others.replaceSubrange(index...index, with: rest.map { [$0] } ?? [])
        guard Draft(buffers: buffers, body: others).isOnlyAddedTo(sum) else { continue }
        others.removeAll { $0 == .declare(sum) }
        list = Draft(buffers: buffers, body: others).adding(to: sum, others).map { $0.replacing(sum, by: target) }
        own.remove(sum)
        isChanged = true
        break
      }
    }
    return list.map { statement in
      guard case .loop(let loop) = statement else { return statement }
      return .loop(loop.with(body: mergingSums(loop.body)))
    }
  }

  /// The addition of all of an own buffer to an output: the buffer, where it goes, and what else the statement does.
  private func lastAddition(_ statement: Statement, _ own: Set<Int>) -> (sum: Int, target: Place, rest: Statement?)? {
    guard case .loop(let loop) = statement, loop.body.count == 1, case .accumulate(let target, let value) = loop.body[0],
      loop.lower == 0, !loop.descending, case .output = buffers[target.buffer].storage
    else { return nil }
    let start = target.index - Affine(loop.variable)
    guard !start.terms.contains(where: { $0.variable == loop.variable }) else { return nil }
    let terms = value.terms
    for (position, term) in terms.enumerated() {
      guard case .load(let place) = term, own.contains(place.buffer), place.index == Affine(loop.variable),
        buffers[place.buffer].storage == .unplanned, buffers[place.buffer].size == loop.upper
      else { continue }
      var others = terms
      others.remove(at: position)
      let rest = others.dropFirst().reduce(others.first) { .sum($0!, $1) }
      return (
        place.buffer, Place(buffer: target.buffer, index: start),
        rest.map { .loop(loop.with(body: [.accumulate(target, $0)])) }
      )
    }
    return nil
  }
}

extension Expression {
  /// What it is the sum of.
  fileprivate var terms: [Expression] {
    if case .sum(let a, let b) = self { a.terms + b.terms } else { [self] }
  }

  fileprivate func replacing(_ buffer: Int, by place: Place) -> Expression {
    func replaced(_ value: Expression) -> Expression { value.replacing(buffer, by: place) }
    switch self {
    case .literal, .indicator: return self
    case .load(let from): return .load(from.replacing(buffer, by: place))
    case .sum(let a, let b): return .sum(replaced(a), replaced(b))
    case .difference(let a, let b): return .difference(replaced(a), replaced(b))
    case .product(let a, let b): return .product(replaced(a), replaced(b))
    case .negation(let a): return .negation(replaced(a))
    }
  }
}

extension Place {
  fileprivate func replacing(_ buffer: Int, by place: Place) -> Place {
    self.buffer == buffer ? place.offset(by: index) : self
  }
}

extension Statement {
  /// Writes to the place instead of the buffer's start.
  fileprivate func replacing(_ buffer: Int, by place: Place) -> Statement {
    func all(_ body: [Statement]) -> [Statement] { body.map { $0.replacing(buffer, by: place) } }
    switch self {
    case .note, .declare, .swap: return self
    case .loop(let loop): return .loop(loop.with(body: all(loop.body)))
    case .assign(let target, let value):
      return .assign(target.replacing(buffer, by: place), value.replacing(buffer, by: place))
    case .accumulate(let target, let value):
      return .accumulate(target.replacing(buffer, by: place), value.replacing(buffer, by: place))
    case .kernel(let kernel, let operands, let target, let accumulate):
      return .kernel(
        kernel, operands: operands.map { $0.replacing(buffer, by: place) },
        target: target.replacing(buffer, by: place), accumulate: accumulate)
    case .whenKept(let inner): return .whenKept(all(inner))
    case .whenInside(let index, let count, let inner): return .whenInside(index, count: count, all(inner))
    case .whenWanted(let wanted, let inner): return .whenWanted(wanted, all(inner))
    }
  }
}
