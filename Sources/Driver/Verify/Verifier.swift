import CajalEvaluator
import CajalTyping
import Foundation
import LinearMaps

/// Compares the machine code of programs with oracles that share none of the lowering.
///
/// Two oracles: the evaluator (LANGUAGE.md, section 3) at points that are values, and the interpreter of section 4 on
/// vectors at basis points. Where a map is multilinear, a basis determines it; that the machine code is multilinear
/// is tested at random points only, and the report says so. How the code is called is varied at points where the graph
/// is interpreted (`CallCheck`).
public struct ModuleVerifier {
  /// At most so many points of each kind; beyond, a sample.
  public var limit: Int
  public var seed: UInt64
  private let module: TypedModule
  private let horizons: [ProgramHorizon]
  private let graphs: [Graph]

  /// - Parameter graphs: of the module's programs, before any pass.
  public init(
    module: TypedModule, horizons: [ProgramHorizon], graphs: [Graph], limit: Int = 2000, seed: UInt64 = 1
  ) {
    self.module = module
    self.horizons = horizons
    self.graphs = graphs
    self.limit = limit
    self.seed = seed
  }

  /// - Parameters:
  ///   - only: the one program to verify; all where it is nil.
  ///   - progress: receives the program that is about to be verified.
  public func verify(
    _ linked: LinkedModule, only: String? = nil, progress: (String) -> Void = { _ in }
  ) throws -> [VerifyReport] {
    try module.programs.enumerated().filter { only == nil || $1.name.text == only }.map { index, judgement in
      progress(judgement.name.text)
      var check = ProgramCheck(
        judgement: judgement, horizon: horizons[index], module: module, graph: graphs[index],
        program: linked.programs[index], limit: limit, seed: seed)
      return try check.run()
    }
  }
}

/// The comparisons for one program.
struct ProgramCheck {
  let judgement: Judgement
  let horizon: ProgramHorizon
  let module: TypedModule
  let graph: Graph
  let program: LinkedProgram
  let limit: Int
  let seed: UInt64
  var report: VerifyReport
  let interpreter: VectorInterpreter
  let rounding: RoundingInterpreter

  init(
    judgement: Judgement, horizon: ProgramHorizon, module: TypedModule, graph: Graph, program: LinkedProgram,
    limit: Int, seed: UInt64
  ) {
    self.judgement = judgement
    self.horizon = horizon
    self.module = module
    self.graph = graph
    self.program = program
    rounding = RoundingInterpreter(arithmetic: Arithmetic(isDouble: program.isDouble))
    self.limit = limit
    self.seed = seed
    report = VerifyReport(program: judgement.name.text)
    interpreter = VectorInterpreter(module: module)
  }

  mutating func run() throws -> VerifyReport {
    if hasTables, graph.interpretedWork > ProgramCheck.mostWork {
      report.leaveOut(ProgramCheck.tooManyRows(graph))
      return report
    }
    try checkValues()
    try checkBasis()
    try checkRandomPoints()
    try checkMultilinearity()
    let hasGradients = try program.hasGradients()
    if hasGradients {
      try checkGradients()
    } else {
      report.leaveOut("gradients: compiled without --emit-grad")
    }
    try checkCalls(hasGradients: hasGradients)
    return report
  }

  /// Of the inputs.
  var names: [String] { program.inputs.map(\.name) }

  /// For each input its variable, and whether it is the nodes of a table.
  var inputs: [(port: Int, isNodes: Bool)] { judgement.context.inputs }

  /// The graph's parameters without a gradient.
  var constants: Set<Int> { Set(inputs.indices.filter { inputs[$0].isNodes }) }

  var hasTables: Bool { inputs.contains(where: \.isNodes) }

  /// Of a graph with tables, one run.
  static let mostWork = 3e7

  static func tooManyRows(_ graph: Graph) -> String {
    "all of it: interpreting it once takes \(String(format: "%.0e", graph.interpretedWork)) operations; "
      + "verify it with fewer rows"
  }

  private mutating func checkCalls(hasGradients: Bool) throws {
    let inputs = program.inputs
    var report = report
    let calls = CallCheck(
      code: program, inputNames: names, graph: graph, signature: .program(ports: names.count), frozen: constants,
      hasGradients: hasGradients, limit: limit, seed: seed,
      report: &report
    ) { inputs[$0].table?.input(inputs[$0], $1, &$2) ?? CallCheck.coarse(inputs[$0].size, $1, &$2) }
    self.report = report
    if var calls { self.report = try calls.run() }
  }

  /// Whether machine code may have computed this result at a point: up to rounding.
  func agree(_ got: [Double], _ want: [Double], at point: [[Double]]) -> Bool {
    if isNear(got, want) { return true }
    let result = rounding.run(graph, point.map(Approximation.init(rounded:)))[0]
    return agree(got, want, magnitudes: result.magnitudes, bounds: result.bounds(rounding.arithmetic.unit))
  }

  func agree(_ got: [Double], _ want: [Double], magnitudes: [Double], bounds: [Double]) -> Bool {
    got.count == want.count
      && got.indices.allSatisfy {
        rounding.arithmetic.allows(got[$0], want[$0], magnitude: magnitudes[$0], bound: bounds[$0])
      }
  }

  /// So near that no bound has to be computed: one rounding is allowed in any case.
  private func isNear(_ got: [Double], _ want: [Double]) -> Bool {
    got.count == want.count
      && zip(got, want).allSatisfy { $0 == $1 || abs($0 - $1) <= 2 * rounding.arithmetic.unit * abs($1) }
  }

  func describe(_ vector: [Double]) -> String {
    let shown = vector.prefix(8).map { String(format: "%g", $0) }.joined(separator: ", ")
    return "[\(shown)\(vector.count > 8 ? ", …" : "")]"
  }
}

/// `120 of 120 basis points` or `2000 of 40960 basis points (a sample with seed 1)`.
func coverage(_ done: Int, of all: Int?, _ noun: String, seed: UInt64) -> String {
  guard let all, all == done else {
    let total = all.map { $0 == Int.max ? "more than 2^63" : "\($0)" } ?? "infinitely many"
    return "\(done) of \(total) \(noun) (a sample with seed \(seed))"
  }
  return "all \(done) \(noun)"
}
