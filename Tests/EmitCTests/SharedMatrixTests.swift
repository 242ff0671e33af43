import Adjoint
import EmitC
import LinearMaps
import Passes
import TestSupport
import Testing

/// What an iteration looks like whose matrix the batch shares.
@Suite struct SharedMatrixTests {
  private static let size = 64

  /// s <- n_k b + A s in Horner's form, as a program; A is an input or a literal.
  private func system(trips: Int = 9, isLiteral: Bool = false) throws -> ProgramUnit {
    let size = Self.size
    let g = GraphBuilder()
    var random = SplitMix(seed: 1)
    let a =
      isLiteral
      ? g.constant(SparseVector(dense: random.vector(size * size)), .real([size, size]))
      : g.parameter("a", .real([size, size]))
    let b = g.parameter("b", .real([size]))
    let n = g.parameter("n", .natural(trips))
    let result = g.loop(
      trips: trips, descending: true, states: [("s", g.zero(.real([size])))], sequences: [("n", n, .scalar)]
    ) { body, given in
      let next = body.add(
        body.scaled(body.use(b), by: given.slices[0]), body.apply(body.use(a), given.states[0], .real([size])))
      return ([next], [])
    }
    let forward = try Pipeline.standard.run(g.finish(results: [result.states[0]]))
    let halves = split(try Pipeline.standard.run(reverse(forward)), portCount: forward.parameters.count)
    return Harness.unit(
      "s", try Pipeline.cleanUp.run(halves.forward), try Pipeline.cleanUp.run(halves.backward))
  }

  private func module(_ unit: ProgramUnit) -> ModuleUnit {
    ModuleUnit(programs: [unit], options: Harness.options(realBytes: 4, blas: .openblas))
  }

  /// The lines of the schedule for batches that share the matrix.
  private func shared(_ unit: ProgramUnit, backward: Bool) throws -> [String] {
    let lines = try scheduleText(module(unit)).split(separator: "\n").map(String.init)
    let way = lines.contains { $0.hasSuffix("that share a") } ? "that share a" : "for any batch"
    let start = lines.firstIndex { $0.hasPrefix(backward ? "backward " : "forward ") && $0.hasSuffix(way) }!
    let end = lines[(start + 1)...].firstIndex { $0.hasPrefix("forward ") || $0.hasPrefix("backward ") }
    return Array(lines[start..<(end ?? lines.endIndex)])
  }

  @Test func aRoundIsOneProduct() throws {
    let lines = try shared(try system(), backward: false)
    #expect(lines[0].hasSuffix("for batches that share a"))
    #expect(lines.filter { $0.contains("product") && $0.contains("batchx64 64x64") }.count == 1)
    let loop = try #require(lines.firstIndex { $0.hasPrefix("all samples together for k") })
    #expect(lines[loop...].contains { $0.hasPrefix("    ") && $0.contains("+= blas product batchx64 64x64^T") })
    #expect(lines[loop...].contains { $0.hasPrefix("  swap ") }, "states are not copied")
    #expect(!lines[loop...].contains { $0.contains("rows.") }, "operands are not copied")
  }

  /// The matrix's gradient is one product over all rounds; nothing of its size is put aside or cleared.
  @Test func theGradientOfTheMatrixIsOneProduct() throws {
    let lines = try shared(try system(), backward: true)
    let products = lines.filter { $0.contains("a_bar") && $0.contains("product") }
    #expect(products.count == 1)
    #expect(products.allSatisfy { $0.contains(" = blas product") && !$0.hasPrefix("    ") })
    #expect(!lines.contains { $0.contains("real[4096] in rows") || $0.contains("real[4096] in workspace") })
  }

  /// With so many rounds that their factors would take much memory, each round adds its own.
  @Test func ofManyRoundsEachAdds() throws {
    let lines = try shared(try system(trips: 2000), backward: true)
    let products = lines.filter { $0.contains("a_bar") && $0.contains("product") }
    #expect(products.allSatisfy { $0.hasPrefix("    ") && $0.contains("+= blas product 64xbatch^T") })
    #expect(!products.isEmpty)
  }

  /// Which way a batch goes is known from its strides.
  @Test func stridesDecide() throws {
    let unit = try system()
    let c = try emitModule(module(unit)).c
    #expect(c.components(separatedBy: "if (batch == 1 || stride[0] == 0) {").count == 3, "forward and backward")
    #expect(try manifest(module(unit)).contains("\"shared_matrices\": [\n        \"a\"\n      ]"))
  }

  /// Literals are always shared, so that there is one way only.
  @Test func literalsAreShared() throws {
    let unit = try system(isLiteral: true)
    let lines = try shared(unit, backward: false)
    #expect(lines[0].hasSuffix("for any batch"))
    let c = try emitModule(module(unit)).c
    #expect(!c.contains("stride[0] == 0"))
    #expect(c.contains("cajal_blas_product_f32(batch, 64, 64,"))
    #expect(!c.contains("cajal_blas_product_f32(64, 64, 1,"), "no code for samples one by one")
    #expect(!(try manifest(module(unit)).contains("shared_matrices")))
  }

  /// The adjoint of a constant step needs no states.
  @Test func memoryOfAConstantStepDoesNotGrowWithTheHorizon() throws {
    func bytes(_ trips: Int) throws -> [Substring] {
      try manifest(module(try system(trips: trips, isLiteral: true))).split(separator: "\n")
        .filter { $0.contains("bytes") && !$0.contains("workspace_bytes") }
    }
    #expect(try bytes(9) == bytes(3000))
    #expect(try bytes(9).count == 5)
  }

  /// Without a matrix that is shared, too, a gradient that nobody wants is not computed.
  @Test func whatIsNotWantedIsNotComputed() throws {
    let c = try emitModule(module(try system())).c
    let name = "wants_a"
    let lines = c.split(separator: "\n").map(String.init)
    let products = lines.indices.filter { lines[$0].contains("cajal_product_f32(64, 1, 64,") }
    #expect(products.count == 1, "one outer product a round, where samples have matrices of their own")
    for index in products { #expect(lines[index - 1].contains("if (\(name)) {")) }
  }

  /// A matrix of the sample's own is not one for the batch.
  @Test func smallMatricesStayWithTheirSample() throws {
    let options = Harness.options(batchThreshold: Self.size * Self.size + 1)
    let text = try scheduleText(ModuleUnit(programs: [try system()], options: options))
    #expect(!text.contains("for the batch") && !text.contains("share"))
  }
}
