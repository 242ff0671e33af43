import EmitC
import Foundation
import LinearMaps
import TestSupport
import Testing

/// The code of programs with matrices that the batch may share, and of gradients that nobody may want. What is computed
/// when, the tests of schedules show.
@Suite struct SharedCodeTests {
  private func system(isLiteral: Bool = false) throws -> ModuleUnit {
    let program = try KnownGraphs.system(isLiteral: isLiteral)
    return ModuleUnit(programs: [Harness.unit(program)], options: Harness.options(realBytes: 4, blas: .openblas))
  }

  /// Which way a batch goes is known from its strides.
  @Test func stridesDecide() throws {
    let module = try system()
    let c = try emitModule(module).c
    #expect(c.components(separatedBy: "if (batch == 1 || stride[0] == 0) {").count == 3, "forward and backward")
    #expect(try manifest(module).contains("\"shared_matrices\": [\n        \"a\"\n      ]"))
  }

  /// Literals are always shared, so that there is one way only.
  @Test func literalsAreShared() throws {
    let module = try system(isLiteral: true)
    let c = try emitModule(module).c
    #expect(!c.contains("stride[0] == 0"))
    #expect(c.contains("cajal_blas_product_f32(batch, 64, 64,"))
    #expect(!c.contains("cajal_blas_product_f32(64, 64, 1,"), "no code for samples one by one")
    #expect(!(try manifest(module).contains("shared_matrices")))
  }

  /// Without a matrix that is shared, too, a gradient that nobody wants is not computed.
  @Test func whatIsNotWantedIsNotComputed() throws {
    let lines = try emitModule(system()).c.split(separator: "\n").map(String.init)
    let products = lines.indices.filter { lines[$0].contains("cajal_product_f32(64, 1, 64,") }
    #expect(products.count == 1, "one outer product a round, where samples have matrices of their own")
    for index in products { #expect(lines[index - 1].contains("if (wants_a) {")) }
  }

  /// Without parameters that are wanted their gradients are not computed, and the other way round.
  @Test func unwantedGradientsOfModelsAreNotComputed() throws {
    let g = GraphBuilder()
    let (w, x) = (g.parameter("w", .real([100, 100])), g.parameter("x", .real([100])))
    let hidden = g.value(.nonlinear(.activation(.tanh)), [g.apply(w, x, .real([100]))], .real([100]))
    let program = try GraphProgram("m", compiling: g.finish(results: [g.apply(w, hidden, .real([100]))]), tensors: 1)
    let c = try emitModule(
      ModuleUnit(programs: [Harness.unit(program)], options: Harness.options(batchThreshold: 1 << 20))
    ).c
    #expect(c.contains("if (wants_params) {"))
    #expect(c.contains("if (wants_x) {"))
    #expect(c.contains("if (!params_bar && !in_bar[0]) {"))
  }
}
