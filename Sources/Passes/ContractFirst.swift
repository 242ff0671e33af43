import LinearMaps

// A tensor T applied to an outer product x ⊗ n is a sum over the entries of x and of n. Summed over x first, it is Y n
// with the matrix Y = T x, and the gradient in n is Yᵀ g: Tᵀ g is not needed for it. T x costs what T(x ⊗ n) does, and
// what is left is smaller by as many times as x has entries. So where the gradient in x is not needed, one of the two
// large products of the way back is gone; the other is the gradient in T, g (x ⊗ n)ᵀ as before.

extension Pass {
  /// For what `reverse` made of a model: the result, and the gradients in the model's tensors, are computed from T x
  /// where that spares Tᵀ g. The gradients in the model's inputs stay as they are.
  ///
  /// - Parameters:
  ///   - fewestEntries: of a tensor that is worth it.
  ///   - fewestTerms: the entries of an x that is worth it: T x is so many times smaller than T.
  public static func contractFirst(in signature: GraphSignature, fewestEntries: Int = 1 << 14, fewestTerms: Int = 32)
    -> Pass
  {
    Pass("contract-first") { graph in
      let contractions = ContractionFinder(
        graph, signature, fewestEntries: fewestEntries, fewestTerms: fewestTerms
      ).contractions
      return contractions.isEmpty ? nil : graph.contracting(contractions)
    }
  }
}

/// An outer product, and the one of its sides that holds x.
private struct OuterProduct {
  let isLeft: Bool
  /// Nodes of the sides with x and without.
  let inner: Int
  let other: Int
  let innerSize: Int
  let otherSize: Int

  /// As many entries, of which the side with x has `innerSize`.
  func with(innerSize: Int) -> OuterProduct {
    OuterProduct(isLeft: isLeft, inner: inner, other: other, innerSize: innerSize, otherSize: otherSize)
  }

  /// Takes the cotangent of the outer product, and one side, to the cotangent of the other side.
  func contraction(withInner: Bool) -> (product: Product, vectorIsFirst: Bool) {
    let (left, right) = isLeft ? (innerSize, otherSize) : (otherSize, innerSize)
    return withInner == isLeft
      ? (Product(m: 1, k: left, n: right), true) : (Product(m: left, k: right, n: 1), false)
  }
}

/// A tensor times an outer product that is to be summed over x first.
private struct Contraction {
  /// The node of the tensor times the outer product.
  let product: Int
  let tensor: Int
  /// From the whole outer product down to x.
  let path: [OuterProduct]
  /// Nodes that are the gradient in the `other` side of a part of the path.
  var gradients: [(node: Int, cotangent: Int, depth: Int)] = []

  var vector: Int { path[path.count - 1].inner }
  var vectorSize: Int { path[path.count - 1].innerSize }
}

private struct ContractionFinder {
  let graph: Graph
  let signature: GraphSignature
  let fewestEntries: Int
  let fewestTerms: Int
  private var users: [[Int]]
  /// What the result and the gradients in the tensors are computed from.
  private var isNeeded: [Bool]
  private let neededResults: Set<Int>

  init(_ graph: Graph, _ signature: GraphSignature, fewestEntries: Int, fewestTerms: Int) {
    self.graph = graph
    self.signature = signature
    self.fewestEntries = fewestEntries
    self.fewestTerms = fewestTerms
    users = graph.nodes.map { _ in [] }
    isNeeded = graph.nodes.map { _ in false }
    neededResults = Set(
      ([GraphSignature.result] + signature.tensors.map(GraphSignature.result(ofGradientIn:))).map { graph.results[$0] })
    for result in neededResults { isNeeded[result] = true }
    for (index, node) in graph.nodes.enumerated().reversed() {
      for operand in Set(node.operands) {
        users[operand].append(index)
        if isNeeded[index] { isNeeded[operand] = true }
      }
    }
  }

  var contractions: [Contraction] { graph.nodes.indices.compactMap(contraction) }

