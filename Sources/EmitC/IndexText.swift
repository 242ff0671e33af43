import Schedule

/// An index in C: its variables by the names of their counters.
struct IndexText {
  /// Others have their own names.
  var names: [LoopVariable: String] = [:]

  /// What is added, then what is subtracted.
  func index(_ index: Affine) -> CExpression {
    let (positive, negative) = parts(of: index)
    let sum = positive.dropFirst().reduce(positive.first ?? .number("0")) { .binary("+", $0, $1) }
    return negative.reduce(sum) { .binary("-", $0, $1) }
  }

  /// The index as a difference of two sums, neither of which is negative.
  func sides(of index: Affine) -> (CExpression, CExpression) {
    let (positive, negative) = parts(of: index)
    func sum(_ terms: [CExpression]) -> CExpression {
      terms.dropFirst().reduce(terms.first ?? .number("0")) { .binary("+", $0, $1) }
    }
    return (sum(positive), sum(negative))
  }

  private func parts(of index: Affine) -> (positive: [CExpression], negative: [CExpression]) {
    var positive: [CExpression] = []
    var negative: [CExpression] = []
    // The longest stride first, as one reads a row-major index.
    for term in index.terms.sorted(by: { $0.coefficient.magnitude > $1.coefficient.magnitude }) {
      let name = CExpression.name(names[term.variable] ?? term.variable.name)
      let factor = term.coefficient.magnitude
      let value = factor == 1 ? name : .binary("*", .number("\(factor)"), name)
      if term.coefficient > 0 { positive.append(value) } else { negative.append(value) }
    }
    let constant = CExpression.number("\(index.constant.magnitude)")
    if index.constant > 0 { positive.append(constant) }
    if index.constant < 0 { negative.append(constant) }
    return (positive, negative)
  }
}
