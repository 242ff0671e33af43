import CajalEvaluator
import CajalSyntax
import CajalTyping
import Diagnostics
import LinearMaps
import TestSupport
import Testing

/// Theorems 1 and 2: programs evaluate to values of their types, and to those that their denotations encode.
@Suite struct EvaluationProperties {
  @Test(arguments: Dialect.allCases) func closedProgramsEvaluateToValuesOfTheirTypes(dialect: Dialect) {
    hold(dialect.options(closedGround: true), atLeast: 0.9) { program, _ in
      let value = try program.evaluator.evaluate(program.judgement, values: [])
      try require(value.has(program.judgement.type), "type", "\(value) is no \(program.judgement.type)")
    }
  }

  @Test(arguments: Dialect.allCases) func openProgramsEvaluateToValuesOfTheirTypes(dialect: Dialect) {
    hold(dialect.options(), atLeast: 0.7) { program, random in
      guard let point = try program.valuePoint(&random) else { throw Discarded("no value point") }
      let value = try program.evaluator.evaluate(program.judgement, values: point.values)
      try require(value.has(program.judgement.type), "type", "\(value) is no \(program.judgement.type)")
    }
  }

  @Test(arguments: Dialect.allCases) func printedValuesReadBack(dialect: Dialect) {
    hold(dialect.options(closedGround: true), atLeast: 0.7) { program, _ in
      let type = program.judgement.type
      if case .real(let shape) = type, shape.count > 2 { throw Discarded("no literal of this rank") }
      let value = try program.evaluator.evaluate(program.judgement, values: [])
      var diagnostics = Diagnostics()
      guard let term = parseTerm(Source(name: "value", text: "\(value)"), diagnostics: &diagnostics),
        let typed = checkClosedTerm(term, against: type, in: program.module, diagnostics: &diagnostics)
      else {
        throw Falsified("print", "\(value) is not read as a \(type): \(diagnostics.items.map(\.message))")
      }
      let again = try program.evaluator.evaluate(typed)
      try require("\(again)" == "\(value)", "print", "\(value) reads back as \(again)")
    }
  }

  @Test(arguments: Dialect.allCases) func evaluationAgreesWithTheDenotation(dialect: Dialect) {
    hold(dialect.options(bounds: true), atLeast: 0.25) { program, random in
      try Self.requireHorizonSuffices(program)
      for _ in 0..<3 { try Self.compare(program, &random) }
    }
  }

  @Test(arguments: Dialect.allCases) func evaluationAgreesWithTheDenotationOfClosedPrograms(dialect: Dialect) {
    hold(dialect.options(closedGround: true), atLeast: 0.25) { program, random in
      try Self.requireHorizonSuffices(program)
      try Self.compare(program, &random)
    }
  }

  /// Where the analysis of the horizon finds no entry that may be dropped.
  static func requireHorizonSuffices(_ program: CheckedProgram) throws {
    guard let bounds = HorizonAnalysis.analyse(program.module).last, bounds.drops.isEmpty else {
      throw Discarded("entries may be dropped")
    }
  }

  static func compare(_ program: CheckedProgram, _ random: inout SplitMix) throws {
    guard let point = try program.valuePoint(&random) else { throw Discarded("no value point") }
    // Where a function has no matrix and one is needed, the program has no denotation.
    let graph = try program.graph()
    let evaluator = program.evaluator
    let value: CajalEvaluator.Value
    do { value = try evaluator.evaluate(program.judgement, values: point.values) } catch EvaluationError.unsuitableValue
    {
      throw Discarded("a bound leaves no value")
    }
    guard let expected = try evaluator.encoding(of: value, as: program.judgement.type, horizon: program.horizon) else {
      throw Discarded("a function of functions has no table")
    }
    let tolerance = try program.tolerance(point.vectors, expected)
    let denotation = try program.denotation(point.vectors)
    try require(
      agree(denotation, expected, within: tolerance), "oracle",
      "at \(point.values) the value is \(value), and the denotation \(short(denotation))")
    let compiled = Interpreter().run(graph, point.vectors)[0]
    try require(
      agree(compiled, expected, within: tolerance), "graph",
      "at \(point.values) the value is \(value), and the graph computes \(short(compiled))")
  }
}

extension CheckedProgram {
  func valuePoint(_ random: inout SplitMix) throws -> ValuePoint? {
    try ValuePoints(context: context, horizon: horizon).sample(seed: random.next())
  }
}

extension CajalEvaluator.Value {
  func has(_ type: Type) -> Bool {
    switch self {
    case .bool: type == .bool
    case .natural(let value): type.isNatural && value >= 0
    case .tensor(let tensor): type == .real(tensor.shape) && tensor.entries.count == type.dimension(horizon: 1)
    case .function(let function): type == function.type
    case .data(let datum): type == .data(datum.type)
    }
  }
}
