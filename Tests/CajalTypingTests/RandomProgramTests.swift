import CajalSyntax
import CajalTyping
import TestSupport
import Testing

@Suite struct RandomProgramTests {
  private static var options: ProgramGenerator.Options {
    var options = ProgramGenerator.Options(size: 12, horizons: [3])
    options.hasDefinitions = false
    return options
  }

  /// Generated programs are well typed, and no map has a degree above the one that is claimed; where it is said to
  /// be linear, it is.
  @Test func degreesBoundTheMap() {
    var compared = 0
    var iterated = 0
    for seed in 1...300 as ClosedRange<UInt64> {
      var random = SplitMix(seed: seed)
      let text = ProgramGenerator.program(seed: seed, Self.options).text
      let outcome = checked(text, horizon: 3)
      guard let module = outcome.module, let program = module.programs.last else {
        Issue.record("seed \(seed): \(outcome.rendered)")
        continue
      }
      let ports = program.context.map { $0.variable.type.dimension(horizon: 3)! }
      guard ports.allSatisfy({ $0 <= 64 }) else { continue }
      for (index, degree) in program.degrees.enumerated() where degree.bound <= 64 {
        let inputs = ports.enumerated().map { port, size in
          (0..<size).map { _ -> Polynomial in
            let entry = Double(random.below(7) - 3)
            return Polynomial(port == index ? [0, entry] : [entry])
          }
        }
        let denotation = PolynomialDenotation(module: module, limit: 20_000)
        guard let result = denotation.result(program, inputs) else { continue }
        let found = result.map(\.degree).max() ?? 0
        #expect(found <= degree.bound, "seed \(seed), \(program.context[index].variable.name): \(text)")
        if degree.isLinear {
          #expect(result.allSatisfy { $0.coefficients.first ?? 0 == 0 && $0.degree <= 1 }, "seed \(seed): \(text)")
        } else if found > 1 {
          iterated += 1
        }
        compared += 1
      }
    }
    // The generator reaches what this test is about.
    #expect(compared > 150 && iterated > 10, "\(compared), \(iterated)")
  }

  /// The printed term of a program reads back as the same program.
  @Test func printedTermsReadBack() throws {
    for seed in 1...100 as ClosedRange<UInt64> {
      let text = ProgramGenerator.program(seed: seed, Self.options).text
      let module = try #require(checked(text).module)
      let program = module.programs[0]
      let printed = program.term.concreteSyntax(definitions: module.definitions)
      let again = checked("program \(program.signature) = \(printed)", horizon: 3)
      let reprinted = again.module?.programs[0].term.concreteSyntax(definitions: [])
      #expect(reprinted == printed, "seed \(seed): \(text)\n\(again.rendered)")
      #expect(again.module?.programs[0].degrees == program.degrees)
    }
  }
}
