import EmitC
import Foundation
import LinearMaps
import TestSupport
import Testing

/// What is emitted for the gradients of each sample, and their names. That they are right, wherever the workspace is,
/// every test shows that runs a module through `Harness`.
@Suite struct EachGradientTests {
  private func module(_ unit: ProgramUnit, _ options: EmitOptions = Harness.options()) -> ModuleUnit {
    ModuleUnit(programs: [unit], options: options)
  }

  private func count(_ text: String, in c: String) -> Int { c.components(separatedBy: text).count - 1 }

  /// The body of a function.
  private func body(_ name: String, in c: String) throws -> String {
    let start = try #require(
      c.range(of: "\nstatic int \(name)\\(size_t batch,[^;{]*\\{\n", options: .regularExpression))
    let end = try #require(c.range(of: "\n}\n", range: start.upperBound..<c.endIndex))
    return String(c[start.upperBound..<end.lowerBound])
  }

  /// m x, of a program or of a model whose tensor is m.
  private func image(size: Int = 3, isModel: Bool = false) -> ProgramUnit {
    func parameters(_ g: GraphBuilder) -> (m: Value, x: Value) {
      (g.parameter("m", .hom(.real([size]), .real([size]))), g.parameter("x", .real([size])))
    }
    let forward = GraphBuilder()
    let (m, x) = parameters(forward)
    let backward = GraphBuilder()
    let (m2, x2) = parameters(backward)
    let bar = backward.parameter("bar", .real([size]))
    return Harness.unit(
      "p", forward.finish(results: [forward.apply(m, x, .real([size]))]),
      backward.finish(results: [
        backward.product(Product(m: size, k: 1, n: size), bar, x2, .hom(.real([size]), .real([size]))),
        backward.product(Product(m: 1, k: size, n: size), bar, m2, .real([size])),
      ]), tensors: isModel ? 1 : nil)
  }

  /// Where the adjoint knows every sample's gradient it is all there is, in lanes too, and takes no more room.
  @Test(arguments: [true, false]) func theAdjointHasStridesOfItsOwn(lanes: Bool) throws {
    let module = module(image(), Harness.options(lanes: lanes))
    let c = try emitModule(module).c
    func call(_ strides: String) -> String {
      "  return p_run_adjoint(batch, in, stride, out_bar, in_bar, \(strides), work);"
    }
    #expect(try body("p_backward_each", in: c) == call("bar_stride"))
    #expect(try body("p_generic_backward", in: c) == call("stride"))
    #expect(try manifest(module).contains("\"each_bytes\": 0,"))
    // In lanes there is one for few samples besides.
    #expect(count("\nstatic void p_adjoint_", in: c) == (lanes ? 2 : 1))
  }

  /// A sum of the whole batch is taken apart by the runtime, which calls what is there.
  @Test func theRuntimeGoesThroughTheSamples() throws {
    let model = module(image(isModel: true))
    let c = try emitModule(model).c
    let call = try body("p_backward_each", in: c)
    #expect(call.hasPrefix("  return cajal_model_backward_each(&p_model, p_run_adjoint, p_sizes, batch, params,"))
    #expect(count("\nstatic void p_adjoint_", in: c) == 1)
    func bytes(_ name: String) throws -> Int {
      let line = try #require(try manifest(model).split(separator: "\n").first { $0.contains("\"\(name)\"") })
      return try #require(Int(line.filter(\.isNumber)))
    }
    // A sample's workspace, its result of 24 bytes, and two pointers.
    #expect(try bytes("each_bytes") == bytes("keep_bytes") + bytes("keep_bytes_per_sample") + 64 + 64)
    let shared = module(image(size: 12), Harness.options(batchThreshold: 1))
    let code = try emitModule(shared).c
    #expect(code.contains("static const unsigned char p_summed[] = {1, 0};"))
    #expect(
      try body("p_backward_each", in: code).hasPrefix(
        "  return cajal_program_backward_each(&p_program, p_run_adjoint, p_sizes, p_summed, batch, in,"))
  }

  @Test func withoutGradientsThereIsNoRoom() throws {
    let module = module(Harness.unit("p", image(isModel: true).forward, tensors: 1))
    #expect(try manifest(module).contains("\"each_bytes\": 0,"))
    #expect(try body("p_backward_each", in: emitModule(module).c).hasSuffix("return CAJAL_NO_GRADIENT;"))
  }

  /// Parameters that are named like what belongs to others, and like variables of the functions.
  @Test func namesStayApart() throws {
    let names = ["bar", "x", "x_bar", "bar_stride", "x_bar_stride", "params_bar", "params_bar_stride", "in_bar"]
    func graph(_ isBackward: Bool) -> Graph {
      let g = GraphBuilder()
      let ports = names.map { g.parameter($0, .scalar) }
      let sum = ports.dropFirst().reduce(ports[0]) { g.add($0, $1) }
      guard isBackward else { return g.finish(results: [sum]) }
      let cotangent = g.parameter("cotangent", .scalar)
      return g.finish(results: names.map { _ in cotangent })
    }
    for tensors in [nil, 1, 0] {
      let unit = Harness.unit("p", graph(false), graph(true), tensors: tensors)
      let trial = Harness.trial(unit, seed: 1, strides: unit.ports.map { _ in 2 })
      Harness.check([trial], try Harness.run([trial]))
    }
  }

  /// Every choice of shared inputs, in batches of one and more, with OpenBLAS too: its products have the same bits
  /// wherever the workspace is.
  @Test(arguments: [Blas.none, .openblas]) func sharedMatrices(blas: Blas) throws {
    let size = 12
    let system = { (name: String) -> ProgramUnit in
      func parameters(_ g: GraphBuilder) -> (a: Value, b: Value, x: Value) {
        let matrix = Space.hom(.real([size]), .real([size]))
        return (g.parameter("a", matrix), g.parameter("b", matrix), g.parameter("x", .real([size])))
      }
      let g = GraphBuilder()
      let (a, b, x) = parameters(g)
      let graph = g.finish(results: [g.apply(a, g.apply(b, x, .real([size])), .real([size]))])
      let halves = try! Self.halves(graph)
      return Harness.unit(name, halves.forward, halves.backward)
    }
    var trials: [Trial] = []
    for batch in [1, 2, 9] {
      for choice in 0..<8 {
        let unit = system("p")
        let strides = unit.ports.enumerated().map { choice >> $0 & 1 == 1 ? 0 : $1.size + $0 }
        trials.append(Harness.trial(unit, seed: UInt64(choice), batch: batch, strides: strides))
      }
    }
    let options = Harness.options(blas: blas, batchThreshold: 1)
    #expect(try emitModule(module(system("p"), options)).c.contains("p_summed[] = {1, 1, 0};"))
    let flags =
      blas == .none
      ? Harness.sanitizers
      : ["-O2", "-march=native", "-DCAJAL_BLAS", "-Wl,--no-as-needed", "-lopenblas"]
    let answers = try Harness.run(trials, options: options, flags: flags)
    #expect(answers.count == trials.count)
    Harness.check(trials, answers)
  }

  /// Forward and backward, as the driver makes them.
  private static func halves(_ graph: Graph) throws -> (forward: Graph, backward: Graph) {
    let prepared = try PreparedGraph(graph)
    return (prepared.forward, prepared.backward)
  }
}
