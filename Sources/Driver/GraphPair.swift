import Adjoint
import CajalTyping
import LinearMaps
import Lowering
import Passes

/// A program's or a model's optimised graph, and its adjoint as one graph, before it is cut where the cotangent enters
/// (`GraphSignature`).
public struct GraphPair: Sendable {
  public let forward: Graph
  public let adjoint: Graph
}

extension Compilation {
  /// Of the programs, then of the models; nil where there were errors.
  ///
  /// - Throws: what `optimised` does.
  public func graphPairs() throws -> [GraphPair]? {
    guard let module, let graphs, let models else { return nil }
    func pair(_ judgement: Judgement, _ graph: Graph, _ model: LoweredModel?) throws -> GraphPair {
      let forward = try Pipeline.standard.run(graph)
      return GraphPair(forward: forward, adjoint: try adjoint(of: forward, judgement, model) { _, _ in })
    }
    return try zip(module.programs, graphs).map { try pair($0, $1, nil) }
      + zip(module.models, models).map { try pair($0.interface, $1.graph, $1) }
  }

  /// The optimised adjoint of an optimised graph.
  func adjoint(
    of forward: Graph, _ judgement: Judgement, _ model: LoweredModel?, observe: (Pass, Graph) -> Void
  ) throws -> Graph {
    let constants = (model?.frozen ?? []).union(judgement.nodes(from: model?.tensors.count ?? 0))
    let pipeline = Pipeline.adjoint(of: model?.signature ?? .program(ports: forward.parameters.count))
    return try pipeline.run(reverse(forward, constants: constants), observe: observe)
  }
}
