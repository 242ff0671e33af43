import LinearMaps

// Elementwise assignments: an expression for each range of entries, so that no entry is tested in a loop.

/// One entry of a vector that has this factor, at a place that may depend on loop variables.
private struct UnitTerm {
  let factor: Scalar
  let position: Affine
  let lower: Int
  let upper: Int
}

extension Emission {
  /// target[i] = form[i] for all entries.
  func assign(_ form: Form, to target: Place, size: Int) -> [Statement] {
    if size == 1 { return assign(expression(form.entry(0)), to: target) }
    if case .atom(let atom) = form, case .constant(let runs, _) = atom.kind, runs.runs.count > Threshold.constantRuns {
      return fill(runs, target, size: size)
    }
    let (rest, units) = form.split()
    var result = ranges(of: rest, target, size: size)
    var isZero = false
    if case .zero = rest { isZero = units.count == 1 }
    for unit in units {
      let entry = target.offset(by: unit.position)
      let factor = expression(unit.factor)
      let write = isZero ? Statement.assign(entry, factor) : .accumulate(entry, factor)
      let range = unit.position.range
      if range.upperBound < unit.lower || range.lowerBound >= unit.upper { continue }
      if range.lowerBound >= unit.lower, range.upperBound < unit.upper {
        result.append(write)
      } else {
        result.append(.whenInside(unit.position + -unit.lower, count: unit.upper - unit.lower, [write]))
      }
    }
    return result
  }

  /// Nothing where the value is there already.
  private func assign(_ value: Expression, to target: Place) -> [Statement] {
    if value == .load(target) { return [] }
    if case .sum(.load(target), let addend) = value { return [.accumulate(target, addend)] }
    return [.assign(target, value)]
  }

  private func ranges(of form: Form, _ target: Place, size: Int) -> [Statement] {
    if size <= Threshold.tinyVector {
      var result: [Statement] = []
      for index in 0..<size {
        result += assign(expression(form.entry(index)), to: target.offset(by: index))
      }
      return result
    }
    var edges: Set<Int> = [0, size]
    form.edges(into: &edges)
    let sorted = edges.filter { $0 >= 0 && $0 <= size }.sorted()
    let variable = variable(.row, bound: size)
    // Neighbours with the same expression are one range.
    var ranges: [(lower: Int, upper: Int, value: Scalar?)] = []
    for (lower, upper) in zip(sorted, sorted.dropFirst()) {
      let value = form.entry(at: Affine(variable), probe: lower)
      if let last = ranges.last, last.value == value {
        ranges[ranges.count - 1].upper = upper
      } else {
        ranges.append((lower, upper, value))
      }
    }
    var result: [Statement] = []
    for range in ranges {
      if range.upper - range.lower == 1 {
        result += assign(expression(form.entry(range.lower)), to: target.offset(by: range.lower))
        continue
      }
      let body = assign(expression(range.value), to: target.offset(by: Affine(variable)))
      if body.isEmpty { continue }
      result.append(
        .loop(
          CountedLoop(
            variable: variable, lower: range.lower, upper: range.upper, descending: false, body: body)))
    }
    return result
  }

  /// A constant of many runs: zeros, then its entries, those at equal distances by a loop.
  private func fill(_ runs: ConstantRuns, _ target: Place, size: Int) -> [Statement] {
    var result = ranges(of: .zero, target, size: size)
    for progression in Progression.split(runs.vector) {
      let value = Expression.literal(progression.value)
      if progression.count == 1 {
        result.append(.assign(target.offset(by: progression.start), value))
        continue
      }
      let variable = variable(.row, bound: progression.count)
      let entry = target.offset(by: Affine(variable, times: progression.step) + progression.start)
      result.append(
        .loop(
          CountedLoop(
            variable: variable, lower: 0, upper: progression.count, descending: false, body: [.assign(entry, value)])))
    }
    return result
  }
}

extension Form {
  /// Apart, the unit vectors with their factors: their place may depend on the round.
  fileprivate func split() -> (rest: Form, units: [UnitTerm]) {
    switch self {
    case .zero: return (.zero, [])
    // Where it is a unit vector, its entries are.
    case .entrywise: return (self, [])
    case .atom(let atom):
      guard case .unit(let position) = atom.kind else { return (self, []) }
      return (.zero, [UnitTerm(factor: .literal(1), position: position, lower: atom.lower, upper: atom.upper)])
    case .sum(let a, let b):
      let (left, right) = (a.split(), b.split())
      return (.add(left.rest, right.rest), left.units + right.units)
    case .scale(let factor, let a):
      let (rest, units) = a.split()
      return (.multiply(factor, rest), units.map { $0.scaled { .multiply(factor, $0) } })
    case .scaled(let factor, let a):
      let (rest, units) = a.split()
      return (.multiply(factor, rest), units.map { $0.scaled { .multiply(factor, $0) ?? $0 } })
    }
  }
}

extension UnitTerm {
  fileprivate func scaled(_ change: (Scalar) -> Scalar) -> UnitTerm {
    UnitTerm(factor: change(factor), position: position, lower: lower, upper: upper)
  }
}
