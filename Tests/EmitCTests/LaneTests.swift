import EmitC
import Foundation
import LinearMaps
import TestSupport
import Testing

/// Programs whose samples are computed side by side, in batches of all lengths.
@Suite struct LaneTests {
  /// Programs on small spaces.
  static func units(_ seeds: Range<UInt64>) throws -> [ProgramUnit] {
    try seeds.map { Harness.unit(try GraphProgram.adversarial(seed: $0, isSmall: true)) }.filter { try isInLanes($0) }
  }

  static func isInLanes(_ unit: ProgramUnit, options: EmitOptions = Harness.options()) throws -> Bool {
    try manifest(ModuleUnit(programs: [unit], options: options)).contains("\"lanes\": true")
  }

  /// Every unit with a batch and strides of its own; together they meet all of them.
  private func trials(_ seeds: Range<UInt64>, batches: [Int]) throws -> [Trial] {
    let units = try Self.units(seeds)
    #expect(units.count * 3 > seeds.count, "\(units.count) of \(seeds.count) programs are in lanes")
    return units.enumerated().map { index, unit in
      var choice = index / batches.count
      let strides = unit.ports.map { port in
        defer { choice /= 3 }
        return [0, port.size, port.size + 3][(choice + index) % 3]
      }
      return Harness.trial(unit, seed: UInt64(index), batch: batches[index % batches.count], strides: strides)
    }
  }

  @Test(arguments: [["-O1"], ["-O3", "-march=native"], ["-O2", "-DCAJAL_LANE_BYTES=8"]])
  func allBatchesAgreeWithTheInterpreter(flags: [String]) throws {
    let trials = try trials(3000..<3060, batches: Array(1...19) + [32, 33, 40])
    Harness.check(trials, try Harness.run(trials, flags: flags))
  }

  /// One program at every batch and with every stride of its three inputs.
  @Test(arguments: [4, 8]) func everyStride(realBytes: Int) throws {
    let unit = Self.learnt
    #expect(try Self.isInLanes(unit))
    let batches = [1, 2, 7, 8, 9, 16, 40]
    let trials = (0..<54).map { choice in
      let strides = unit.ports.enumerated().map { index, port in
        [0, port.size, port.size + 3][choice / [1, 3, 9][index] % 3]
      }
      return Harness.trial(unit, seed: UInt64(choice), batch: batches[choice % batches.count], strides: strides)
    }
    let answers = try Harness.run(
      trials, options: Harness.options(realBytes: realBytes), flags: ["-O2", "-march=native"])
    Harness.check(trials, answers, tolerance: realBytes == 4 ? 1e-5 : 1e-12)
  }

  @Test func floatsAgreeUnderClang() throws {
    let trials = try trials(3300..<3325, batches: [1, 8, 11, 17])
    let answers = try Harness.run(
      trials, options: Harness.options(realBytes: 4), compiler: installed("clang").first ?? "gcc",
      flags: ["-O2", "-march=native"])
    // As in ModuleTests: a kink of `bound` is left to double precision.
    for (trial, answer) in zip(trials, answers) {
      #expect(Harness.agree(answer.output, trial.expected.output, tolerance: 1e-3), "\(trial.program.name)")
    }
  }

  @Test(arguments: ["gcc", "clang"]) func runsCleanUnderSanitizers(compiler: String) throws {
    guard installed(compiler).first != nil else { return }
    let trials = try trials(3400..<3412, batches: [1, 5, 8, 13, 16])
    let flags = ["-march=native"] + Harness.sanitizers
    Harness.check(trials, try Harness.run(trials, compiler: compiler, flags: flags))
  }

  /// What forward_keep keeps, and forward puts beside where it is asked for nothing, on the stack or, where it is too
  /// much for that, into the workspace.
  @Test(arguments: [(rounds: 20, isLocal: true), (rounds: 200, isLocal: false)])
  func keptStates(rounds: Int, isLocal: Bool) throws {
    let g = GraphBuilder()
    let (m, x) = (g.parameter("m", .hom(.real([3]), .real([3]))), g.parameter("x", .real([3])))
    let result = g.loop(trips: rounds, descending: false, states: [("y", x)]) { body, given in
      ([body.add(body.apply(body.use(m), given.states[0], .real([3])), body.use(x))], [])
    }
    let program = try GraphProgram("p", compiling: g.finish(results: [result.states[0]]))
    let plan = try #require(try Scheduled(program).lanes)
    #expect(plan.kept >= 3 * (rounds - 1))
    #expect(plan.isUnkeptLocal == isLocal)
    let trials = [1, 3, 4, 8, 13].enumerated().map { index, batch in
      let unit = Harness.unit(program)
      var trial = Harness.trial(unit, seed: UInt64(index), batch: batch, strides: [[9, 12][index % 2], 3])
      // So that the states neither vanish nor overflow.
      trial.inputs[0] = trial.inputs[0].map { 0.3 * max(-1, min(1, $0)) }
      return trial
    }
    Harness.check(trials, try Harness.run(trials, flags: ["-O3", "-march=native"]))
    Harness.check(trials, try Harness.run(trials, flags: Harness.sanitizers))
  }

