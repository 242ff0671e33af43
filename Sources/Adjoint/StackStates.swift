import LinearMaps

extension Graph {
  /// The same graph in which every loop also stacks the states that each of its rounds starts from. The stacks come
  /// after the loop's own results; those that the adjoint does not read are removed later.
  func stackingStates() -> Graph {
    var graph = self
    for index in graph.nodes.indices {
      guard case .loop(var loop) = graph.nodes[index].operation else { continue }
      loop.body = loop.body.stackingStates()
      loop.body.results += loop.body.parameters.indices.prefix(loop.stateCount)
      graph.nodes[index].operation = .loop(loop)
      graph.nodes[index].space = loop.resultSpace
    }
    return graph
  }
}
