import CajalEvaluator
import CajalTyping
import Driver
import TestSupport
import Testing

/// Machine code against all that can be compared with it, on random programs: the evaluator at values, the equations
/// and the graph at vectors, in batches and with shared ports, and gradients everywhere.
@Suite struct RandomProgramsCompiled {
  @Test(arguments: [false, true]) func machineCodeAgreesWithItsOracles(reals: Bool) {
    let issues = withDeepStack { Self.failures(reals: reals, test: "machineCodeAgreesWithItsOracles") }
    for issue in issues { Issue.record("\(issue)") }
  }

  /// Programs that are compiled before any is run.
  private static let round = 250

  private static func failures(reals: Bool, test: String) -> [String] {
    let options = ProgramGenerator.Options(reals: reals, bounds: reals)
    let seeds = Property.firstSeed..<(Property.firstSeed + UInt64(max(1, Property.programs / 4)))
    let implementation = CompiledImplementation()
    var compared = 0
    for start in stride(from: seeds.lowerBound, to: seeds.upperBound, by: round) {
      let programs = (start..<min(start + UInt64(round), seeds.upperBound)).compactMap {
        try? CheckedProgram(ProgramGenerator.program(seed: $0, options))
      }
      let prepared: [PreparedProgram?]
      do { prepared = try implementation.prepare(programs) } catch {
        // A file that does not compile: one of its programs is to blame.
        let culprit = programs.lazy.compactMap { program in
          alone(program.program).map { Property.describe(program.program, $0, test: test, limit: 300, failure: alone) }
        }.first
        return [culprit ?? "\(error)"]
      }
      for (program, compiled) in zip(programs, prepared) {
        switch Property.outcome(of: program, { try compare(compiled, program) }) {
        case .holds: compared += 1
        case .discarded: break
        case .falsified(let failure):
          return [Property.describe(program.program, failure, test: test, limit: 300, failure: alone)]
        }
      }
    }
    if seeds.count >= 50, compared < seeds.count / 2 { return ["compared only \(compared) programs of \(seeds.count)"] }
    return []
  }

  /// What is wrong with one program, compiled on its own.
  private static func alone(_ program: RandomProgram) -> Falsified? {
    guard let checked = try? CheckedProgram(program) else { return nil }
    let outcome = Property.outcome(of: checked) {
      try compare(try CompiledImplementation().prepare([checked])[0], checked)
    }
    return outcome.failure
  }

  private static func compare(_ compiled: PreparedProgram?, _ program: CheckedProgram) throws {
    guard let compiled else { throw Discarded("refused") }
    var random = SplitMix(seed: program.program.seed ^ 0xBEEF)
    try compareValues(compiled, program, &random)
    try compareDerivatives(compiled, program, &random)
    try Comparison(reference: GraphImplementation()).check(compiled, "the machine code", on: program, &random)
  }

  /// Theorem 2, where the horizon suffices.
  private static func compareValues(
    _ compiled: PreparedProgram, _ program: CheckedProgram, _ random: inout SplitMix
  ) throws {
    guard HorizonAnalysis.analyse(program.module).last?.drops.isEmpty == true,
      let point = try ValuePoints(context: program.context, horizon: program.horizon).sample(seed: random.next())
    else { return }
    let expected: [Double]
    do {
      let value = try program.evaluator.evaluate(program.judgement, values: point.values)
      guard
        let vector = try program.evaluator.encoding(of: value, as: program.judgement.type, horizon: program.horizon)
      else { return }
      expected = vector
    } catch EvaluationError.unsuitableValue, EvaluationError.stepsExhausted { return }
    let computed = try compiled.value(point.vectors)
    try require(
      agree(computed, expected, within: try program.tolerance(point.vectors, expected)), "evaluator",
      "at \(point.values) the machine code computes \(computed), and the value is \(expected)")
  }

  private static func compareDerivatives(
    _ compiled: PreparedProgram, _ program: CheckedProgram, _ random: inout SplitMix
  ) throws {
    let (point, direction) = (program.randomPoint(&random), program.randomPoint(&random))
    let expected = try program.denotation(point)
    let tolerance = try program.tolerance(point, expected)
    let weights = CheckedProgram.randomVector(program.resultDimension, &random)
    let (computed, gradients) = try compiled.run(
      batch: 1, point, shared: point.map { _ in false }, outputBar: weights)
    try require(
      agree(computed, expected, within: tolerance), "equations",
      "at \(point) the machine code computes \(computed), the equations \(expected)")
    let tangent = try program.derivative(point, direction: direction)
    func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    let slope = dot(tangent, weights)
    let along = zip(gradients, direction).reduce(0) { $0 + dot($1.0, $1.1) }
    let scale = tangent.reduce(abs(slope)) { max($0, abs($1)) }
    try require(
      abs(along - slope) <= 1e-9 * scale + 1e3 * tolerance, "derivative",
      "at \(point) towards \(direction) the machine code's gradient gives \(along), the equations \(slope)")
  }
}
