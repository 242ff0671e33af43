import LinearMaps

// s · (T y), where nothing else reads T y, is T (s · y), and of an outer product y the smaller side is scaled. That costs no
// more where y has no more entries than T y; and the gradient in s is then ⟨y, Tᵀ g⟩ of a Tᵀ g that is there anyway, where
// else T y has to be computed again, or kept.
//
//   %3 = product[m, k, 1](%T, %y)                         %3 = product[k, 1, 1](%y, %s)
//   %4 = product[m, 1, 1](%3, %s)            becomes      %4 = product[m, k, 1](%T, %3)

extension Pass {
  /// What a matrix gives is scaled by scaling what it is applied to.
  ///
  /// - Parameter fewestTerms: multiplications of a product that is worth it; smaller ones become expressions.
  public static func scaleArguments(fewestTerms: Int = 64) -> Pass {
    Pass("scale-arguments") { $0.replacingNodes { scaled($0, $1, fewestTerms) } }
  }
}

private func scaled(_ node: Node, _ graph: Rebuilt, _ fewestTerms: Int) -> [Node]? {
  guard case .product(let scaling)? = node.operation.computation, scaling.isScaling else { return nil }
  let isFirst = scaling.m > 1
  let scalar = node.operands[isFirst ? 1 : 0]
  guard let (application, product) = graph.soleApplication(node.operands[isFirst ? 0 : 1]),
    product.m * product.k >= fewestTerms
  else { return nil }
  let (matrix, vector) = (graph.nodes[application].operands[0], graph.nodes[application].operands[1])
  if graph.isSparse(matrix) || graph.isSparse(vector) { return nil }
  func times(_ node: Int) -> Node {
    let space = graph.nodes[node].space
    return Node(
      .compute(.product(Product(m: space.dimension, k: 1, n: 1))), [node, scalar], space,
      origin: graph.nodes[node].origin)
  }
  let result = graph.nodes.count
  if let outer = graph.soleOuterProduct(vector), min(outer.m, outer.n) <= product.m {
    var sides = graph.nodes[vector].operands
    let smaller = outer.n <= outer.m ? 1 : 0
    let side = times(sides[smaller])
    sides[smaller] = result
    var again = graph.nodes[vector]
    again.operands = sides
    return [side, again, Node(.compute(.product(product)), [matrix, result + 1], node.space, origin: node.origin)]
  }
  guard product.k <= product.m else { return nil }
  return [times(vector), Node(.compute(.product(product)), [matrix, result], node.space, origin: node.origin)]
}
