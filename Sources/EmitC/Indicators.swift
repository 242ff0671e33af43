import Schedule

extension CountedLoop {
  /// Whether something inside compares the counter with a number or with another counter.
  var comparesCounter: Bool { body.contains { $0.compares(variable) } }
}

extension Statement {
  fileprivate func compares(_ variable: LoopVariable) -> Bool {
    switch self {
    case .note, .declare, .swap, .kernel: false
    case .loop(let loop): loop.body.contains { $0.compares(variable) }
    case .assign(_, let value), .accumulate(_, let value): value.compares(variable)
    case .whenInside(let index, _, let body):
      index.terms.contains { $0.variable == variable } || body.contains { $0.compares(variable) }
    case .whenKept(let body), .whenWanted(_, let body): body.contains { $0.compares(variable) }
    }
  }
}

extension Expression {
  fileprivate func compares(_ variable: LoopVariable) -> Bool {
    switch self {
    case .literal, .load: false
    case .indicator(let index): index.terms.contains { $0.variable == variable }
    case .sum(let a, let b), .difference(let a, let b), .product(let a, let b):
      a.compares(variable) || b.compares(variable)
    case .negation(let a): a.compares(variable)
    }
  }
}
