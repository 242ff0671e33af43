import CajalSyntax
import Diagnostics

/// Abstract interpretation of programs on bounds of their `Nat`s.
///
/// Soundness: where the vectors of the context have entries anywhere, every `Nat` that comes up has entries only up
/// to the bound found for it. Everything is monotone in the bounds, so that to know the indices that a step or a
/// definition reaches it is enough to run it on the largest bounds it is ever given.
final class BoundInterpreter {
  private let module: TypedModule
  /// Of each definition, whether there is anything in it to note.
  private let counting: [Bool]
  private let horizon: Int
  /// Whether what reaches the horizon is cut there, as it is when the program runs.
  private let cuts: Bool

  enum Mode: Hashable {
    /// Notes the index at every `succ` and numeral.
    case noting
    /// The same results without notes.
    case silent
    /// Results in terms of parameters, and not cut: cutting commutes with maxima and sums.
    case symbolic
  }

  enum Interruption: Error {
    /// A bound that is no maximum of parameters plus constants.
    case steep
    case exhausted
  }

  private enum Summary {
    case known(ShadowValue)
    case steep
  }

  private struct MemoKey: Hashable {
    let function: ObjectIdentifier
    let argument: IndexBound?
    let mode: Mode
  }

  var mode = Mode.noting
  private var visits = 0
  private var depth = 0
  var parameters = 0
  private var reached: [Span: Int] = [:]
  /// The same at places of a type `Nat[n]`.
  private var reachedBelow: [Span: (index: Int, count: Int)] = [:]
  /// The bounds of the arguments that each definition was given, while noting; those below others are left out.
  private var demands: [Int: [[Int]]] = [:]
  private var memory: [MemoKey: (function: ShadowFunction, result: ShadowValue)] = [:]
  private var steepCalls: [[Int]: ShadowValue] = [:]
  private var summaries: [Int: Summary] = [:]
  private var values: [Mode: [Int: ShadowValue]] = [:]

  private static let visitLimit = 2_000_000
  /// Of recursion, and of functions around functions: well within the driver's stack, and well above
  /// `Term.maximumDepth`.
  private static let depthLimit = 50_000
  private static let memoryLimit = 100_000
  /// Rounds that are followed one by one where a bound grows faster than by a constant.
  static let roundLimit = 4096
  /// Rounds of a state that is a function which are followed one by one.
  static let unfoldingLimit = 64
  /// Argument lists that are kept apart for one definition.
  private static let demandLimit = 8

  init(module: TypedModule, counting: [Bool], horizon: Int, cuts: Bool) {
    self.module = module
    self.counting = counting
    self.horizon = horizon
    self.cuts = cuts
  }

  struct Findings {
    /// The bound of the program's result, if that is a natural.
    let result: Int?
    /// The largest index at every `succ` and numeral of type `Nat` that is reached.
    let reached: [Span: Int]
    /// The same at those of a type `Nat[n]`, with n.
    let below: [Span: (index: Int, count: Int)]
  }

  /// Nil where the program is too large to tell.
  func run(_ program: Judgement) -> Findings? {
    visits = 0
    depth = 0
    reached = [:]
    reachedBelow = [:]
    demands = [:]
    mode = .noting
    defer {
      memory = [:]
      steepCalls = [:]
    }
    var environment: ShadowEnvironment?
    for port in program.context {
      let value = port.rows.map { ShadowValue.data(nodes: $0) } ?? anything(port.variable.type)
      environment = ShadowEnvironment(port.variable, value, environment)
    }
    do {
      let value = try interpret(program.term, environment)
      try force(value, program.type)
      try noteDemands()
      let limit = program.type.isNatural ? program.type.dimension(horizon: horizon) : nil
      return Findings(
        result: limit.map { min(value.bound.constant, $0 - 1) }, reached: reached, below: reachedBelow)
    } catch {
      return nil
    }
  }

  /// Runs each definition that was used on the largest arguments it was given. Definitions use earlier ones only, so
  /// that from the last to the first all demands are known in time.
  private func noteDemands() throws {
    guard let last = demands.keys.max() else { return }
    for index in stride(from: last, through: 0, by: -1) {
      guard let calls = demands[index] else { continue }
      let value = try interpret(module.definitions[index].term, nil)
      for bounds in calls { _ = try bounds.reduce(value) { try apply($0, .nat(IndexBound($1))) } }
    }
  }

  private func demand(_ index: Int, _ bounds: [Int]) {
    guard counting[index] else { return }
    var calls = demands[index, default: []]
    if calls.contains(where: { zip(bounds, $0).allSatisfy { $0 <= $1 } }) { return }
    calls.removeAll { zip($0, bounds).allSatisfy { $0 <= $1 } }
    calls.append(bounds)
    if calls.count > BoundInterpreter.demandLimit {
      calls = [calls.dropFirst().reduce(calls[0]) { zip($0, $1).map { max($0, $1) } }]
    }
    demands[index] = calls
  }

