import Adjoint
import CajalSyntax
import CajalTyping
import LinearMaps
import Passes
import TestSupport
import Testing

/// The graph of a program is its denotation, before and after every pass, and at all vectors.
@Suite struct CompilationProperties {
  @Test(arguments: Dialect.allCases) func everyPassKeepsTheDenotation(dialect: Dialect) {
    hold(dialect.options(bounds: true), Self.passesKeepTheDenotation)
  }

  static func passesKeepTheDenotation(_ program: CheckedProgram, _ random: inout SplitMix) throws {
    let graph = try program.graph()
    try graph.verify()
    var points: [(point: [[Double]], expected: [Double], tolerance: Double)] = []
    for _ in 0..<3 {
      let point = program.randomPoint(&random)
      let expected = try program.denotation(point)
      points.append((point, expected, try program.tolerance(point, expected)))
    }
    func compare(_ graph: Graph, _ stage: String) throws {
      for (point, expected, tolerance) in points {
        let result = Interpreter().run(graph, point)[0]
        try require(
          agree(result, expected, within: tolerance), stage,
          "at \(point.map(short)) the graph computes \(short(result)), the equations \(short(expected))")
      }
    }
    try compare(graph, "lowering")
    var failure: (any Error)?
    _ = try Pipeline.standard.run(graph) { pass, result in
      do { if failure == nil { try compare(result, pass.name) } } catch { failure = error }
    }
    if let failure { throw failure }
  }

  @Test(arguments: Dialect.allCases) func gradientsAreTheDerivatives(dialect: Dialect) {
    hold(dialect.options(bounds: true), Self.gradientsAreDerivatives)
  }

  static func gradientsAreDerivatives(_ program: CheckedProgram, _ random: inout SplitMix) throws {
    guard !program.context.isEmpty else { throw Discarded("closed") }
    let prepared = try PreparedGraph(program.graph(), constants: program.nodeInputs)
    for _ in 0..<2 {
      let point = program.randomPoint(&random)
      let expected = try program.denotation(point)
      let tolerance = 1e3 * (try program.tolerance(point, expected))
      let weights = CheckedProgram.randomVector(program.resultDimension, &random)
      let (value, gradients) = try prepared.run(
        batch: 1, point, shared: point.map { _ in false }, outputBar: weights)
      try require(agree(value, expected, within: tolerance), "forward", "\(short(value)), not \(short(expected))")
      let direction = program.randomDirection(&random)
      let tangent = try program.derivative(point, direction: direction)
      let slope = dot(tangent, weights)
      let computed = zip(gradients, direction).reduce(0) { $0 + dot($1.0, $1.1) }
      let scale = max(1, abs(slope), tangent.reduce(0) { max($0, abs($1)) })
      try require(
        abs(computed - slope) <= 1e-9 * scale + tolerance, "gradient",
        "at \(point.map(short)) towards \(direction.map(short)) the gradient gives \(computed), duals \(slope)")
    }
  }

  @Test(arguments: Dialect.allCases) func gradientsAgreeWithDifferences(dialect: Dialect) {
    hold(dialect.options(bounds: true), share: 0.5, atLeast: 0.3, Self.gradientsAreNearDifferences)
  }

  static func gradientsAreNearDifferences(_ program: CheckedProgram, _ random: inout SplitMix) throws {
    guard !program.context.isEmpty else { throw Discarded("closed") }
    let prepared = try PreparedGraph(program.graph(), constants: program.nodeInputs)
    let point = program.randomPoint(&random)
    let weights = CheckedProgram.randomVector(program.resultDimension, &random)
    let expected = try program.denotation(point)
    if try program.tolerance(point, expected) > 1e-5 { throw Discarded("too large") }
    let gradients = try prepared.gradients(point, weights)
    let direction = program.randomDirection(&random)
    func at(_ t: Double) throws -> Double {
      dot(try prepared.value(zip(point, direction).map { zip($0, $1).map { $0 + t * $1 } }), weights)
    }
    let step = 5e-5
    let (ahead, here, behind) = (try at(step), try at(0), try at(-step))
    let (fine, coarse) = ((ahead - behind) / (2 * step), (try at(2 * step) - at(-2 * step)) / (4 * step))
    let scale = max(1, abs(fine))
    // At the edges of a bound and at high degrees differences say nothing, and do not agree with each other.
    guard abs(coarse - fine) <= 1e-6 * scale, abs(ahead - 2 * here + behind) <= 1e-3 * scale * step else {
      throw Discarded("differences disagree")
    }
    let computed = zip(gradients, direction).reduce(0) { $0 + dot($1.0, $1.1) }
    try require(
      abs(computed - fine) <= 1e-5 * scale, "gradient",
      "at \(point.map(short)) towards \(direction.map(short)) the gradient gives \(computed), differences \(fine)")
  }

  @Test(arguments: Dialect.allCases) func printedGraphsReadBack(dialect: Dialect) {
    hold(dialect.options(bounds: true), share: 0.5) { program, _ in
      let graph = try program.graph()
      let optimised = try Pipeline.standard.run(graph)
      for graph in [graph, optimised, reverse(optimised)] {
        let text = graph.printed(name: "g")
        let read = try parseGraph(text)
        try require(read.graph == graph, "reader", text)
        try require(read.graph.printed(name: "g").withoutRemarks == text.withoutRemarks, "printer", text)
      }
    }
  }

  @Test(arguments: Dialect.allCases) func compilingTwiceGivesTheSame(dialect: Dialect) {
    hold(dialect.options(bounds: true), share: 0.5) { program, _ in
      let again = try CheckedProgram(program.program)
      try require(again.judgement.degrees == program.judgement.degrees, "degrees")
      let (first, second) = (try program.graph(), try again.graph())
      try require(first == second && first.printed(name: "g") == second.printed(name: "g"), "lowering")
      let (a, b) = (try PreparedGraph(first), try PreparedGraph(second))
      try require(a.forward == b.forward && a.backward == b.backward, "passes")
    }
  }

  /// What one implementation computes, batches and shared ports included, against another.
  @Test(arguments: Dialect.allCases) func implementationsAgree(dialect: Dialect) {
    hold(dialect.options(bounds: true), share: 0.25) { program, random in
      try Comparison(reference: GraphImplementation()).check(
        OracleImplementation().prepare([program])[0], "direct interpreter", on: program, &random)
    }
  }
}

func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }

extension String {
  /// A printed graph without the places in the source.
  fileprivate var withoutRemarks: [Substring] {
    split(separator: "\n").map { line in line.firstRange(of: " ; ").map { line[..<$0.lowerBound] } ?? line }
  }
}
