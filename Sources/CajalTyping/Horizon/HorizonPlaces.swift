import Diagnostics

/// The `succ`s and numerals of a term and of the definitions it uses, directly or not.
struct HorizonPlaces {
  private(set) var successors: Set<Span> = []
  private(set) var numerals: Set<Span> = []
  private(set) var value: [Span: UInt64] = [:]
  /// Of places of a type `Nat[n]`: n.
  private(set) var counts: [Span: Int] = [:]

  init(_ module: TypedModule, _ term: TypedTerm) {
    var pending = [term]
    var seen: Set<Int> = []
    while let term = pending.popLast() {
      pending += term.kind.children
      if case .natBelow(let count) = term.type { counts[term.span] = count }
      switch term.kind {
      case .definition(let index):
        if seen.insert(index).inserted { pending.append(module.definitions[index].term) }
      case .natural(let number):
        numerals.insert(term.span)
        value[term.span] = max(number, value[term.span, default: 0])
      case .succ: successors.insert(term.span)
      case .variable, .bool, .literal, .matrix, .primitive, .lambda, .apply, .conditional, .iterate, .constructor,
        .cases, .fold, .add, .scale, .network, .concatenate, .scan:
        break
      }
    }
  }

  /// Of each definition, whether it or one that it uses has a place where an entry could be dropped.
  static func definitions(thatCountIn module: TypedModule) -> [Bool] {
    var counting: [Bool] = []
    for definition in module.definitions {
      counting.append(
        definition.term.contains { term in
          switch term.kind {
          case .succ: true
          case .natural(let number): number >= UInt64(term.type.dimension(horizon: module.horizon) ?? 0)
          case .definition(let index): counting[index]
          case .variable, .bool, .literal, .matrix, .primitive, .lambda, .apply, .conditional, .iterate, .constructor,
            .cases, .fold, .add, .scale, .network, .concatenate, .scan:
            false
          }
        })
    }
    return counting
  }
}

extension TypedTerm {
  fileprivate func contains(_ property: (TypedTerm) -> Bool) -> Bool {
    var pending = [self]
    while let term = pending.popLast() {
      if property(term) { return true }
      pending += term.kind.children
    }
    return false
  }
}