  // MARK: Values

  /// What is known of a value of which only the type is.
  func anything(_ type: Type) -> ShadowValue {
    switch type {
    case .bool, .real: .opaque
    case .data(let data): data.isRecursive ? .data(nodes: .max) : .opaque
    case .nat: .nat(IndexBound(horizon - 1))
    case .natBelow(let count): .nat(IndexBound(count - 1))
    case .function: .function(ShadowFunction(.linked(type)))
    }
  }

  /// What is beyond `Nat[n]` is cut whatever the horizon.
  func cut(_ bound: IndexBound, _ type: Type) -> ShadowValue {
    if mode == .symbolic { return .nat(bound) }
    if case .natBelow(let count) = type { return .nat(bound.clamped(to: count - 1)) }
    return .nat(cuts ? bound.clamped(to: horizon - 1) : bound)
  }

  private func note(_ term: TypedTerm, _ index: Int) {
    guard mode == .noting else { return }
    if case .natBelow(let count) = term.type {
      reachedBelow[term.span] = (max(reachedBelow[term.span]?.index ?? 0, index), count)
    } else {
      reached[term.span] = max(reached[term.span] ?? 0, index)
    }
  }

  func inMode<Result>(_ temporary: Mode, _ body: () throws -> Result) rethrows -> Result {
    let outer = mode
    mode = temporary
    defer { mode = outer }
    return try body()
  }

  private func visit() throws {
    visits += 1
    if visits > BoundInterpreter.visitLimit { throw Interruption.exhausted }
  }

  // MARK: Terms

  func interpret(_ term: TypedTerm, _ environment: ShadowEnvironment?) throws -> ShadowValue {
    try visit()
    depth += 1
    defer { depth -= 1 }
    if max(depth, environment?.depth ?? 0) > BoundInterpreter.depthLimit { throw Interruption.exhausted }
    if mode != .noting {
      switch term.type {
      case .bool, .real: return .opaque
      case .data(let data): if !data.isRecursive { return .opaque }
      case .nat, .natBelow, .function: break
      }
    }
    switch term.kind {
    case .variable(let variable):
      return ShadowEnvironment.value(of: variable, in: environment) ?? anything(variable.type)
    case .definition(let index): return try define(index)
    case .bool, .literal: return .opaque
    case .natural(let numeral):
      let index = Int(exactly: numeral) ?? Int.max
      note(term, index)
      return cut(IndexBound(index), term.type)
    case .matrix: return .function(ShadowFunction(.linked(term.type)))
    case .primitive(let primitive):
      if case .scale = primitive { return .function(ShadowFunction(.scale(waiting: 2))) }
      if case .widen = primitive { return .function(ShadowFunction(.scale(waiting: 1))) }
      return .function(ShadowFunction(.linked(term.type)))
    case .succ(let operand):
      let bound = try interpret(operand, environment).bound.raised(by: 1)
      note(term, bound.constant)
      return cut(bound, term.type)
    case .lambda(let variable, let body): return .function(ShadowFunction(.closure(variable, body, environment)))
    case .apply(let function, let argument):
      let function = try interpret(function, environment)
      return try apply(function, interpret(argument, environment))
    case .conditional(let condition, let a, let b):
      _ = try interpret(condition, environment)
      return try join(a, b, environment)
    case .iterate(let base, let state, let step, let count):
      let count = try interpret(count, environment).bound
      let base = try interpret(base, environment)
      return count == IndexBound(0) ? base : try iterate(base, state, step, count, environment)
    case .constructor(let data, let index): return constructor(data, index, fields: 0, nodes: 1)
    case .cases(let operand, let alternatives): return try cases(operand, alternatives, environment)
    case .fold(let operand, let alternatives): return try fold(operand, alternatives, term, environment)
    case .add(let a, let b): return try join(a, b, environment)
    case .scale(_, let operand): return try interpret(operand, environment)
    case .concatenate(let parts):
      for part in parts { _ = try interpret(part, environment) }
      return .opaque
    case .scan(let base, let state, let step, let rounds):
      _ = try interpret(base, environment)
      if rounds > 0 { _ = try iterate(.opaque, state, step, IndexBound(rounds), environment) }
      return .opaque
    case .network(_, let arguments):
      for argument in arguments {
        let value = try interpret(argument, environment)
        if mode == .noting { try force(value, argument.type) }
      }
      return anything(term.type)
    }
  }

