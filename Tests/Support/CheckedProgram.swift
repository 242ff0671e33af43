import CajalEvaluator
import CajalSyntax
import CajalTyping
import Diagnostics
import LinearMaps
import Lowering

/// A program on its way through the stages, from its text.
public struct CheckedProgram {
  public let program: RandomProgram
  public let text: String
  public let source: Source
  public let tree: SyntaxTree
  public let module: TypedModule
  /// The program under test: the last of the file.
  public let judgement: Judgement

  public struct Rejected: Error, CustomStringConvertible {
    public let diagnostics: Diagnostics
    public let text: String
    public var codes: Set<DiagnosticCode> { Set(diagnostics.items.map(\.code)) }
    public var description: String {
      diagnostics.items.map { "\($0.code.rawValue) \($0.message)" }.joined(separator: "; ")
    }
  }

  public init(_ program: RandomProgram, options: CheckOptions = CheckOptions()) throws {
    try self.init(program, text: program.text, options: options)
  }

  public init(_ program: RandomProgram, text: String, options: CheckOptions = CheckOptions()) throws {
    var diagnostics = Diagnostics()
    self.program = program
    self.text = text
    source = Source(name: "random.cajal", text: text)
    tree = parse(source, diagnostics: &diagnostics)
    guard !diagnostics.hasErrors, let module = check(tree, options: options, diagnostics: &diagnostics),
      let judgement = module.programs.last
    else { throw Rejected(diagnostics: diagnostics, text: text) }
    self.module = module
    self.judgement = judgement
  }

  public var horizon: Int { module.horizon }
  public var context: [CajalTyping.Port] { judgement.context }
  /// Of the ports; of a table 0.
  public var dimensions: [Int] { context.map { $0.variable.type.dimension(horizon: horizon) ?? 0 } }
  /// The inputs that are the nodes of tables, and have no gradient.
  public var nodeInputs: Set<Int> { Set(context.inputs.enumerated().filter(\.element.isNodes).map(\.offset)) }
  public var resultDimension: Int { judgement.type.dimension(horizon: horizon) ?? 0 }

  /// The program's graph, unoptimised; discards a program that the language does not let be compiled.
  public func graph() throws -> Graph {
    var diagnostics = Diagnostics()
    if let graph = lower(judgement, in: module, source: source, diagnostics: &diagnostics) { return graph }
    let codes = Set(diagnostics.items.filter { $0.severity == .error }.map(\.code))
    if codes.isSubset(of: [.noMatrix, .unfoldsTooFar, .inspectsState, .noDimension]), !codes.isEmpty {
      throw Discarded("\(codes.map(\.rawValue).sorted())")
    }
    throw Falsified("lowering", "fails with \(Rejected(diagnostics: diagnostics, text: text))")
  }

  /// Warnings of lowering: functions that were replaced by their linear extension.
  public var isExtendedLinearly: Bool {
    var diagnostics = Diagnostics()
    let graph = lower(judgement, in: module, source: source, diagnostics: &diagnostics)
    return graph == nil || diagnostics.items.contains { $0.code == .linearExtension }
  }

  /// Operations that the oracle may take for one program: what takes more is too slow to test at random.
  static let operationLimit = 60_000

  public var oracle: VectorInterpreter { VectorInterpreter(module: module, operationLimit: Self.operationLimit) }
  public var evaluator: Evaluator { Evaluator(module: module, stepLimit: 30_000) }

  public func denotation(_ point: [[Double]]) throws -> [Double] {
    let result = try oracle.evaluate(judgement, links: context.links(point.map { [Dual]($0) })).values
    if result.contains(where: { !($0.magnitude < 1e12) }) { throw Discarded("too large") }
    return result
  }

  /// Vectors at every port, no values in general. Binary fractions, so that arithmetic on them is mostly exact.
  public func randomPoint(_ random: inout SplitMix) -> [[Double]] {
    zip(context, dimensions).flatMap { port, size -> [[Double]] in
      guard let table = table(port) else { return [Self.randomVector(size, &random)] }
      var numbers = SplitMix64(seed: random.next())
      return table.inputs(&numbers)
    }
  }

  /// As a point has them, of a direction: nodes do not move.
  public func randomDirection(_ random: inout SplitMix) -> [[Double]] {
    let (fixed, point) = (nodeInputs, randomPoint(&random))
    return point.enumerated().map { index, vector in
      fixed.contains(index) ? vector.map { _ in 0 } : vector.map { $0.isNaN ? 0 : $0 }
    }
  }

  private func table(_ port: CajalTyping.Port) -> RandomTable? {
    guard let rows = port.rows, let data = port.variable.type.asRecursive else { return nil }
    return RandomTable(data, rows: rows, horizon: horizon)
  }

  public static func randomVector(_ count: Int, _ random: inout SplitMix) -> [Double] {
    // Larger vectors are sparser: iterations multiply what they add up.
    (0..<count).map { _ in random.below(max(2, count / 4)) > 1 ? 0 : Double(random.below(9) - 4) / 4 }
  }

  /// Some round of an iteration leaves the range of numbers. A loop that is not linear in its state computes all
  /// rounds, also those of weight 0, and 0 · ∞ is no number.
  public var overflows: Bool {
    var random = SplitMix(seed: 1)
    let fixed = nodeInputs
    let ones = randomPoint(&random).enumerated().map { fixed.contains($0) ? $1 : $1.map { _ in 1 } }
    // Without overflow no operation of a graph makes anything but numbers of numbers.
    guard let graph = try? graph() else { return false }
    return Interpreter().run(graph, ones)[0].contains { !($0.magnitude < 1e100) }
  }

  /// What rounding may change of results at a point: measured against the map where nothing cancels.
  public func tolerance(_ point: [[Double]], _ expected: [Double]) throws -> Double {
    let fixed = nodeInputs
    let magnitudes = point.enumerated().map { fixed.contains($0) ? $1 : $1.map(abs) }
    let positive = try oracle.evaluate(judgement, links: context.links(magnitudes.map { [Dual]($0) })).values
    return 1e-9 * (positive + expected).reduce(1) { max($0, abs($1)) }
  }
}
