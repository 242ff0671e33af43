import Adjoint
import LinearMaps
import Passes
import TestSupport
import Testing

/// A tensor applied to an outer product, summed over the data first.
@Suite struct ContractFirstTests {
  private func joint(_ graph: Graph) throws -> Graph { try Pipeline.standard.run(reverse(graph)) }

  private func contracted(_ graph: Graph, _ signature: GraphSignature) -> Graph? {
    Pass.contractFirst(in: signature, fewestEntries: 1, fewestTerms: 12).run(graph)
  }

  private func expectEqual(_ a: Graph, _ b: Graph, seed: UInt64) throws {
    try a.verify()
    var random = SplitMix(seed: seed)
    let arguments = b.parameters.map { random.vector($0.space.dimension) }
    for (x, y) in zip(Interpreter().run(a, arguments), Interpreter().run(b, arguments)) {
      #expect(x.count == y.count && zip(x, y).allSatisfy { abs($0 - $1) <= 1e-12 * max(1, abs($1)) })
    }
  }

  /// The products Tᵀ g that the result and the gradients in the tensors depend on.
  private func transposedProducts(_ graph: Graph, _ signature: GraphSignature) -> Int {
    let size = graph.parameters[signature.tensors.last!].space.dimension
    var needed = Set(graph.results.prefix(1 + signature.tensors.count))
    var count = 0
    for (index, node) in graph.nodes.enumerated().reversed() where needed.contains(index) {
      needed.formUnion(node.operands)
      if case .product(let p)? = node.operation.computation, p.transposeLeft, p.n == 1, p.m * p.k == size { count += 1 }
    }
    return count
  }

  @Test(arguments: OuterProductModel.factors.indices) func keepsTheMapAndItsGradients(index: Int) throws {
    let model = OuterProductModel(OuterProductModel.factors[index])
    let before = try joint(model.graph)
    let after = try #require(contracted(before, model.signature))
    try expectEqual(after, before, seed: UInt64(index))
    #expect(transposedProducts(before, model.signature) == 1)
    #expect(transposedProducts(after, model.signature) == 0)
  }

  /// What is not worth it: too small a tensor, too short a vector.
  @Test func smallTensorsStay() throws {
    let model = OuterProductModel(.pair(.input, .net(5)))
    let graph = try joint(model.graph)
    func isChanged(_ entries: Int, _ terms: Int) -> Bool {
      Pass.contractFirst(in: model.signature, fewestEntries: entries, fewestTerms: terms).run(graph) != nil
    }
    #expect(isChanged(6 * 12 * 5, 12))
    #expect(!isChanged(6 * 12 * 5 + 1, 12))
    #expect(!isChanged(6 * 12 * 5, 13))
  }

  /// Where the gradient in x is needed for that in a tensor.
  @Test func trainedFactorsStay() throws {
    let model = OuterProductModel(.pair(.input, .net(5))) { builder, x, net in
      builder.scaled(x, by: builder.entry(0, of: net))
    }
    #expect(contracted(try joint(model.graph), model.signature) == nil)
  }

  /// x is a tensor itself: its gradient is what is asked for.
  @Test func tensorsAsFactorsStay() throws {
    let builder = GraphBuilder()
    let (x, tensor) = (builder.parameter("x", .real([12])), builder.parameter("t", .real([6, 60])))
    let weight = builder.parameter("f", .real([5, 8]))
    let n = builder.apply(weight, builder.parameter("u", .real([8])), .real([5]))
    let outer = builder.product(Product(m: 12, k: 1, n: 5), x, n, .real([60]))
    let graph = try joint(builder.finish(results: [builder.apply(tensor, outer, .real([6]))]))
    #expect(contracted(graph, .model(tensors: 3, ports: 1)) == nil)
  }

  /// Without tensors every gradient may be wanted.
  @Test func programsStay() throws {
    let model = OuterProductModel(.pair(.input, .net(5)))
    #expect(contracted(try joint(model.graph), .of(model.graph, tensors: nil)) == nil)
  }

  /// Two ways lead down to x.
  @Test func aVectorBesideItself() throws {
    let model = OuterProductModel(.pair(.pair(.input, .input), .net(5)))
    let before = try joint(model.graph)
    let after = try #require(contracted(before, model.signature))
    try expectEqual(after, before, seed: 7)
    #expect(transposedProducts(after, model.signature) == 0)
  }

  /// One tensor, applied to two outer products with the same x, and to one with another.
  @Test func aTensorAppliedSeveralTimes() throws {
    let builder = GraphBuilder()
    let weights = (0..<2).map { builder.parameter("f\($0)", .real([5, 12])) }
    let tensor = builder.parameter("t", .real([6, 60]))
    let inputs = (0..<2).map { builder.parameter("x\($0)", .real([12])) }
    func applied(_ x: Value, _ weight: Value) -> Value {
      let outer = builder.product(Product(m: 12, k: 1, n: 5), x, builder.apply(weight, x, .real([5])), .real([60]))
      return builder.apply(tensor, outer, .real([6]))
    }
    let parts = [applied(inputs[0], weights[0]), applied(inputs[0], weights[1]), applied(inputs[1], weights[0])]
    // Three cotangents.
    let sum = builder.add(parts[0], builder.add(builder.scale(0.5, parts[1]), builder.scale(0.25, parts[2])))
    let graph = builder.finish(results: [sum])
    let before = try joint(graph)
    let after = try #require(contracted(before, .of(graph, tensors: 3)))
    try expectEqual(after, before, seed: 8)
    #expect(transposedProducts(after, .of(graph, tensors: 3)) == 0)
  }
}
