import LinearMaps

/// A graph for the page. What a node computes is its text in `cajal2c --emit graph`.
struct GraphModel: Encodable, Sendable {
  struct Node: Encodable, Sendable {
    let op: String
    let operands: [Int]
    let space: String
    let dimension: Int
    /// Of the source.
    let line: Int?
    /// Of a loop.
    let body: GraphModel?
  }

  let parameters: [String]
  let nodes: [Node]
  let results: [Int]
  /// It is too large to be shown, and has no nodes.
  let isLeftOut: Bool
  let size: Int

  init(_ graph: Graph) {
    parameters = graph.parameters.map(\.name)
    size = graph.size
    isLeftOut = size > PageLimit.nodes || graph.constantEntries > PageLimit.constants
    results = graph.results
    nodes = isLeftOut ? [] : graph.nodes.map(Node.init)
  }
}

extension GraphModel.Node {
  init(_ node: Node) {
    op = node.operation.printed
    operands = node.operands
    space = "\(node.space)"
    dimension = node.space.dimension
    line = node.origin?.line
    if case .loop(let loop) = node.operation { body = GraphModel(loop.body) } else { body = nil }
  }
}

extension Graph {
  var constantEntries: Int {
    nodes.reduce(0) { total, node in
      switch node.operation {
      case .constant(let vector): total + vector.entries.count
      case .loop(let loop): total + loop.body.constantEntries
      case .parameter, .output, .compute: total
      }
    }
  }
}
