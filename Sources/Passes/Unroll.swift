import LinearMaps

extension Pass {
  /// Short loops with small bodies are written out: the columns of a function on `Bool` become two expressions, in
  /// which the constants of the basis fold away.
  public static let unroll = Pass("unroll") { graph in
    let pass = Unroll()
    return graph.hasLoop(where: pass.unrolls) ? pass.rewrite(graph) : nil
  }
}

private final class Unroll: Rewriter {
  private static let tripLimit = 4
  private static let sizeLimit = 96

  override func unrolls(_ loop: Loop) -> Bool {
    loop.trips <= 1 || loop.trips <= Unroll.tripLimit && loop.trips * loop.body.size <= Unroll.sizeLimit
  }
}

extension Graph {
  /// Whether a loop, at any depth, has the property.
  func hasLoop(where property: (Loop) -> Bool) -> Bool {
    nodes.contains { node in
      guard case .loop(let loop) = node.operation else { return false }
      return property(loop) || loop.body.hasLoop(where: property)
    }
  }
}
