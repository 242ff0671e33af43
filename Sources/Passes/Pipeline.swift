import LinearMaps

/// Passes in the order in which they run. The graph is verified after each.
public struct Pipeline: Sendable {
  public let passes: [Pass]

  /// What every graph goes through, forward and adjoint alike.
  public static let standard = Pipeline(passes: [
    .shareCommon, .simplify, .foldConstants, .unroll, .simplify, .foldConstants, .hoistInvariant, .simplify,
    .removeDead,
  ])

  /// What is left to do after a graph has been cut in two.
  public static let cleanUp = Pipeline(passes: [.simplify, .removeDead])

  /// - Parameter observe: receives every pass with the graph that it left.
  public func run(_ graph: Graph, observe: (Pass, Graph) -> Void = { _, _ in }) throws -> Graph {
    var graph = graph
    for pass in passes {
      graph = pass.run(graph)
      do { try graph.verify() } catch let violation as InvalidGraph {
        throw BrokenPass(pass: pass.name, violation: violation)
      }
      observe(pass, graph)
    }
    return graph
  }
}
