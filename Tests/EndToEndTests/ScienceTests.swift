import CajalTyping
import Diagnostics
import Driver
import Foundation
import LinearMaps
import Lowering
import Testing

/// Learnt tensors, computed data, states that are data, trajectories: from source to machine code.
@Suite struct ScienceTests {
  private func compilation(_ text: String, realBytes: Int = 8) -> Compilation {
    var options = CompilerOptions()
    options.gradients = true
    options.realBytes = realBytes
    options.blas = .none
    return Compilation(source: Source(name: "s.cajal", text: text), options: options)
  }

  static let models = """
    horizon 4
    param k : Real[3] = 0.5
    param c : Real
    net rates (y : Real[3], t : Real) : Real[2] = dense 5 | tanh | dense | softplus
    model constants (x : Real[3]) : Real[3] = times k x + scale c [1, -1, 2]
    model affine (x : Real[3], n : Nat) : Real[3] = iter { x | !y => 0.5 * y + k } (n)
    model logistic (x : Real[3], n : Nat) : Real[3] = iter { x | !y => y + times k (times y (1 - y)) } (n)
    model constant (x : Real[3], n : Nat) : Real[3] = iter { x | !y => times k k } (n)
    model pools (x : Real[3], t : Real) : Real[6,3] =
      scan { x | !y => y + 0.1 * [[-1, 0], [1, -1], [0, 1]] (rates y t) | conserves 1 } (5)
    model trajectory (x : Real) : Real[4] = scan { x | y => scale c y } (3)
    model entries (x : Real[3], t : Real) : Real[3] =
      let r = rates (concat (slice 1 3 x) [t]) (entry 0 x) in [dot r r, entry 1 r / (1 + t ^ 2), entry 2 x]
    model named (x : Real[3]) : Real[3] = let e = exp (times k x) in times e e + e
    model twice (x : Real[3], t : Real) : Real[3] =
      iter { x | !y => let r = rates y t in y + [[-0.1, 0], [0.1, -0.1], [0, 0.1]] (times r r) } (3)
    model inner (x : Real[3], t : Real) : Real[3] =
      iter { x | !y => 0.5 * y + entry 2 (scan { y | z => scale t z } (3)) } (2)

    """

  @Test(arguments: [4, 8]) func everythingAgrees(realBytes: Int) throws {
    let compilation = compilation(Self.models, realBytes: realBytes)
    let reports = try #require(
      try verify(compilation, limit: 6, seed: 5), "\(compilation.diagnostics.items.map(\.message))")
    #expect(reports.count == 10)
    for report in reports { #expect(report.agrees, "\(report.text)") }
    // Where no net is in the way, the equations are compared too.
    for name in ["constants", "affine", "logistic", "constant", "trajectory", "named", "inner"] {
      #expect(
        reports.contains { $0.program == name && $0.text.contains("the equations and their derivative") }, "\(name)")
    }
  }

  static let functions = [
    "exp x", "log (1 + abs x)", "sqrt (1 + x ^ 2)", "sin x", "cos x", "tanh x", "sigmoid x", "softplus x",
    "relu (x + 2)",
    "abs (x + 2)", "recip (2 + x)", "min x (2 * x - 0.3)", "max x (1 - x)", "x / (2 + cos x)", "x / (2 + t)",
    "2 / (3 + x)",
    "x ^ 2", "x ^ 3", "x ^ 4", "x ^ 1", "(2 + x) ^ -1", "(2 + x) ^ 1.5", "(2 + x) ^ -2", "(2 + x) ^ 0.3", "x / 3",
    "times x (times x x)", "concat (slice 1 3 x) [t]", "[t, entry 2 x, dot x x]", "x ^ 0 + x",
    "[[t, entry 2 x, 1], [0, t, 2], [1, 1, 1]] x",
  ]

  @Test func everyFunctionsGradient() throws {
    let text = Self.functions.enumerated().map { index, body in
      "model m\(index) (x : Real[3], t : Real) : Real[3] = \(body)\n"
    }.joined()
    let compilation = compilation(text)
    let reports = try #require(
      try verify(compilation, limit: 4, seed: 3), "\(compilation.diagnostics.items.map(\.message))")
    #expect(reports.count == Self.functions.count)
    for (report, body) in zip(reports, Self.functions) {
      #expect(report.agrees, "\(body): \(report.text)")
      #expect(report.text.contains("8 of 8") || report.text.contains("4 of 4"), "\(body): \(report.text)")
    }
  }

  @Test func programsAgree() throws {
    let compilation = compilation(
      """
      horizon 4
      program mix (x : Real[3], y : Real[3]) : Real[3] = times x y
      program part (x : Real[3,2], n : Nat) : Real[2] = iter { entry 1 x | y => [[0, 1], [0.5, 0]] y / 3 } (n)
      program rows (x : Real[3,2]) : Real[5,2] = concat (slice 1 3 x) x
      program map (x : Real[2], v : Real[2]) : Real[2] = [[entry 0 x, entry 1 x], [dot [1, 2] x, 3 * entry 0 x]] v
      program path (x : Real[2], a : Real[2] -o Real[2]) : Real[4,2] = scan { x | y => a y } (3)
      program fed (x : Real[2], u : Real[2]) : Real[4,2] = scan { times x u | y => [entry 1 y, dot [0.5, 0.25] y] } (3)
      """)
    let reports = try #require(
      try verify(compilation, limit: 40, seed: 1), "\(compilation.diagnostics.items.map(\.message))")
    for report in reports { #expect(report.agrees, "\(report.text)") }
  }

  @Test func learntTensorsAreTensors() throws {
    let compilation = compilation(Self.models)
    let model = try #require(compilation.models?.first { $0.graph.parameters.contains { $0.name == "c" } })
    #expect(model.tensors.map(\.name) == ["k", "c"])
    #expect(model.tensors[0].initial == [0.5, 0.5, 0.5] && model.tensors[0].fanIn == 3 && model.tensors[0].dims == [3])
    #expect(model.tensors[1].initial == nil && model.tensors[1].fanIn == 1 && model.tensors[1].dims == [])
  }

  /// As trees the data would have 2^60 parts.
  @Test func sharedDataAreLoweredOnce() throws {
    let lets = (1...60).map { "let x\($0) = 0.5 * times x\($0 - 1) x\($0 - 1) in " }.joined()
    let compilation = compilation(
      "net f (x : Real[3]) : Real[3] = dense\nmodel m (x0 : Real[3]) : Real[3] = \(lets) f x60 + x60")
    let model = try #require(compilation.models?.first, "\(compilation.diagnostics.items.map(\.message))")
    #expect(model.graph.nodes.count < 400)
  }
}
