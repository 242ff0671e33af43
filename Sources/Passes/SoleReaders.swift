import LinearMaps

// What a node is made of can be taken apart where nothing else reads it. These are the rewrites that ask for that.

/// A graph while it is rebuilt, node by node.
struct Rebuilt {
  fileprivate(set) var nodes: [Node] = []
  /// How often each is read.
  fileprivate var uses: [Int] = []
  /// Parameters that are unit vectors.
  fileprivate let units: Set<Int>

  fileprivate init(units: Set<Int>) { self.units = units }

  fileprivate mutating func append(_ node: Node, uses: Int) {
    nodes.append(node)
    self.uses.append(uses)
  }

  /// A matrix times a vector that nothing but one reader of `node` reads, seen through reshapes: where it is, and the
  /// product.
  func soleApplication(_ node: Int) -> (node: Int, product: Product)? {
    var node = node
    while uses[node] == 1, nodes[node].operation == .compute(.view(.reshape)) { node = nodes[node].operands[0] }
    guard uses[node] == 1, case .product(let product)? = nodes[node].operation.computation, product.n == 1,
      product.m > 1, product.k > 1
    else { return nil }
    return (node, product)
  }

  /// An outer product that nothing else reads.
  func soleOuterProduct(_ node: Int) -> Product? {
    guard uses[node] == 1, case .product(let product)? = nodes[node].operation.computation, product.k == 1,
      product.m > 1, product.n > 1
    else { return nil }
    return product
  }

  /// Whether most entries are known to be 0: a product with it selects, and costs little.
  func isSparse(_ node: Int) -> Bool {
    switch nodes[node].operation {
    case .constant: true
    case .parameter(let index): units.contains(index)
    case .compute(.view(.embed)): true
    case .compute(.view), .compute(.scale): isSparse(nodes[node].operands[0])
    case .compute, .loop, .output: false
    }
  }
}

extension Graph {
  /// - Parameter rule: what stands for a node, in an order in which each reads only earlier ones; the last is in its
  ///   place, the others are read once. Nil where it stays.
  /// - Returns: nil where nothing has changed.
  func replacingNodes(units: Set<Int> = [], _ rule: (Node, Rebuilt) -> [Node]?) -> Graph? {
    var uses = [Int](repeating: 0, count: nodes.count)
    for node in nodes { for operand in node.operands { uses[operand] += 1 } }
    for result in results { uses[result] += 1 }
    var rebuilt = Rebuilt(units: units)
    var places: [Int] = []
    var isChanged = false
    for (index, old) in nodes.enumerated() {
      var node = old
      node.operands = old.operands.map { places[$0] }
      if case .loop(let loop) = old.operation,
        let body = loop.body.replacingNodes(units: loop.basis == nil ? [] : [loop.firstInvariant - 1], rule)
      {
        node.operation = .loop(
          Loop(
            trips: loop.trips, descending: loop.descending, stateCount: loop.stateCount,
            sequenceCount: loop.sequenceCount, basis: loop.basis, body: body))
        isChanged = true
      }
      if let replacement = rule(node, rebuilt) {
        for extra in replacement.dropLast() { rebuilt.append(extra, uses: 1) }
        node = replacement.last!
        isChanged = true
      }
      places.append(rebuilt.nodes.count)
      rebuilt.append(node, uses: uses[index])
    }
    return isChanged ? Graph(parameters: parameters, nodes: rebuilt.nodes, results: results.map { places[$0] }) : nil
  }
}
