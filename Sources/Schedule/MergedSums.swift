import LinearMaps

// A gradient that is added up in memory of its own and then added to an output, as that of a matrix in a second loop
// is, may as well be added to the output right away. That saves a pass, and in a loop that is cut it saves a matrix for
// every sample.
//
//   new sum                                    for k in 0 ..< 9 descending
//   for i in 0 ..< 100                           w_bar[0] += product 10x1 1x10 (s[0], y[0])
//     sum[i] = 0.0
//   for k in 0 ..< 9 descending           →
//     sum[0] += product 10x1 1x10 (s[0], y[0])
//   for i in 0 ..< 100
//     w_bar[i] += sum[i]

extension SchedulePass {
  /// After `accumulateOutputs`.
  static let mergeSums = SchedulePass("merge-sums") { $0.body = $0.mergingSums($0.body) }
}

extension Draft {
  fileprivate func mergingSums(_ list: [Statement]) -> [Statement] {
    var list = list
    // What something else reads too is no such sum.
    var reads: [Int: Int] = [:]
    list.allEffects { if case .reads(let place, _) = $0 { reads[place.buffer, default: 0] += 1 } }
    var own = Set<Int>()
    for case .declare(let buffer) in list where reads[buffer] == 1 { own.insert(buffer) }
    var isChanged = true
    while isChanged {
      isChanged = false
      for index in list.indices {
        guard let (sum, target, rest) = lastAddition(list[index], own),
          !Accesses(list[(index + 1)...], buffers).all.contains(sum)
        else { continue }
        var others = list
        others.replaceSubrange(index...index, with: rest.map { [$0] } ?? [])
        guard isOnlyAddedTo(sum, by: others) else { continue }
        others.removeAll { $0 == .declare(sum) }
        list = adding(to: sum, others).map { statement in
          statement.mapPlaces { $0.buffer == sum ? target.offset(by: $0.index) : $0 }
        }
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
    guard case .loop(let loop) = statement, loop.body.count == 1,
      case .accumulate(let target, let value) = loop.body[0],
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
}
