import CajalEvaluator
import CajalTyping

extension ProgramCheck {
  /// Gradients at basis points and at random points. In a linear variable the derivative in direction e_i is the map
  /// with e_i in its place, exactly; in the others the interpreter's dual numbers say what it is.
  mutating func checkGradients() throws {
    guard !judgement.context.isEmpty, let basis = BasisPoints(context: judgement.context, horizon: module.horizon)
    else {
      return
    }
    guard try hasGradient(basis) else {
      report.leaveOut("gradients: compiled without --emit-grad")
      return
    }
    // Every direction of every point costs a run, so points are fewer here.
    let directions = max(1, basis.dimensions.reduce(0) { $0.addingReportingOverflow($1).partialValue })
    let share = max(1, limit / directions)
    let exhaustive = basis.count <= share
    let basisCount = min(basis.count, share)
    for index in 0..<basisCount {
      let positions = exhaustive ? basis.positions(at: index) : basis.positions(seed: seed &+ UInt64(index))
      try compareGradients(at: basis.vectors(positions), basis, seed: UInt64(index))
    }
    let randomCount = min(share, 16)
    for index in 0..<randomCount {
      try compareGradients(at: basis.randomVectors(seed: seed &+ UInt64(index)), basis, seed: UInt64(index))
    }
    report.cover(
      "gradients at \(coverage(basisCount, of: basis.count, "basis points", seed: seed)) and at \(randomCount) random points"
    )
  }

  private func hasGradient(_ basis: BasisPoints) throws -> Bool {
    let point = basis.randomVectors(seed: seed)
    let bar = [Double](repeating: 1, count: program.outputSize)
    do { _ = try program.run(batch: 1, point, outputBar: bar) } catch let failure as LinkedProgram.Failure {
      if failure.description.contains(LinkedProgram.noGradientText) { return false }
      throw failure
    }
    return true
  }

  private mutating func compareGradients(at point: [[Double]], _ basis: BasisPoints, seed: UInt64) throws {
    var random = SplitMix64(seed: self.seed ^ (seed &+ 1) &* 0x9E37_79B9)
    let weights = (0..<program.outputSize).map { _ in random.nextSigned() }
    let gradients = try program.run(batch: 1, point, outputBar: weights).gradients
    func pairing(_ vector: [Double]) -> Double { zip(weights, vector).reduce(0) { $0 + $1.0 * $1.1 } }
    for (port, gradient) in gradients.enumerated() {
      // Large variables are checked in some directions; the report counts points, and says so of them.
      let entries =
        gradient.count <= limit ? Array(gradient.indices) : (0..<limit).map { _ in random.next(below: gradient.count) }
      let largest = gradient.reduce(1) { max($0, abs($1)) }
      for entry in entries {
        var unit = [Double](repeating: 0, count: gradient.count)
        unit[entry] = 1
        let expected: Double
        if judgement.degrees[port].isLinear {
          var moved = point
          moved[port] = unit
          expected = pairing(try program.run(batch: 1, moved).output)
        } else {
          let duals = point.enumerated().map { index, vector in
            [Dual](vector, direction: index == port ? unit : nil)
          }
          do {
            expected = pairing(try interpreter.evaluate(judgement, environment: duals).tangents)
          } catch is InterpretationError { return }
        }
        if !agree([gradient[entry]], [expected], scale: largest) {
          report.disagree(
            "gradient in \(names[port])[\(entry)] at \(describe(point)): \(gradient[entry]), expected \(expected)")
        }
      }
    }
  }

  /// Batches: samples of one call equal calls of one sample; shared inputs have the sum of their gradients.
  mutating func checkBatches() throws {
    guard let basis = BasisPoints(context: judgement.context, horizon: module.horizon) else { return }
    let batch = 3
    let points = (0..<batch).map { basis.randomVectors(seed: seed &+ 100 &+ UInt64($0)) }
    let inputs = names.indices.map { port in points.flatMap { $0[port] } }
    let together = try program.run(batch: batch, inputs).output
    let apart = try points.flatMap { try program.run(batch: 1, $0).output }
    if !agree(together, apart) { report.disagree("a batch of \(batch) differs from its samples one by one") }
    let shared = try program.run(batch: batch, points[0], shared: names.map { _ in true }).output
    let once = try program.run(batch: 1, points[0]).output
    if !agree(shared, (0..<batch).flatMap { _ in once }) { report.disagree("shared inputs differ from repeated ones") }
    report.cover("batches of \(batch), per sample and shared")
  }
}
