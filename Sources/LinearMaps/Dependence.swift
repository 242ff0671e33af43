/// How a value depends on chosen parameters of its graph.
public enum Dependence: Int, Hashable, Sendable {
  /// The value is 0.
  case zero
  /// The value does not depend on them.
  case constant
  /// The value is linear in them: additive and homogeneous.
  case linear
  /// Anything else, maps that are merely affine included.
  case nonlinear

  /// The dependence of a sum.
  func adding(_ other: Dependence) -> Dependence {
    if self == .zero { return other }
    if other == .zero || self == other { return self }
    return .nonlinear
  }

  /// The dependence of an expression that is linear in each of its two operands.
  func multiplying(_ other: Dependence) -> Dependence {
    switch (self, other) {
    case (.zero, _), (_, .zero): .zero
    case (.constant, let dependence), (let dependence, .constant): dependence
    case (.linear, _), (.nonlinear, _): .nonlinear
    }
  }

  func mapped(by map: Nonlinear) -> Dependence {
    switch self {
    case .zero: map.keepsZero ? .zero : .constant
    case .constant: .constant
    case .linear, .nonlinear: .nonlinear
    }
  }
}

extension Graph {
  /// How each result depends on the parameters with the given indices, taken together.
  ///
  /// The rounds of a loop are not counted: what a step uses is used any number of times, even where the loop has one
  /// round (LANGUAGE.md, section 2, Degree).
  public func dependence(on chosen: Set<Int>) -> [Dependence] {
    var fixpoint = NestedFixpoint(bottom: Dependence.zero) { $0.adding($1) }
    let facts = fixpoint.forward(
      self, parameters: parameters.indices.map { chosen.contains($0) ? .linear : .constant }, basis: .constant,
      constant: { $0.entries.isEmpty ? .zero : .constant }, computation: { $0.family.dependence($1) })
    return results.map { facts.nodes[$0] }
  }
}
