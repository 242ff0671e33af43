import Adjoint
import CajalEvaluator
import CajalTyping
import LinearMaps

extension ProgramCheck {
  /// Gradients at basis points and at random points. In a linear variable the derivative in direction e_i is the map
  /// with e_i in its place, exactly; in the others the interpreter's dual numbers say what it is.
  mutating func checkGradients() throws {
    guard !judgement.context.isEmpty, let basis = BasisPoints(context: judgement.context, horizon: module.horizon)
    else {
      return
    }
    let adjoint = reverse(graph, constants: constants)
    // Every direction of every point costs a run, so points are fewer here.
    let directions = max(1, program.inputSizes.reduce(0) { $0.addingReportingOverflow($1).partialValue })
    let share = max(1, limit / directions)
    let exhaustive = basis.count <= share
    let basisCount = min(basis.count, share)
    for index in 0..<basisCount {
      let positions = exhaustive ? basis.positions(at: index) : basis.positions(seed: seed &+ UInt64(index))
      try compareGradients(at: basis.vectors(positions), adjoint, seed: UInt64(index))
    }
    let randomCount = min(share, 16)
    for index in 0..<randomCount {
      try compareGradients(at: basis.randomVectors(seed: seed &+ UInt64(index)), adjoint, seed: UInt64(index))
    }
    report.cover(
      "gradients at \(coverage(basisCount, of: basis.count, "basis points", seed: seed)) and at \(randomCount) random points"
    )
    if let large = inputs.indices.first(where: { program.inputSizes[$0] > directionLimit($0) }) {
      report.leaveOut("gradients in all but \(directionLimit(large)) entries of \(names[large]) at each point")
    }
  }

  /// Of an input. A direction in a table costs a run of the equations over its rows.
  private func directionLimit(_ input: Int) -> Int {
    hasTables ? max(8, min(limit, Int(2e6 / max(1, graph.visits)))) : limit
  }

  private mutating func compareGradients(at point: [[Double]], _ adjoint: Graph, seed: UInt64) throws {
    var random = SplitMix64(seed: self.seed ^ (seed &+ 1) &* 0x9E37_79B9)
    let weights = (0..<program.outputSize).map { _ in random.nextSigned() }
    let gradients = try program.run(batch: 1, point, outputBar: weights).gradients
    func pairing(_ vector: [Double]) -> Double { zip(weights, vector).reduce(0) { $0 + $1.0 * $1.1 } }
    var approximations: [Approximation] = []
    func agrees(_ got: Double, _ want: Double, _ input: Int, _ entry: Int) -> Bool {
      if got == want { return true }
      if approximations.isEmpty {
        approximations = rounding.run(adjoint, (point + [weights]).map(Approximation.init(rounded:)))
      }
      let gradient = approximations[1 + input]
      return rounding.arithmetic.allows(
        got, want, magnitude: gradient.magnitudes[entry],
        bound: gradient.roundings * rounding.arithmetic.unit * gradient.magnitudes[entry] + gradient.errors[entry])
    }
    for (input, gradient) in gradients.enumerated() where !inputs[input].isNodes {
      // Large variables are checked in some directions.
      let most = directionLimit(input)
      let entries =
        gradient.count <= most ? Array(gradient.indices) : (0..<most).map { _ in random.next(below: gradient.count) }
      for entry in entries {
        var unit = [Double](repeating: 0, count: gradient.count)
        unit[entry] = 1
        let expected: Double
        if judgement.degrees[inputs[input].port].isLinear {
          var moved = point
          moved[input] = unit
          expected = pairing(try program.run(batch: 1, moved).output)
        } else {
          let duals = point.enumerated().map { index, vector in
            [Dual](vector, direction: index == input ? unit : nil)
          }
          do {
            expected = pairing(try interpreter.evaluate(judgement, links: judgement.context.links(duals)).tangents)
          } catch is InterpretationError { return }
        }
        if !agrees(gradient[entry], expected, input, entry) {
          report.disagree(
            "gradient in \(names[input])[\(entry)] at \(describe(point)): \(gradient[entry]), expected \(expected)")
        }
      }
    }
  }
}