  private func join(_ a: TypedTerm, _ b: TypedTerm, _ environment: ShadowEnvironment?) throws -> ShadowValue {
    try interpret(a, environment).joined(with: interpret(b, environment))
  }

  // MARK: Functions

  /// Applies a function to anything, as where it becomes a matrix.
  func force(_ value: ShadowValue, _ type: Type) throws {
    guard case .function(let argument, let result) = type else { return }
    try force(apply(value, anything(argument)), result)
  }

  private func apply(_ value: ShadowValue, _ argument: ShadowValue) throws -> ShadowValue {
    guard case .function(let function) = value else { return .opaque }
    return try apply(function, argument)
  }

  private func apply(_ function: ShadowFunction, _ argument: ShadowValue) throws -> ShadowValue {
    try visit()
    switch function.form {
    case .closure(let variable, let body, let environment):
      return try remembered(function, argument) {
        try interpret(body, ShadowEnvironment(variable, argument, environment))
      }
    case .linked(let type):
      guard case .function(let argumentType, let result) = type else { return .opaque }
      if mode == .noting { try force(argument, argumentType) }
      return anything(result)
    case .definition(let index, let arguments):
      let arguments = arguments + [argument]
      if module.definitions[index].term.type.groundArity == arguments.count { return try call(index, arguments) }
      return .function(ShadowFunction(.definition(index, arguments)))
    case .scale(let waiting): return waiting == 1 ? argument : .function(ShadowFunction(.scale(waiting: 1)))
    case .constructor(let data, let index, let fields, let nodes):
      let field = data.constructors[index].fields[fields].type(in: .data(data))
      if mode == .noting { try force(argument, field) }
      let more = field.asRecursive == nil ? 0 : argument.nodes
      return constructor(data, index, fields: fields + 1, nodes: saturatingSum(nodes, more))
    case .join(let parts):
      let results = try parts.map { try apply($0, argument) }
      return results.dropFirst().reduce(results[0]) { $0.joined(with: $1) }
    }
  }

  private func remembered(
    _ function: ShadowFunction, _ argument: ShadowValue, _ body: () throws -> ShadowValue
  ) throws -> ShadowValue {
    let bound: IndexBound?
    switch argument {
    case .opaque: bound = nil
    case .nat(let index): bound = index
    case .function, .data: return try body()
    }
    let key = MemoKey(function: ObjectIdentifier(function), argument: bound, mode: mode)
    if let known = memory[key] { return known.result }
    let result = try body()
    // The table holds the function too: its identity must not pass to another.
    if memory.count < BoundInterpreter.memoryLimit { memory[key] = (function, result) }
    return result
  }

  // MARK: Definitions

  private func define(_ index: Int) throws -> ShadowValue {
    if let arity = module.definitions[index].term.type.groundArity {
      return arity == 0 ? try call(index, []) : .function(ShadowFunction(.definition(index, [])))
    }
    if mode == .noting { demand(index, []) }
    let quiet: Mode = mode == .symbolic ? .symbolic : .silent
    if let known = values[quiet]?[index] { return known }
    let value = try inMode(quiet) { try interpret(module.definitions[index].term, nil) }
    values[quiet, default: [:]][index] = value
    return value
  }

  /// A definition of ground arguments, applied to all of them.
  private func call(_ index: Int, _ arguments: [ShadowValue]) throws -> ShadowValue {
    if mode == .noting { demand(index, arguments.map(\.bound.constant)) }
    switch try summary(index) {
    case .known(.nat(let bound)):
      return cut(
        bound.substituting { arguments[-1 - $0].bound }, module.definitions[index].term.type.finalResult)
    case .known(let value): return value
    case .steep:
      guard mode != .symbolic, arguments.allSatisfy(\.bound.isConstant) else { throw Interruption.steep }
      let key = [index] + arguments.map(\.bound.constant)
      if let known = steepCalls[key] { return known }
      let value = try inMode(.silent) {
        try arguments.reduce(interpret(module.definitions[index].term, nil)) { try apply($0, $1) }
      }
      steepCalls[key] = value
      return value
    }
  }

  /// A definition's result in terms of its arguments; argument k is parameter -1 - k.
  private func summary(_ index: Int) throws -> Summary {
    if let known = summaries[index] { return known }
    let term = module.definitions[index].term
    let summary: Summary
    do {
      let value = try inMode(.symbolic) {
        var value = try interpret(term, nil)
        for position in 0..<(term.type.groundArity ?? 0) {
          value = try apply(value, .nat(IndexBound(parameter: -1 - position)))
        }
        return value
      }
      summary = .known(value)
    } catch Interruption.steep {
      summary = .steep
    }
    summaries[index] = summary
    return summary
  }
}
