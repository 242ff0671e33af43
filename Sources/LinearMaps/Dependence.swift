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
    var analysis = DependenceAnalysis()
    return analysis.run(self, parameters.indices.map { chosen.contains($0) ? .linear : .constant })
  }
}

/// The least solution for the states of all loops at once. Every pass walks the whole nest of loops and keeps what it
/// learnt about their states, so that deep nests take a few passes and not a power of them.
private struct DependenceAnalysis {
  /// By the path of node indices to the loop.
  private var states: [[Int]: [Dependence]] = [:]
  private var changed = false

  mutating func run(_ graph: Graph, _ arguments: [Dependence]) -> [Dependence] {
    while true {
      changed = false
      let results = walk(graph, arguments, path: [])
      if !changed { return results }
    }
  }

  private mutating func walk(_ graph: Graph, _ arguments: [Dependence], path: [Int]) -> [Dependence] {
    // One entry a node; a loop has one for each of its results.
    var known: [[Dependence]] = []
    known.reserveCapacity(graph.nodes.count)
    for (index, node) in graph.nodes.enumerated() {
      let operands = node.operands.map { known[$0][0] }
      switch node.operation {
      case .parameter(let index): known.append([arguments[index]])
      case .constant(let vector): known.append([vector.entries.isEmpty ? .zero : .constant])
      case .loop(let loop): known.append(walk(loop, operands, path: path + [index]))
      case .output(let index): known.append([known[node.operands[0]][index]])
      case .compute(let computation): known.append([computation.family.dependence(operands)])
      }
    }
    return graph.results.map { known[$0][0] }
  }

  private mutating func walk(_ loop: Loop, _ operands: [Dependence], path: [Int]) -> [Dependence] {
    let initial = Array(operands.prefix(loop.stateCount))
    let current = zip(states[path] ?? initial, initial).map { $0.adding($1) }
    let slices = operands[loop.stateCount..<(loop.stateCount + loop.sequenceCount)]
    let invariants = operands.dropFirst(loop.stateCount + loop.sequenceCount)
    let results = walk(
      loop.body, current + slices + (loop.basis == nil ? [] : [.constant]) + invariants, path: path)
    let next = zip(current, results).map { $0.adding($1) }
    if states[path] != next {
      states[path] = next
      changed = true
    }
    return next + results.dropFirst(loop.stateCount)
  }
}