  private func contraction(at index: Int) -> Contraction? {
    let node = graph.nodes[index]
    guard case .product(let product)? = node.operation.computation, product.n == 1, product.m > 1,
      !product.transposeLeft,
      product.m * product.k >= fewestEntries
    else { return nil }
    let tensor = source(node.operands[0])
    guard case .parameter(let parameter) = graph.nodes[tensor].operation, signature.tensors.contains(parameter) else {
      return nil
    }
    let paths = paths(down: source(node.operands[1])).filter { $0[$0.count - 1].innerSize >= fewestTerms }
    for path in paths.sorted(by: { $0[$0.count - 1].innerSize > $1[$1.count - 1].innerSize }) {
      var result = Contraction(product: index, tensor: tensor, path: path)
      for (cotangent, transposed) in transposedProducts(of: tensor, product) {
        var gradients: [Int: Int] = [:]
        guard collect(transposed, depth: 0, path, &gradients) else { continue }
        result.gradients += gradients.map { (node: $0, cotangent: cotangent, depth: $1) }
      }
      if !result.gradients.isEmpty { return result }
    }
    return nil
  }

  /// Looks through reshapes.
  private func source(_ node: Int) -> Int {
    if graph.nodes[node].operation == .compute(.view(.reshape)) { source(graph.nodes[node].operands[0]) } else { node }
  }

  /// The ways down an outer product of outer products to all of their sides.
  private func paths(down node: Int) -> [[OuterProduct]] {
    guard case .product(let product)? = graph.nodes[node].operation.computation, product.k == 1, product.m > 1,
      product.n > 1
    else { return [] }
    let (left, right) = (source(graph.nodes[node].operands[0]), source(graph.nodes[node].operands[1]))
    return [
      OuterProduct(isLeft: true, inner: left, other: right, innerSize: product.m, otherSize: product.n),
      OuterProduct(isLeft: false, inner: right, other: left, innerSize: product.n, otherSize: product.m),
    ].flatMap { side in [[side]] + paths(down: side.inner).map { [side] + $0 } }
  }

  /// Every Tᵀ g that is needed.
  private func transposedProducts(of tensor: Int, _ p: Product) -> [(cotangent: Int, node: Int)] {
    graph.nodes.indices.compactMap { index in
      let node = graph.nodes[index]
      guard isNeeded[index],
        node.operation == .compute(.product(Product(m: p.k, k: p.m, n: 1, transposeLeft: true))),
        source(node.operands[0]) == tensor
      else { return nil }
      return (node.operands[1], index)
    }
  }

  /// Finds, below the cotangent of an outer product, those of its sides without x.
  ///
  /// - Parameter gradients: receives them with the depth of the outer product in the path.
  /// - Returns: whether nothing else that depends on the cotangent is needed.
  private func collect(_ cotangent: Int, depth: Int, _ path: [OuterProduct], _ gradients: inout [Int: Int]) -> Bool {
    if neededResults.contains(cotangent) { return false }
    for user in users[cotangent] where isNeeded[user] {
      if graph.nodes[user].operation == .compute(.view(.reshape)) {
        if !collect(user, depth: depth, path, &gradients) { return false }
      } else if depth < path.count, isContraction(user, of: cotangent, path[depth], withInner: true) {
        gradients[user] = depth
      } else if depth < path.count, isContraction(user, of: cotangent, path[depth], withInner: false) {
        if !collect(user, depth: depth + 1, path, &gradients) { return false }
      } else {
        return false
      }
    }
    return true
  }

  private func isContraction(_ user: Int, of cotangent: Int, _ outer: OuterProduct, withInner: Bool) -> Bool {
    let (product, vectorIsFirst) = outer.contraction(withInner: withInner)
    let node = graph.nodes[user]
    guard node.operation == .compute(.product(product)) else { return false }
    return source(node.operands[vectorIsFirst ? 0 : 1]) == (withInner ? outer.inner : outer.other)
      && node.operands[vectorIsFirst ? 1 : 0] == cotangent
  }
}

