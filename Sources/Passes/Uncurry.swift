import LinearMaps

// (T b) x, where T b is a matrix that nothing else reads, is T (x ⊗ b): T's entries are the same in the same order, as many
// are multiplied, and between the two is a vector of |x|·|b| entries in place of a matrix. The gradients cost less too:
// T's is g (x ⊗ b)ᵀ, and those of x and b come from Tᵀ g, where else the matrix is needed once more. A batch that shares T
// has one product with it, and not a matrix for each sample.
//
//   %3 = product[m·k, j, 1](%T, %b)                       %3 = product[k, 1, j](%x, %b)
//   %4 = product[m, k, 1](%3, %x)            becomes      %4 = product[m, k·j, 1](%T, %3)

extension Pass {
  /// Functions of several arguments are applied to all of them at once, where their outer product is no larger than the
  /// matrix that the first one leaves.
  ///
  /// - Parameter fewestTerms: multiplications of a product that is worth it; smaller ones become expressions.
  public static func uncurry(fewestTerms: Int = 64) -> Pass {
    Pass("uncurry") { $0.replacingNodes { uncurried($0, $1, fewestTerms) } }
  }
}

private func uncurried(_ node: Node, _ graph: Rebuilt, _ fewestTerms: Int) -> [Node]? {
  guard case .product(let outer)? = node.operation.computation, outer.n == 1, outer.m > 1, outer.k > 1,
    !outer.transposeLeft, let (matrix, inner) = graph.soleApplication(node.operands[0]), !inner.transposeLeft,
    inner.m == outer.m * outer.k, inner.k <= outer.m, inner.m * inner.k >= fewestTerms
  else { return nil }
  let (tensor, first, second) = (graph.nodes[matrix].operands[0], graph.nodes[matrix].operands[1], node.operands[1])
  if graph.isSparse(tensor) || graph.isSparse(first) || graph.isSparse(second) { return nil }
  let (m, k, j) = (outer.m, outer.k, inner.k)
  return [
    Node(.compute(.product(Product(m: k, k: 1, n: j))), [second, first], .real([k * j]), origin: node.origin),
    Node(
      .compute(.product(Product(m: m, k: k * j, n: 1))), [tensor, graph.nodes.count], node.space, origin: node.origin),
  ]
}
