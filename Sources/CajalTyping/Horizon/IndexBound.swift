/// The largest index at which a `Nat` vector can have an entry: max(constant, p₁ + offset₁, p₂ + offset₂, …), where
/// the parameters stand for bounds that are not known yet. `Int.max` is "beyond all bounds"; sums saturate.
struct IndexBound: Hashable {
  private(set) var constant: Int
  private(set) var offsets: [Int: Int]

  init(_ constant: Int) {
    self.constant = constant
    offsets = [:]
  }

  init(parameter: Int) {
    constant = 0
    offsets = [parameter: 0]
  }

  var isConstant: Bool { offsets.isEmpty }

  func offset(of parameter: Int) -> Int? { offsets[parameter] }

  func without(_ parameter: Int) -> IndexBound {
    var bound = self
    bound.offsets[parameter] = nil
    return bound
  }

  func joined(with other: IndexBound) -> IndexBound {
    var bound = self
    bound.constant = max(constant, other.constant)
    bound.offsets.merge(other.offsets, uniquingKeysWith: max)
    return bound
  }

  func raised(by amount: Int) -> IndexBound {
    if amount == 0 { return self }
    var bound = self
    bound.constant = saturatingSum(constant, amount)
    bound.offsets = offsets.mapValues { saturatingSum($0, amount) }
    return bound
  }

  /// Of a natural that is one less.
  func lowered() -> IndexBound {
    var bound = self
    bound.constant = max(constant - 1, 0)
    if constant == .max { bound.constant = .max }
    bound.offsets = offsets.mapValues { $0 == .max ? .max : $0 - 1 }
    return bound
  }

  func clamped(to ceiling: Int) -> IndexBound {
    var bound = self
    bound.constant = min(constant, ceiling)
    return bound
  }

  /// The sum of both; nil where it is no maximum of single parameters.
  func added(to other: IndexBound) -> IndexBound? {
    if isConstant { return other.raised(by: constant) }
    if other.isConstant { return raised(by: other.constant) }
    return nil
  }

  /// With bounds in place of the parameters.
  func substituting(_ values: (Int) -> IndexBound) -> IndexBound {
    offsets.reduce(IndexBound(constant)) { $0.joined(with: values($1.key).raised(by: $1.value)) }
  }
}

extension IndexBound {
  /// The bound of a state after at most `count` rounds of a step that takes `state` to this bound, and of the states
  /// that the step is applied to. Nil where these are not maxima of single parameters. `count` may be 1 or more.
  func iterated(_ state: Int, base: IndexBound, count: IndexBound) -> (result: IndexBound, before: IndexBound)? {
    let rest = without(state)
    guard let growth = offset(of: state), growth > 0 else {
      let settled = base.joined(with: rest)
      return (settled, count == IndexBound(1) ? base : settled)
    }
    if count.isConstant {
      func after(_ rounds: Int) -> IndexBound {
        let grown = base.raised(by: saturatingProduct(growth, rounds))
        return rounds == 0 ? grown : grown.joined(with: rest.raised(by: saturatingProduct(growth, rounds - 1)))
      }
      return (after(count.constant), after(count.constant - 1))
    }
    // base + n and rest + (n - 1), where n has parameters: representable if the growth is 1 and only one has any.
    guard growth == 1, let grown = base.added(to: count), rest.isConstant else { return nil }
    let result = grown.joined(with: count.raised(by: max(rest.constant - 1, 0)))
    return (result, result)
  }
}
