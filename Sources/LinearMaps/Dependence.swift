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
}

extension Graph {
  /// How each result depends on the parameters with the given indices, taken together.
  ///
  /// The rounds of a loop are not counted: what a step uses is used any number of times, even where the loop has one
  /// round (LANGUAGE.md, section 2, Degree).
  public func dependence(on chosen: Set<Int>) -> [Dependence] {
    dependence(of: parameters.indices.map { chosen.contains($0) ? .linear : .constant })
  }

  fileprivate func dependence(of arguments: [Dependence]) -> [Dependence] {
    // One entry a node; a loop's, one for each of its results.
    var known: [[Dependence]] = []
    known.reserveCapacity(nodes.count)
    for node in nodes {
      let operands = node.operands.map { known[$0][0] }
      switch node.operation {
      case .parameter(let index): known.append([arguments[index]])
      case .constant(let vector): known.append([vector.entries.isEmpty ? .zero : .constant])
      case .add: known.append([operands[0].adding(operands[1])])
      case .scale(let factor): known.append([factor == 0 ? .zero : operands[0]])
      case .shift, .slice, .embed, .reshape, .transpose: known.append([operands[0]])
      case .product, .conv2d: known.append([operands[0].multiplying(operands[1])])
      case .bound: known.append([operands[0] == .linear ? .nonlinear : operands[0]])
      case .boundAdjoint: known.append([operands[0] == .constant ? operands[1] : .nonlinear])
      case .loop(let loop): known.append(loop.dependence(of: operands))
      case .output(let index): known.append([known[node.operands[0]][index]])
      }
    }
    return results.map { known[$0][0] }
  }
}

extension Loop {
  /// The least solution for the states; the lattice has three steps, so this ends soon.
  fileprivate func dependence(of operands: [Dependence]) -> [Dependence] {
    var states = Array(operands.prefix(stateCount))
    let sequences = operands[stateCount..<(stateCount + sequenceCount)]
    let invariants = operands.dropFirst(stateCount + sequenceCount)
    while true {
      let results = body.dependence(of: states + sequences + (basis == nil ? [] : [.constant]) + invariants)
      let next = zip(states, results).map { $0.adding($1) }
      if next == states { return states + results.dropFirst(stateCount) }
      states = next
    }
  }
}
