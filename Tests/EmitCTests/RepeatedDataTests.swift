import LinearMaps
import TestSupport
import Testing

/// Models that use a datum several times, whose gradient is a sum that is added to several times.
@Suite struct RepeatedDataTests {
  private func program(_ name: String, _ build: (GraphBuilder) -> Value) throws -> GraphProgram {
    let builder = GraphBuilder()
    return try GraphProgram(name, compiling: builder.finish(results: [build(builder)]), tensors: 0)
  }

  /// The gradient of x·x, by a cotangent of 1 for every sample of a shared x, is 2 · batch · x.
  @Test(arguments: [4, 8]) func dotOfADatumWithItself(realBytes: Int) throws {
    let sizes = [1, 2, 5, 8, 20]
    let batches = [1, 2, 3, 64]
    var trials: [Trial] = []
    for size in sizes {
      for batch in batches {
        for stride in [0, size, size + 2] {
          var trial = Trial(
            try program("dot\(size)_\(batch)_\(stride)") { g in
              let x = g.parameter("x", .real([size]))
              return g.dot(x, x)
            }, seed: UInt64(size), batch: batch, strides: [stride])
          trial.cotangent = trial.cotangent.map { _ in 1 }
          trials.append(trial)
        }
      }
    }
    let answers = try Harness.run(trials, options: Harness.options(realBytes: realBytes))
    for (trial, answer) in zip(trials, answers) where trial.strides == [0] {
      let expected = trial.inputs[0].map { 2 * Double(trial.batch) * $0 }
      #expect(
        Harness.agree(answer.gradients[0], expected, tolerance: realBytes == 4 ? 1e-5 : 1e-12), "\(trial.program.name)")
    }
    Harness.check(trials, answers, tolerance: realBytes == 4 ? 1e-5 : 1e-12)
  }

  /// (x + x) + (x + x) - (x·x) x.
  @Test(arguments: [4, 8]) func sumsOfSums(realBytes: Int) throws {
    let trials = try [1, 2, 7].flatMap { batch in
      try [0, 20, 23].map { stride in
        Trial(
          try program("sums\(batch)_\(stride)") { g in
            let x = g.parameter("x", .real([20]))
            let twice = g.add(x, x)
            return g.add(g.add(twice, twice), g.scale(-1, g.scaled(x, by: g.dot(x, x))))
          }, seed: UInt64(batch), batch: batch, strides: [stride])
      }
    }
    Harness.check(
      trials, try Harness.run(trials, options: Harness.options(realBytes: realBytes)),
      tolerance: realBytes == 4 ? 1e-5 : 1e-12)
  }

  @Test(arguments: [4, 8]) func agreesWithTheInterpreter(realBytes: Int) throws {
    let trials = try (0..<60).map { try Trial.repeatedData(seed: 7000 + $0) }
    Harness.check(
      trials, try Harness.run(trials, options: Harness.options(realBytes: realBytes)),
      tolerance: realBytes == 4 ? 1e-4 : 1e-9)
  }
}
