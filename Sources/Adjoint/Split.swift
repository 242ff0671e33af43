import LinearMaps

/// The two halves of a reversed graph.
public struct Halves: Sendable {
  /// From the inputs to the result, then the residuals: what the backward half wants kept.
  public let forward: Graph
  /// From the inputs, the residuals and the result's cotangent to the gradients in the inputs.
  public let backward: Graph

  /// The reals that are kept of a sample for the backward half.
  public var keptReals: Int { forward.results.dropFirst().reduce(0) { $0 + forward.nodes[$1].space.dimension } }
}

/// Cuts the graph that `reverse` made where the cotangent enters: what does not depend on it is computed forward,
/// once. Values that are computed again for less than they cost to keep are computed again.
public func split(_ graph: Graph) -> Halves {
  let cotangent = GraphSignature.cotangent(of: graph)
  // A loop that has the cotangent among its operands is backward as a whole, with all of its outputs.
  var isBackward: [Bool] = []
  for (index, node) in graph.nodes.enumerated() {
    isBackward.append(index == cotangent || node.operands.contains { isBackward[$0] })
  }
  let plan = RecomputePlan(graph, isBackward)

  let forward = GraphBuilder()
  let inputs = graph.parameters.prefix(cotangent)
  var forwardValues: [Int: Value] = [:]
  for (index, input) in inputs.enumerated() { forwardValues[index] = forward.parameter(input.name, input.space) }
  for (index, node) in graph.nodes.enumerated() where index > cotangent && !isBackward[index] {
    forward.origin = node.origin
    forwardValues[index] = forward.value(node.operation, node.operands.map { forwardValues[$0]! }, node.space)
  }

  let backward = GraphBuilder()
  var backwardValues: [Int: Value] = [:]
  for (index, input) in inputs.enumerated() { backwardValues[index] = backward.parameter(input.name, input.space) }
  for residual in plan.residuals {
    backwardValues[residual] = backward.parameter("kept", graph.nodes[residual].space)
  }
  let last = graph.parameters[cotangent]
  backwardValues[cotangent] = backward.parameter(last.name, last.space)
  for (index, node) in graph.nodes.enumerated()
  where index > cotangent && (isBackward[index] || plan.recomputed.contains(index)) {
    backward.origin = node.origin
    backwardValues[index] = backward.value(node.operation, node.operands.map { backwardValues[$0]! }, node.space)
  }
  return Halves(
    forward: forward.finish(results: ([graph.results[0]] + plan.residuals).map { forwardValues[$0]! }),
    backward: backward.finish(results: graph.results.dropFirst().map { backwardValues[$0]! }))
}

/// Which forward values the backward half is given, and which it computes again.
private struct RecomputePlan {
  private(set) var residuals: [Int] = []
  private(set) var recomputed: Set<Int> = []

  init(_ graph: Graph, _ isBackward: [Bool]) {
    var wanted = Set<Int>()
    for (index, node) in graph.nodes.enumerated() where isBackward[index] { wanted.formUnion(node.operands) }
    wanted.formUnion(graph.results.dropFirst())
    for index in graph.nodes.indices.reversed() where wanted.contains(index) && !isBackward[index] {
      let node = graph.nodes[index]
      switch node.operation {
      case .parameter: break
      case .constant: recomputed.insert(index)
      case .compute(let computation):
        // What is as cheap as reading a kept copy would be.
        if computation.isCheap {
          recomputed.insert(index)
          wanted.formUnion(node.operands)
        } else {
          residuals.append(index)
        }
      case .loop, .output: residuals.append(index)
      }
    }
    residuals.sort()
  }
}