extension Graph {
  /// The same with these products summed over x first.
  fileprivate func contracting(_ contractions: [Contraction]) -> Graph {
    var replacements: [Int: (GraphBuilder, [Value]) -> Value] = [:]
    for contraction in contractions {
      replacements[contraction.product] = { contraction.result(in: $0, $1, nodes[contraction.product].space) }
      for gradient in contraction.gradients {
        replacements[gradient.node] = {
          contraction.gradient(
            at: gradient.depth, values: $1, $1[gradient.cotangent], nodes[gradient.node].space, in: $0)
        }
      }
    }
    let builder = GraphBuilder()
    let parameters = self.parameters.map { builder.parameter($0.name, $0.space) }
    var values: [Value] = []
    for (index, node) in nodes.enumerated() {
      builder.origin = node.origin
      if case .parameter(let parameter) = node.operation {
        values.append(parameters[parameter])
      } else if let replacement = replacements[index] {
        values.append(replacement(builder, values))
      } else {
        values.append(builder.value(node.operation, node.operands.map { values[$0] }, node.space))
      }
    }
    return builder.finish(results: results.map { values[$0] })
  }
}

// What is built more than once is one value: a builder shares equal nodes.
extension Contraction {
  private var otherSize: Int { path.reduce(1) { $0 * $1.otherSize } }

  /// T x, a matrix with a column for every entry of the other sides.
  private func matrix(_ values: [Value], rows: Int, in builder: GraphBuilder) -> Value {
    // In the tensor, x's index has those of the sides to its left before it, and those to its right after it.
    let columns = path.reduce(1) { $1.isLeft ? $0 * $1.otherSize : $0 }
    let outer = rows * otherSize / columns
    let (tensor, vector) = (values[self.tensor], values[self.vector])
    let space = Space.real([rows, otherSize])
    if columns == 1 { return builder.apply(tensor, vector, space) }
    let product = MiddleProduct(outer: outer, inner: vectorSize, columns: columns)
    return builder.value(.middleProduct(product), [tensor, vector], space)
  }

  /// The outer product from a depth on, without x; nil where nothing is left of it.
  private func others(from depth: Int, _ values: [Value], in builder: GraphBuilder) -> Value? {
    guard depth < path.count else { return nil }
    let other = values[path[depth].other]
    guard let inner = others(from: depth + 1, values, in: builder) else { return other }
    let (left, right) = path[depth].isLeft ? (inner, other) : (other, inner)
    let (m, n) = (left.space.dimension, right.space.dimension)
    return builder.product(Product(m: m, k: 1, n: n), left, right, .real([m * n]))
  }

  func result(in builder: GraphBuilder, _ values: [Value], _ space: Space) -> Value {
    builder.apply(
      matrix(values, rows: space.dimension, in: builder), others(from: 0, values, in: builder)!, space)
  }

  /// The gradient in the other side at a depth, from the cotangent of the result.
  func gradient(
    at depth: Int, values: [Value], _ cotangent: Value, _ space: Space, in builder: GraphBuilder
  ) -> Value {
    let rows = cotangent.space.dimension
    // The cotangents of the outer products without x, down to the one with that side.
    var bar = builder.product(
      Product(m: otherSize, k: rows, n: 1, transposeLeft: true), matrix(values, rows: rows, in: builder), cotangent,
      .real([otherSize]))
    for (level, outer) in path.prefix(depth + 1).enumerated() {
      let inner = others(from: level + 1, values, in: builder)
      let small = outer.with(innerSize: inner?.space.dimension ?? 1)
      let isLast = level == depth
      guard let vector = isLast ? inner : values[outer.other] else { break }
      let (product, vectorIsFirst) = small.contraction(withInner: isLast)
      let size = isLast ? outer.otherSize : small.innerSize
      bar =
        vectorIsFirst
        ? builder.product(product, vector, bar, .real([size])) : builder.product(product, bar, vector, .real([size]))
    }
    return builder.reshape(bar, space)
  }
}
