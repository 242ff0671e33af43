import CajalEvaluator
import CajalSyntax
import CajalTyping
import Foundation
import LinearMaps
import TestSupport
import Testing

/// The theorems over programs with declared types, tables among their ports (LANGUAGE.md, section 8).
///
/// `CAJAL_DATA_PROGRAMS` is how many programs each property is tried on, where it is not 40.
@Suite struct DataPropertyTests {
  private static let programs = ProcessInfo.processInfo.environment["CAJAL_DATA_PROGRAMS"].flatMap(Int.init)

  /// So many that a failure's own command, which sets `CAJAL_PROGRAMS`, is obeyed.
  private static var few: Int { min(40, Property.programs) }

  private func hold(
    _ dialect: Dialect, closedGround: Bool = false, foldsTable: Bool = false, atLeast: Double = 0.25,
    test: String = #function, location: SourceLocation = #_sourceLocation, _ body: @escaping Property.Body
  ) {
    var options = dialect.options(closedGround: closedGround)
    options.hasData = true
    options.foldsTable = foldsTable
    options.size = 16
    options.horizons = [1, 2, 3, 4]
    let share = Double(Self.programs ?? Self.few) / Double(Property.programs)
    PropertyTests.hold(options, share: share, atLeast: atLeast, test: test, location: location, body)
  }

  @Test(arguments: Dialect.allCases) func valuesHaveTheirTypes(dialect: Dialect) {
    hold(dialect) { program, random in
      guard let point = try program.valuePoint(&random) else { throw Discarded("no value point") }
      let value = try program.evaluator.evaluate(program.judgement, values: point.values)
      try require(value.has(program.judgement.type), "type", "\(value) is no \(program.judgement.type)")
    }
  }

  @Test(arguments: Dialect.allCases) func evaluationAgreesWithTheDenotation(dialect: Dialect) {
    hold(dialect, atLeast: 0.15) { program, random in
      try EvaluationProperties.requireHorizonSuffices(program)
      for _ in 0..<3 { try EvaluationProperties.compare(program, &random) }
    }
  }

  @Test(arguments: Dialect.allCases) func evaluationAgreesWithTheDenotationOfClosedPrograms(dialect: Dialect) {
    hold(dialect, closedGround: true, atLeast: 0.15) { program, random in
      try EvaluationProperties.requireHorizonSuffices(program)
      try EvaluationProperties.compare(program, &random)
    }
  }

  @Test(arguments: Dialect.allCases) func everyPassKeepsTheDenotation(dialect: Dialect) {
    hold(dialect, CompilationProperties.passesKeepTheDenotation)
  }

  @Test(arguments: Dialect.allCases) func gradientsAreTheDerivatives(dialect: Dialect) {
    hold(dialect, CompilationProperties.gradientsAreDerivatives)
  }

  @Test(arguments: Dialect.allCases) func gradientsAgreeWithDifferences(dialect: Dialect) {
    hold(dialect, atLeast: 0.2, CompilationProperties.gradientsAreNearDifferences)
  }

  @Test(arguments: Dialect.allCases) func compilationCommutesWithSubstitution(dialect: Dialect) {
    hold(dialect, ContextProperties.substitutionCommutes(reals: dialect == .reals))
  }

  @Test(arguments: Dialect.allCases) func exchangePermutesThePortsAndNothingElse(dialect: Dialect) {
    hold(dialect, ContextProperties.exchangePermutesThePorts)
  }

  /// A fold is a linear map of the weights of its root, and an affine one of those of a list's other rows where the
  /// binders of parts are linear.
  @Test(arguments: Dialect.allCases) func foldsAreLinearInTheWeightsOfARow(dialect: Dialect) {
    hold(dialect, foldsTable: true) { program, random in
      guard case .fold(let operand, let alternatives) = program.judgement.term.kind,
        case .variable(let table) = operand.kind, let data = table.type.asRecursive,
        let port = program.context.firstIndex(where: { $0.variable == table }), let rows = program.context[port].rows,
        let place = program.context.inputs.firstIndex(where: { $0.port == port })
      else { throw Discarded("no fold of a table") }
      let parts = zip(data.constructors, alternatives).flatMap { constructor, alternative in
        zip(constructor.fields, alternative.binders).filter { $0.0 == .recursive }.map(\.1)
      }
      let hasLinearParts = parts.allSatisfy { program.module.degree(ofBinder: $0).isLinear }
      let row = data.isChain && hasLinearParts ? random.below(rows) : 0
      let x = program.randomPoint(&random)
      let first = row * (x[place].count / rows)
      // What does not count stays what it is, no number.
      guard !x[place][first].isNaN else { throw Discarded("a row that does not count") }
      var (y, sum) = (x, x)
      let (a, b) = row == 0 ? (2.0, -3.0) : (3.0, -2.0)
      for weight in first..<(first + data.constructors.count) {
        y[place][weight] = Double(random.below(9) - 4) / 4
        sum[place][weight] = a * x[place][weight] + b * y[place][weight]
      }
      let graph = try program.graph()
      let values = try [x, y, sum].map { try program.denotation($0) }
      let expected = zip(values[0], values[1]).map { a * $0 + b * $1 }
      let tolerance = 10 * (try program.tolerance(sum, expected))
      try require(
        agree(values[2], expected, within: tolerance), "oracle",
        "row \(row) at \(x.map(short)): \(short(values[2])), not \(short(expected))")
      let compiled = Interpreter().run(graph, sum)[0]
      try require(
        agree(compiled, expected, within: tolerance), "graph",
        "row \(row) at \(x.map(short)): \(short(compiled)), not \(short(expected))")
    }
  }

  @Test(arguments: Dialect.allCases) func printedProgramsReadBack(dialect: Dialect) {
    hold(dialect) { program, _ in
      let again = PrettyPrinter().print(program.tree)
      try require(again == program.text, "print", again)
    }
  }
}