  /// Lanes without a sample add nothing, even where a shared input is infinite.
  @Test func infinitiesStayInTheirSamples() throws {
    let unit = Self.learnt
    var trial = Harness.trial(unit, seed: 7, batch: 5, strides: [0, 3, 3])
    trial.inputs[0][1] = .infinity
    // Finite where nothing meets the infinity.
    trial.cotangent = [1, 2, 3, 4, 5]
    trial.inputs[2] = trial.inputs[2].map { abs($0) + 1 }
    trial.inputs[1] = trial.inputs[1].map { abs($0) + 1 }
    let answers = try Harness.run([trial])
    Harness.check([trial], answers)
    let isFinite = answers[0].gradients[0].allSatisfy { $0.isFinite }
    #expect(isFinite)
    #expect(answers[0].gradients[1].contains(.infinity))
  }

  /// ⟨m x, y⟩, and its adjoint.
  private static var learnt: ProgramUnit {
    func parameters(_ g: GraphBuilder) -> (Value, Value, Value) {
      (g.parameter("m", .hom(.real([3]), .real([3]))), g.parameter("x", .real([3])), g.parameter("y", .real([3])))
    }
    let forward = GraphBuilder()
    let (m, x, y) = parameters(forward)
    let image = forward.apply(m, x, .real([3]))
    let backward = GraphBuilder()
    let (m2, x2, y2) = parameters(backward)
    let kept = backward.parameter("kept", .real([3]))
    let bar = backward.parameter("bar", .scalar)
    let imageBar = backward.scaled(y2, by: bar)
    let mBar = backward.product(Product(m: 3, k: 1, n: 3), imageBar, x2, .hom(.real([3]), .real([3])))
    let xBar = backward.product(
      Product(m: 1, k: 3, n: 3), imageBar, m2, .real([3]))
    return Harness.unit(
      "learnt", forward.finish(results: [forward.dot(image, y), image]),
      backward.finish(results: [mBar, xBar, backward.scaled(kept, by: bar)]))
  }

  // MARK: Their code

  @Test func onlyWhereTheOptionsSaySo() throws {
    #expect(try Self.isInLanes(Self.learnt))
    #expect(try Self.isInLanes(Self.learnt, options: Harness.options(lanes: false)) == false)
  }

  @Test func roomIsThereForWholeGroups() throws {
    let unit = Self.learnt
    let module = ModuleUnit(programs: [unit], options: Harness.options(realBytes: 4))
    let manifest = try manifest(module)
    #expect(manifest.contains("\"batch_multiple\": 16"))
    #expect(manifest.contains("\"keep_bytes_per_sample\": 12"))
    let c = try emitModule(module).c
    #expect(c.contains("const size_t groups = batch / 16 + (batch % 16 != 0);"))
    #expect(c.contains("return groups > SIZE_MAX / 192 ? SIZE_MAX : groups * 192;"))
  }

  @Test func statementsAreThoseOfASample() throws {
    let g = GraphBuilder()
    let (n, x) = (g.parameter("n", .natural(40)), g.parameter("x", .boolean))
    let not = g.constant(SparseVector(dense: [0, 1, 1, 0]), .hom(.boolean, .boolean))
    let result = g.loop(
      trips: 40, descending: true, states: [("y", g.zero(.boolean))], sequences: [("n", n, .scalar)]
    ) { body, given in
      let turned = body.apply(body.use(not), given.states[0], .boolean)
      return ([body.add(body.scaled(body.use(x), by: given.slices[0]), turned)], [])
    }
    let unit = Harness.unit("p", g.finish(results: [result.states[0]]))
    let c = try emitModule(ModuleUnit(programs: [unit], options: Harness.options(realBytes: 4))).c
    let start = try #require(c.range(of: "static void p_lanes("))
    let end = try #require(c.range(of: "\n}\n", range: start.lowerBound..<c.endIndex))
    #expect(
      String(c[start.lowerBound..<end.upperBound]) == """
        static void p_lanes(const lanes *n, const lanes *x, lanes *restrict result) {
          result[0] = CAJAL_LANES_OF(0.0f);
          result[1] = CAJAL_LANES_OF(0.0f);
          for (size_t k = 40; k-- > 0;) {
            lanes sum[2];
            sum[0] = n[k] * x[0] + result[1];
            sum[1] = n[k] * x[1] + result[0];
            result[0] = sum[0];
            result[1] = sum[1];
          }
        }

        """)
  }
}
