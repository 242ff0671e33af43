// How samples spell the values of a port, other than entry by entry.

extension Port {
  /// The columns of its tensor hold whole numbers.
  var isOfIntegers: Bool {
    switch content {
    case .nodes: true
    case .reals, .table: false
    }
  }

  /// How one value can stand for the port's entries.
  enum Choice {
    /// The number of the entry that is 1.
    case index
    /// `true` is entry 0.
    case truth
  }

  /// Nil where the type is of reals, functions, a table, or has values with fields.
  var choice: Choice? {
    guard content == .reals, shape.count == 1 else { return nil }
    if type == "Bool" { return .truth }
    return !values.isEmpty || type.wholeMatch(of: /Nat(\[[0-9]+\])?/) != nil ? .index : nil
  }
}
