import Adjoint
import CajalEvaluator
import LinearMaps

/// What the interpreter of a graph says at some points: result and gradients, with bounds of rounding. The graph is
/// the one before any pass; its adjoint is interpreted too.
final class CallOracle {
  let signature: GraphSignature
  /// Of each input the vectors at the points; of sample p where an input is shared, that of point 0.
  let points: [[[Double]]]
  let cotangents: [[Double]]
  /// Of each choice the tensors.
  let parameters: [[[Double]]]
  private let graph: Graph
  private let interpreter: RoundingInterpreter
  private var known: [Key: [Approximation]] = [:]

  private struct Key: Hashable {
    let shared: [Bool]
    let point: Int
    let parameters: Int
  }

  /// - Parameter graph: the adjoint, where there are gradients, or forward.
  init(
    graph: Graph, signature: GraphSignature, parameters: [[[Double]]], points: [[[Double]]], cotangents: [[Double]],
    arithmetic: Arithmetic
  ) {
    self.graph = graph
    self.signature = signature
    self.parameters = parameters
    self.points = points
    self.cotangents = cotangents
    interpreter = RoundingInterpreter(arithmetic: arithmetic)
  }

  /// The inputs of a sample.
  func inputs(_ point: Int, shared: [Bool]) -> [[Double]] {
    shared.indices.map { shared[$0] ? points[0][$0] : points[point][$0] }
  }

  /// The graph's results.
  func answer(_ point: Int, _ call: PlannedCall) -> [Approximation] {
    let shared = call.shared
    let key = Key(shared: shared, point: point, parameters: call.parameters)
    if let answer = known[key] { return answer }
    let arguments =
      parameters[call.parameters] + inputs(point, shared: shared) + (cotangents.isEmpty ? [] : [cotangents[point]])
    let answer = interpreter.run(graph, arguments.map(Approximation.init(exact:)))
    // Of a model with millions of parameters an answer is as large.
    let size = answer.reduce(0) { $0 + $1.values.count }
    if known.count * size > 1 << 23 { known.removeAll() }
    known[key] = answer
    return answer
  }
}
