import EmitC
import LinearMaps
import Testing

/// What the emitted code looks like: no copies, no temporaries, no tables where none is needed.
@Suite struct StructureTests {
  private func graph(_ build: (GraphBuilder) -> [Value]) -> Graph {
    let builder = GraphBuilder()
    return builder.finish(results: build(builder))
  }

  private func sample(
    _ forward: Graph, _ backward: Graph? = nil, options: EmitOptions = Harness.options(realBytes: 4, lanes: false)
  ) throws -> String {
    let c = try emitModule(ModuleUnit(programs: [Harness.unit("p", forward, backward)], options: options)).c
    let start = try #require(c.range(of: "static void p_sample("))
    let end = try #require(c.range(of: "\n}\n", range: start.lowerBound..<c.endIndex))
    return String(c[start.lowerBound..<end.upperBound])
  }

  @Test func conditionalIsOneLoop() throws {
    let forward = graph { g in
      let (c, a, b) = (
        g.parameter("c", .boolean), g.parameter("a", .real([28, 28])), g.parameter("b", .real([28, 28]))
      )
      return [g.add(g.scaled(a, by: g.entry(0, of: c)), g.scaled(b, by: g.entry(1, of: c)))]
    }
    #expect(
      try sample(forward) == """
        static void p_sample(const real *c, const real *a, const real *b, real *restrict result) {
          for (size_t i = 0; i < 784; i++) {
            result[i] = c[0] * a[i] + c[1] * b[i];
          }
        }

        """)
  }

  @Test func tinyVectorsAreUnrolledAndStructuralZerosDrop() throws {
    let forward = graph { g in
      let x = g.parameter("x", .boolean)
      let not = g.constant(SparseVector(dense: [0, 1, 1, 0]), .hom(.boolean, .boolean))
      return [g.apply(not, x, .boolean)]
    }
    #expect(
      try sample(forward) == """
        static void p_sample(const real *x, real *restrict result) {
          result[0] = x[1];
          result[1] = x[0];
        }

        """)
  }

  @Test func shiftSplitsTheLoop() throws {
    let forward = graph { g in
      let n = g.parameter("n", .natural(100))
      return [g.add(g.shift(by: 2, n), g.unit(50, .natural(100)))]
    }
    #expect(
      try sample(forward) == """
        static void p_sample(const real *n, real *restrict result) {
          for (size_t i = 0; i < 2; i++) {
            result[i] = 0.0f;
          }
          for (size_t i = 2; i < 50; i++) {
            result[i] = n[i - 2];
          }
          result[50] = n[48] + 1.0f;
          for (size_t i = 51; i < 100; i++) {
            result[i] = n[i - 2];
          }
        }

        """)
  }

  /// acc += x yᵀ, in the result's own memory.
  @Test func accumulatorsNeedNoTemporary() throws {
    let forward = graph { g in
      let (xs, y) = (g.parameter("xs", .real([10, 30])), g.parameter("y", .real([40])))
      let result = g.loop(
        trips: 10, descending: true, states: [("acc", g.zero(.real([30, 40])))],
        sequences: [("x", xs, .real([30]))]
      ) { body, given in
        let outer = body.product(Product(m: 30, k: 1, n: 40), given.slices[0], y, .real([30, 40]))
        return ([body.add(given.states[0], outer)], [])
      }
      return [result.states[0]]
    }
    #expect(
      try sample(forward) == """
        static void p_sample(const real *xs, const real *y, real *restrict result) {
          for (size_t i = 0; i < 1200; i++) {
            result[i] = 0.0f;
          }
          for (size_t k = 10; k-- > 0;) {
            cajal_product_f32(30, 1, 40, xs + 30 * k, 0, y, 0, result, 1, 0);
          }
        }

        """)
  }

  @Test func basisVectorsSelectColumns() throws {
    let forward = graph { g in
      let matrix = g.parameter("m", .hom(.natural(10), .real([20])))
      let result = g.loop(trips: 10, descending: false, basis: .natural(10)) { body, given in
        ([], [body.apply(body.use(matrix), given.basis!, .real([20]))])
      }
      return [result.stacks[0]]
    }
    #expect(
      try sample(forward) == """
        static void p_sample(const real *m, real *restrict result) {
          for (size_t k = 0; k < 10; k++) {
            for (size_t i = 0; i < 20; i++) {
              result[20 * k + i] = m[10 * i + k];
            }
          }
        }

        """)
  }

  @Test func stacksForTheAdjointAreWrittenOnlyWhenKept() throws {
    let (forward, backward) = power(20)
    let text = try sample(forward, backward)
    #expect(text.contains("if (keep) {"))
    #expect(!text.contains("work + 32"), "one spare state, and no room for the stack:\n\(text)")
    let unit = ModuleUnit(programs: [Harness.unit("p", forward, backward)], options: Harness.options(realBytes: 4))
    let manifest = try manifest(unit)
    #expect(manifest.contains("\"forward_bytes\": 128"))
    // 5 rounds of 20 reals.
    #expect(manifest.contains("\"keep_bytes_per_sample\": 448"))
  }

  /// y ← m y, five times, with its states kept for a backward graph that reads them.
  private func power(_ size: Int) -> (Graph, Graph) {
    let forward = graph { g in
      let (m, y) = (g.parameter("m", .hom(.natural(size), .natural(size))), g.parameter("y", .natural(size)))
      let result = g.loop(trips: 5, descending: false, states: [("y", y)]) { body, given in
        ([body.apply(m, given.states[0], .natural(size))], [given.states[0]])
      }
      return [result.states[0], result.stacks[0]]
    }
    let backward = graph { g in
      let m = g.parameter("m", .hom(.natural(size), .natural(size)))
      let y = g.parameter("y", .natural(size))
      let kept = g.parameter("kept", .real([5, size]))
      let bar = g.parameter("out_bar", .natural(size))
      _ = y
      return [m, g.add(bar, g.reshape(g.slice(offset: size, kept, .real([size])), .natural(size)))]
    }
    return (forward, backward)
  }

  @Test func codeDoesNotGrowWithTheHorizon() throws {
    func lines(_ horizon: Int) throws -> Int {
      let forward = graph { g in
        let (n, b) = (g.parameter("n", .natural(horizon)), g.parameter("b", .natural(horizon)))
        let result = g.loop(
          trips: horizon, descending: true, states: [("s", g.zero(.natural(horizon)))], sequences: [("n", n, .scalar)]
        ) { body, given in
          let next = body.add(body.scaled(b, by: given.slices[0]), body.shift(by: 1, given.states[0]))
          return ([body.add(next, body.unit(3, .natural(horizon)))], [])
        }
        let identity = SparseVector(
          entries: (0..<horizon).map { SparseVector.Entry(index: $0 * (horizon + 1), value: 1) })
        let matrix = g.constant(identity, .hom(.natural(horizon), .natural(horizon)))
        return [g.apply(matrix, result.states[0], .natural(horizon))]
      }
      let module = ModuleUnit(programs: [Harness.unit("p", forward)], options: Harness.options(gradients: false))
      return try emitModule(module).c.split(separator: "\n").count
    }
    let short = try lines(10)
    #expect(try lines(10_000) <= short + 5, "an identity of 10 is a table, one of 10 000 two loops")
    #expect(try lines(10_000) == lines(1000))
  }

  @Test func workspaceIsReused() throws {
    // A chain of products: at most two are alive at once.
    let forward = graph { g in
      let m = g.parameter("m", .hom(.natural(100), .natural(100)))
      var y = g.parameter("y", .natural(100))
      for _ in 0..<20 { y = g.apply(m, y, .natural(100)) }
      return [y]
    }
    let unit = ModuleUnit(
      programs: [Harness.unit("p", forward)], options: Harness.options(realBytes: 4, batchThreshold: Int.max))
    // 112 reals of 4 bytes, twice.
    #expect(try manifest(unit).contains("\"forward_bytes\": 896,"))
  }

  @Test func tooMuchMemoryIsAnError() throws {
    let huge = Space.real([1 << 40, 1 << 22])
    let forward = graph { g in
      let x = g.parameter("x", .scalar)
      let filled = g.embed(offset: 7, x, huge)
      let result = g.loop(trips: 3, descending: false, states: [("s", filled)]) { body, given in
        ([body.add(body.shift(by: 1, given.states[0]), given.states[0])], [])
      }
      return [g.entry(9, of: result.states[0])]
    }
    let unit = ModuleUnit(programs: [Harness.unit("p", forward)], options: Harness.options())
    #expect(throws: EmitError.tooLarge("p")) { try emitModule(unit) }
  }
}
