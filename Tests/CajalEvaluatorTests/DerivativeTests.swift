import CajalEvaluator
import CajalSyntax
import CajalTyping
import TestSupport
import Testing

/// A direction in which all entries of the environment move.
private func direction(_ vectors: [[Double]], _ seed: UInt64) -> [[Double]] {
  var random = SplitMix64(seed: seed)
  return vectors.map { $0.map { _ in random.nextSigned() } }
}

private func tangents(
  _ interpreter: VectorInterpreter, _ program: Judgement, _ point: [[Double]], _ direction: [[Double]]
) throws -> [Double] {
  try interpreter.evaluate(program, environment: zip(point, direction).map { [Dual]($0, direction: $1) }).tangents
}

/// Central differences with a step that balances rounding against curvature.
private func differences(
  _ interpreter: VectorInterpreter, _ program: Judgement, _ point: [[Double]], _ direction: [[Double]]
) throws -> [Double] {
  let step = 1e-5
  func moved(_ factor: Double) throws -> [Double] {
    try interpreter.evaluate(
      program, environment: zip(point, direction).map { zip($0, $1).map { $0 + factor * $1 } })
  }
  return try zip(moved(step), moved(-step)).map { ($0 - $1) / (2 * step) }
}

@Suite struct DerivativeTests {
  @Test func randomProgramsAgreeWithFiniteDifferences() throws {
    var compared = 0
    let options = ProgramGenerator.Options.small(
      horizon: 4, ports: [.bool, .nat, .bool --> .bool, .nat --> .bool], results: [.bool, .nat, .bool --> .nat],
      numerals: 3)
    for seed in 0..<300 as Range<UInt64> {
      let checked = try CheckedProgram(ProgramGenerator.program(seed: seed, options))
      let program = checked.judgement
      let interpreter = VectorInterpreter(module: checked.module)
      guard let basis = BasisPoints(context: program.context, horizon: 4), !basis.dimensions.isEmpty else { continue }
      let point = basis.randomVectors(seed: seed)
      let along = direction(point, seed + 1)
      let exact = try tangents(interpreter, program, point, along)
      #expect(agree(try differences(interpreter, program, point, along), exact, relative: 1e-6), "seed \(seed)")
      if exact.contains(where: { $0 != 0 }) { compared += 1 }
    }
    #expect(compared > 150)
  }

  /// Where the map is linear in a port its derivative along e_i is the map with e_i in that port.
  @Test func linearPorts() throws {
    let program = Typed.program("p", [("b", .bool), ("f", .nat --> .bool), ("n", .nat)]) { v in
      Typed.choose(
        v[0], Typed.apply(v[1], Typed.succ(v[2])),
        Typed.iterate(Typed.apply(v[1], Typed.nat(1)), v[2]) { Typed.not($0) })
    }
    let interpreter = VectorInterpreter(module: Typed.module(horizon: 3, program))
    let basis = try #require(BasisPoints(context: program.context, horizon: 3))
    let point = basis.randomVectors(seed: 5)
    for port in point.indices {
      for entry in point[port].indices {
        var along = point.map { $0.map { _ in 0.0 } }
        along[port][entry] = 1
        var replaced = point
        replaced[port] = along[port]
        let exact = try tangents(interpreter, program, point, along)
        #expect(try exact == interpreter.evaluate(program, environment: replaced))
      }
    }
  }

  @Test func sectionFive() throws {
    let image: Type = .real([3, 2])
    let conv = Typed.primitive(.conv2d(kernel: [3, 3], image: [3, 2]), .real([3, 3]), image, image)
    let scale = Typed.primitive(.scale(image), .real([]), image, image)
    let program = Typed.program("p", [("k", .real([3, 3])), ("x", image), ("s", .real([])), ("n", .nat)]) { v in
      Typed.iterate(Typed.apply(scale, v[2], v[1]), v[3]) { y in
        Typed.add(Typed.apply(conv, v[0], y), Typed.scale(-2, y))
      }
    }
    let interpreter = VectorInterpreter(module: Typed.module(horizon: 4, program))
    let point = try #require(BasisPoints(context: program.context, horizon: 4)).randomVectors(seed: 1)
    let along = direction(point, 2)
    let exact = try tangents(interpreter, program, point, along)
    #expect(agree(try differences(interpreter, program, point, along), exact, relative: 1e-7))
  }

  @Test(arguments: Norm.allCases) func boundedPorts(norm: Norm) throws {
    for radius in [0.5, 100] {
      let program = Typed.program("p", [("x", .real([4]))], bounds: [Bound(norm: norm, radius: radius)]) { $0[0] }
      let interpreter = VectorInterpreter(module: Typed.module(program))
      let point = [[0.3, -2, 0.7, 1.5]]
      let along = [[1, 0.5, -0.25, 2]]
      let exact = try tangents(interpreter, program, point, along)
      #expect(agree(try differences(interpreter, program, point, along), exact, relative: 1e-8))
      #expect((exact == along[0]) == (radius == 100))
    }
  }

  /// The adjoint as LANGUAGE.md, section 5, states it: ⟨ȳ, dy⟩ = ⟨x̄, dx⟩.
  @Test func boundedPortsAgreeWithTheStatedAdjoint() throws {
    let program = Typed.program("p", [("x", .real([2]))], bounds: [Bound(norm: .linf, radius: 1)]) { $0[0] }
    let interpreter = VectorInterpreter(module: Typed.module(program))
    let (v, along, bar) = ([3.0, -4.0], [0.5, 2.0], [1.0, -1.0])
    let dy = try tangents(interpreter, program, [v], [along])
    // ‖v‖ = 4 at entry 1, s = (0, -1): x̄ = ¼·(ȳ − s·⟨v,ȳ⟩/4) = ¼·((1,-1) + (0,1)·7/4)
    let xBar = [0.25, 0.25 * 0.75]
    #expect(abs(dy[0] * bar[0] + dy[1] * bar[1] - (xBar[0] * along[0] + xBar[1] * along[1])) < 1e-15)
    // Of two largest entries it is the first: at (4, -4), s = (1, 0), so that dy = ¼·(dx − v·dx₀/4).
    #expect(try tangents(interpreter, program, [[4, -4]], [along]) == [0.25 * (0.5 - 0.5), 0.25 * (2 + 0.5)])
  }
}
