import CajalEvaluator
import CajalTyping
import Foundation
import Lowering

/// Compares the machine code of programs with oracles that share none of the lowering.
///
/// Two oracles: the evaluator (LANGUAGE.md, section 3) at points that are values, and the interpreter of section 4 on
/// vectors at basis points. Where a map is multilinear, a basis determines it; that the machine code is multilinear
/// is tested at random points only, and the report says so.
public struct ModuleVerifier {
  /// At most so many points of each kind; beyond, a sample.
  public var limit: Int
  public var seed: UInt64
  private let module: TypedModule
  private let horizons: [ProgramHorizon]

  public init(module: TypedModule, horizons: [ProgramHorizon], limit: Int = 2000, seed: UInt64 = 1) {
    self.module = module
    self.horizons = horizons
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
        judgement: judgement, horizon: horizons[index], module: module, program: linked.programs[index], limit: limit,
        seed: seed)
      return try check.run()
    }
  }
}

/// The comparisons for one program.
struct ProgramCheck {
  let judgement: Judgement
  let horizon: ProgramHorizon
  let module: TypedModule
  let program: LinkedProgram
  let limit: Int
  let seed: UInt64
  var report: VerifyReport
  let interpreter: VectorInterpreter

  init(
    judgement: Judgement, horizon: ProgramHorizon, module: TypedModule, program: LinkedProgram, limit: Int, seed: UInt64
  ) {
    self.judgement = judgement
    self.horizon = horizon
    self.module = module
    self.program = program
    self.limit = limit
    self.seed = seed
    report = VerifyReport(program: judgement.name.text)
    interpreter = VectorInterpreter(module: module)
  }

  mutating func run() throws -> VerifyReport {
    try checkValues()
    try checkBasis()
    try checkRandomPoints()
    try checkMultilinearity()
    try checkGradients()
    try checkBatches()
    return report
  }

  var names: [String] { judgement.context.map(\.variable.name) }

  /// Errors of rounding, relative to the largest entry involved.
  private var tolerance: Double { program.isDouble ? 1e-9 : 2e-4 }

  func agree(_ got: [Double], _ want: [Double], scale: Double = 1) -> Bool {
    let size = want.reduce(scale) { max($0, abs($1)) }
    return got.count == want.count
      && zip(got, want).allSatisfy { a, b in
        // Where both overflowed there is nothing to measure.
        a == b || a.isNaN && b.isNaN || abs(a - b) <= tolerance * size
      }
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
