import CajalEvaluator
import CajalTyping

extension ProgramCheck {
  /// The equations of section 4 at every basis point of the context.
  mutating func checkBasis() throws {
    guard let basis = BasisPoints(context: judgement.context, horizon: module.horizon) else {
      report.leaveOut("basis points: the context is too large")
      return
    }
    let exhaustive = basis.count <= limit
    var compared = 0
    for index in 0..<min(basis.count, limit) {
      let positions = exhaustive ? basis.positions(at: index) : basis.positions(seed: seed &+ UInt64(index))
      guard try compare(basis.vectors(positions)) else {
        report.leaveOut("basis points from \(index) on: the interpreter takes too many operations")
        break
      }
      compared += 1
    }
    let noun = basis.hasTables ? "basis points, with \(BasisPoints.tableCount) tables of each" : "basis points"
    report.cover("the equations at \(coverage(compared, of: basis.count, noun, seed: seed))")
  }

  /// Random vectors: all that can be said where a map is not multilinear.
  mutating func checkRandomPoints() throws {
    guard !judgement.context.isEmpty, let basis = BasisPoints(context: judgement.context, horizon: module.horizon)
    else {
      return
    }
    let count = min(limit, 32)
    var compared = 0
    for index in 0..<count {
      guard try compare(basis.randomVectors(seed: seed &+ UInt64(index))) else { break }
      compared += 1
    }
    report.cover("the equations at \(compared) random points")
    let nonlinear = zip(variables, judgement.degrees).filter { !$1.isLinear }.map(\.0)
    if !nonlinear.isEmpty {
      report.leaveOut("all other points in \(nonlinear.joined(separator: ", ")): the map is not linear there")
    }
  }

  private var variables: [String] { judgement.context.map(\.variable.name) }

  /// Compares machine code and interpreter at a point; false where the interpreter gives up.
  private mutating func compare(_ vectors: [[Double]]) throws -> Bool {
    let expected: [Double]
    let links = judgement.context.links(vectors.map { [Dual]($0) })
    do { expected = try interpreter.evaluate(judgement, links: links).values } catch is InterpretationError {
      return false
    }
    let output = try program.run(batch: 1, vectors).output
    if !agree(output, expected, at: vectors) {
      report.disagree("at \(describe(vectors)): \(describe(output)), the equations say \(describe(expected))")
    }
    return true
  }

  /// Additivity and homogeneity of the machine code in every linear variable, the others being random: f(ax + y) =
  /// a·f(x) + f(y).
  mutating func checkMultilinearity() throws {
    guard let basis = BasisPoints(context: judgement.context, horizon: module.horizon) else { return }
    let trials = min(limit, 8)
    for (input, place) in inputs.enumerated() where !place.isNodes && judgement.degrees[place.port].isLinear {
      for trial in 0..<trials {
        let x = basis.randomVectors(seed: seed &+ UInt64(2 * trial))
        var (y, sum) = (x, x)
        y[input] = basis.randomVectors(seed: seed &+ UInt64(2 * trial + 1))[input]
        let factor = 1.5 - Double(trial)
        sum[input] = zip(x[input], y[input]).map { factor * $0 + $1 }
        let outputs = try [x, y, sum].map { try program.run(batch: 1, $0).output }
        let expected = zip(outputs[0], outputs[1]).map { factor * $0 + $1 }
        let approximations = [x, y, sum].map { rounding.run(graph, $0.map(Approximation.init(rounded:)))[0] }
        var whole = approximations[2]
        whole.add(approximations[0], times: factor, weight: abs(factor), count: 1)
        whole.add(approximations[1], times: 1, weight: 1, count: 1)
        let bounds = whole.bounds(rounding.arithmetic.unit)
        if !agree(outputs[2], expected, magnitudes: whole.magnitudes, bounds: bounds) {
          report.disagree("not linear in \(names[input]): \(describe(outputs[2])) instead of \(describe(expected))")
        }
      }
    }
    let linear = zip(variables, judgement.degrees).filter { $1.isLinear }.map(\.0)
    if !linear.isEmpty {
      report.cover("additivity and homogeneity in \(linear.joined(separator: ", ")) at \(trials) random points each")
      report.leaveOut("that the machine code is linear at all other points")
    }
  }
}
