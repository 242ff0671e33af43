import CajalSyntax
import CajalTyping

/// LANGUAGE.md, section 4, on vectors, equation by equation: what a judgement means, computed without any of the
/// lowering. On dual numbers one run gives the map's value and its exact derivative in one direction.
public struct VectorInterpreter {
  public static let defaultOperationLimit = 200_000_000

  private let engine: DenotationEngine

  /// Every call may take this many operations (about that many multiplications).
  public init(module: TypedModule, operationLimit: Int = VectorInterpreter.defaultOperationLimit) {
    engine = DenotationEngine(module: module, operationLimit: operationLimit)
  }

  /// How many operations the last call took.
  public var operationsUsed: Int { engine.operations }

  /// What is linked to a port.
  public enum Link: Sendable {
    case vector([Dual])
    case table(TableLink)
  }

  /// The judgement's map at an environment: one flat vector for each port, the matrix of a function row-major,
  /// dim of result × dim of argument, recursively; the result likewise. Throws `InterpretationError`.
  public func evaluate(_ judgement: Judgement, environment: [[Dual]]) throws -> [Dual] {
    try evaluate(judgement, links: environment.map { .vector($0) })
  }

  /// The same where some ports are tables.
  public func evaluate(_ judgement: Judgement, links: [Link]) throws -> [Dual] {
    guard links.count == judgement.context.count else {
      throw InterpretationError.unsuitableEnvironment(
        "`\(judgement.name.text)` has \(judgement.context.count) variables, not \(links.count)")
    }
    _ = engine.multilinearity.admit(judgement.term)
    return try engine.begin {
      var bindings: Environment?
      for (port, link) in zip(judgement.context, links) {
        bindings = Environment(port.variable, try denotation(of: link, at: port), bindings)
      }
      return try engine.flatten(engine.interpret(judgement.term, bindings), judgement.type)
    }
  }

  private func denotation(of link: Link, at port: Port) throws -> Denotation {
    let variable = port.variable
    switch link {
    case .vector(let vector):
      guard port.rows == nil, try engine.dimension(variable.type) == vector.count else {
        throw InterpretationError.unsuitableEnvironment("`\(variable.name)` is not of \(vector.count) entries")
      }
      return engine.unflatten(port.bound?.project(vector) ?? vector, variable.type)
    case .table(let link):
      guard let rows = port.rows, let data = variable.type.asRecursive,
        let layout = TableLayout(data, horizon: engine.horizon)
      else { throw InterpretationError.unsuitableEnvironment("`\(variable.name)` is no table") }
      if let problem = layout.problem(with: link, rows: rows) {
        throw InterpretationError.unsuitableEnvironment("`\(variable.name)` is \(problem)")
      }
      let table = Table(layout, link)
      return .datum(Datum(data, table.isEmpty ? .sum([]) : .row(0, table)))
    }
  }

  /// The same on plain numbers.
  public func evaluate(_ judgement: Judgement, environment: [[Double]]) throws -> [Double] {
    try evaluate(judgement, environment: environment.map { [Dual]($0) }).values
  }

  /// The vector of a closed term, which need not be part of the module.
  public func evaluate(closed term: TypedTerm) throws -> [Double] {
    _ = engine.multilinearity.admit(term)
    return try engine.begin { try engine.flatten(engine.interpret(term, nil), term.type).values }
  }
}
