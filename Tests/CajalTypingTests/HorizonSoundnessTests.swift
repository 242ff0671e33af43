import CajalEvaluator
import CajalSyntax
import CajalTyping
import TestSupport
import Testing

/// The analysis against what programs do, on random ones: where it finds no drop, there is none.
@Suite struct HorizonSoundnessTests {
  @Test func whereNothingIsDroppedEvaluationAndDenotationAgree() throws {
    let types: [Type] = [.bool, .nat, .bool --> .bool, .bool --> .nat]
    var clean = 0
    var tight = 0
    let options = ProgramGenerator.Options.small(
      horizon: 7, ports: types, results: [.bool, .nat, .nat, .bool --> .nat], numerals: 3)
    for seed in 0..<1_500 as Range<UInt64> {
      let checked = try CheckedProgram(ProgramGenerator.program(seed: seed, options))
      let (program, module) = (checked.judgement, checked.module)
      let horizon = HorizonAnalysis.analyse(module)[0]
      guard horizon.drops.isEmpty else { continue }
      clean += 1
      let points = ValuePoints(context: program.context, horizon: 7)
      let count = points.count ?? 0
      let interpreter = VectorInterpreter(module: module)
      let evaluator = Evaluator(module: module)
      var largest = 0
      for index in count <= 60 ? Array(0..<count) : (0..<60).map({ $0 * (count / 60) }) {
        let point = try #require(try points.point(at: index))
        let value = try evaluator.evaluate(program, values: point.values)
        let vector = try interpreter.evaluate(program, environment: point.vectors)
        #expect(
          try evaluator.encoding(of: value, as: program.type, horizon: 7) == vector, "seed \(seed), point \(index)")
        if case .natural(let number) = value { largest = max(largest, number) }
      }
      if let bound = horizon.resultBound {
        #expect(largest <= bound, "seed \(seed)")
        if largest == bound { tight += 1 }
      }
    }
    #expect(clean > 500)
    #expect(tight > 200)
  }

  /// At the horizon that is proposed nothing is dropped any more, and one below something is.
  @Test func proposedHorizonsAreLeast() throws {
    var proposals = 0
    let options = ProgramGenerator.Options.small(
      horizon: 3, ports: [.bool, .nat], most: 1, results: [.bool, .nat], numerals: 6)
    for seed in 0..<1_500 as Range<UInt64> {
      let program = ProgramGenerator.program(seed: seed, options)
      func drops(_ horizon: Int) throws -> [Drop] {
        let checked = try CheckedProgram(program, options: CheckOptions(horizonOverride: horizon))
        return HorizonAnalysis.analyse(checked.module)[0].drops
      }
      let found = try drops(3)
      let least = found.compactMap(\.leastHorizon).max()
      guard let least, found.allSatisfy({ $0.leastHorizon != nil }) else { continue }
      proposals += 1
      #expect(try drops(least).isEmpty, "seed \(seed)")
      #expect(try !drops(least - 1).isEmpty, "seed \(seed)")
    }
    #expect(proposals > 100)
  }
}
