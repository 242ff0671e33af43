import LinearMaps

/// Passes in the order in which they run. The graph is verified after each.
public struct Pipeline: Sendable {
  public let passes: [Pass]

  /// What every graph goes through, forward and adjoint alike.
  public static let standard = Pipeline(passes: [
    .simplify, .foldLoops, .unroll, .simplify, .hoistInvariant, .simplify, .uncurry(),
    .scaleArguments(), .removeDead,
  ])

  /// What a model's result with its gradients goes through.
  public static func adjoint(of signature: GraphSignature) -> Pipeline {
    Pipeline(passes: standard.passes + [.contractFirst(in: signature), .removeDead])
  }

  /// Before the adjoint is made, where it would store too many states otherwise.
  public static let segmented = Pipeline(passes: [.checkpoint()])

  /// What is left to do after a graph has been cut in two.
  public static let cleanUp = Pipeline(passes: [.removeDead])

  /// - Parameter observe: receives every pass with the graph that it left.
  public func run(_ graph: Graph, observe: (Pass, Graph) -> Void = { _, _ in }) throws -> Graph {
    var graph = graph
    // A graph that simplifying left is not simplified again until another pass has changed it.
    var isSimple = false
    for pass in passes {
      let simplifies = pass.name == Pass.simplify.name
      if !(simplifies && isSimple), let changed = pass.run(graph) {
        graph = changed
        isSimple = simplifies
        do { try graph.verify() } catch let violation as InvalidGraph {
          throw BrokenPass(pass: pass.name, violation: violation)
        }
      }
      observe(pass, graph)
    }
    return graph
  }
}
