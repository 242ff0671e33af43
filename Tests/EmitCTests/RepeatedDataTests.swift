import Adjoint
import EmitC
import LinearMaps
import Passes
import TestSupport
import Testing

/// Models that use a datum several times, whose gradient is a sum that is added to several times.
@Suite struct RepeatedDataTests {
  private func unit(_ name: String, tensors: Int = 0, _ build: (GraphBuilder) -> Value) throws -> ProgramUnit {
    let builder = GraphBuilder()
    let forward = try Pipeline.standard.run(builder.finish(results: [build(builder)]))
    let halves = split(try Pipeline.standard.run(reverse(forward)), portCount: forward.parameters.count)
    return Harness.unit(
      name, try Pipeline.cleanUp.run(halves.forward), try Pipeline.cleanUp.run(halves.backward), tensors: tensors)
  }

  /// The gradient of x·x, by a cotangent of 1 for every sample of a shared x, is 2 · batch · x.
  @Test(arguments: [4, 8]) func dotOfADatumWithItself(realBytes: Int) throws {
    let sizes = [1, 2, 5, 8, 20]
    let batches = [1, 2, 3, 64]
    var trials: [Trial] = []
    for size in sizes {
      for batch in batches {
        for stride in [0, size, size + 2] {
          var trial = Harness.trial(
            try unit("dot\(size)_\(batch)_\(stride)") { g in
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
        Harness.agree(answer.gradients[0], expected, tolerance: realBytes == 4 ? 1e-5 : 1e-12), "\(trial.unit.name)")
    }
    Harness.check(trials, answers, tolerance: realBytes == 4 ? 1e-5 : 1e-12)
  }

  /// (x + x) + (x + x) - (x·x) x.
  @Test(arguments: [4, 8]) func sumsOfSums(realBytes: Int) throws {
    let trials = try [1, 2, 7].flatMap { batch in
      try [0, 20, 23].map { stride in
        Harness.trial(
          try unit("sums\(batch)_\(stride)") { g in
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

  /// A few vectors of one size, one of them perhaps a parameter, each used several times.
  private func random(seed: UInt64) throws -> Trial {
    var random = SplitMix(seed: seed)
    let size = [2, 5, 8, 20, 33][random.below(5)]
    let count = 1 + random.below(3)
    let tensors = count > 1 ? random.below(2) : 0
    let unit = try unit("p\(seed)", tensors: tensors) { g in
      let data = (0..<count).map { g.parameter("x\($0)", .real([size])) }
      var values = data
      func pick() -> Value { values[random.below(values.count)] }
      for _ in 0..<(2 + random.below(6)) {
        let (a, b) = (pick(), pick())
        switch random.below(6) {
        case 0, 1: values.append(g.add(a, b))
        case 2: values.append(g.add(a, a))
        case 3: values.append(g.scale([-1, 0.5, 0.25][random.below(3)], a))
        case 4: values.append(g.scaled(a, by: g.scale(0.25, g.dot(b, pick()))))
        default: values.append(g.add(a, g.scaled(b, by: g.scale(0.25, g.dot(b, b)))))
        }
      }
      // Each datum once more, so that its gradient is a sum of several.
      let sum = data.reduce(values[values.count - 1]) { g.add($0, $1) }
      return random.below(2) == 0 ? sum : g.dot(sum, pick())
    }
    return Harness.trial(
      unit, seed: seed, batch: [1, 2, 3, 9][random.below(4)],
      strides: unit.ports.map { [0, 0, $0.size, $0.size + 1][random.below(4)] })
  }

  @Test(arguments: [4, 8]) func agreesWithTheInterpreter(realBytes: Int) throws {
    let trials = try (0..<120).map { try random(seed: 7000 + $0) }
    Harness.check(
      trials, try Harness.run(trials, options: Harness.options(realBytes: realBytes)),
      tolerance: realBytes == 4 ? 1e-4 : 1e-9)
  }
}
