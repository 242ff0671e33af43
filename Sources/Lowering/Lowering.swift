import CajalSyntax
import CajalTyping
import Diagnostics
import HashTreeCollections
import LinearMaps

/// The meanings of the variables in scope.
typealias Environment = TreeDictionary<Variable, Meaning>

/// Lowers one judgement by normalisation by evaluation: terms are run, and what they compute is written down as a graph.
final class Lowering {
  let module: TypedModule
  let source: Source
  let root = GraphBuilder()
  /// The graph, or loop body, that is being built.
  var builder: GraphBuilder
  var warnings: [Diagnostic] = []
  private var warned: Set<Span> = []
  private var definitions: [Int: Meaning] = [:]
  /// The parameters of a model, by name.
  var tensorValues: [String: Value] = [:]
  /// The data of a model that have been lowered.
  var loweredData: [ObjectIdentifier: Meaning] = [:]
  private var work = 0

  /// Terms visited before a program counts as one that unfolds too far. A visit takes about a microsecond.
  static let workLimit = 3_000_000
  /// Rounds of an iteration that are written out one by one, each around the one before.
  static let roundLimit = 10_000
  /// Loops in loops, those that make matrices included: each level holds all deeper ones, and every stage walks them.
  static let depthLimit = 50

  init(module: TypedModule, source: Source) {
    self.module = module
    self.source = source
    builder = root
  }

  func graph(of judgement: Judgement) throws -> Graph {
    var environment = Environment()
    for port in judgement.context { environment[port.variable] = try parameter(port) }
    _ = try space(judgement.type, judgement.name.span)
    let result = try vector(try lower(judgement.term, environment), .interface)
    return root.finish(results: [result])
  }

  /// A port as the next parameter of the graph; a table as the next two.
  func parameter(_ port: Port) throws -> Meaning {
    let variable = port.variable
    if let rows = port.rows, case .data(let data) = variable.type { return try table(variable, data, rows: rows) }
    var value = root.parameter(variable.name, try space(variable.type, variable.span))
    if let bound = port.bound { value = root.value(.nonlinear(.bound(Ball(bound))), [value], value.space) }
    return reflect(value, variable.type, variable.span)
  }

  func space(_ type: Type, _ span: Span) throws -> Space {
    if let dimension = type.dimension(horizon: module.horizon), dimension <= Space.maximumDimension {
      return Space(type, horizon: module.horizon)
    }
    if let data = type.recursiveType { throw LoweringError.refused(noDimension(type, data, span)) }
    throw LoweringError.refused(
      Diagnostic(
        .typeTooLarge, "a value of type \(type) is too large", at: Label(span, "has this type"),
        notes: ["at horizon \(module.horizon) it has more than 2^31 entries; a function is stored as its matrix"],
        help: "use a smaller horizon, or apply the function instead of passing it on"))
  }

  /// A vector as the meaning of its type: a vector of function type is a matrix.
  func reflect(_ value: Value, _ type: Type, _ span: Span) -> Meaning {
    guard case .function(let argument, let result) = type else { return .vector(value) }
    return .function(
      Function(argument: argument, result: result, home: builder, span: span, matrix: value) { [unowned self] meaning in
        let operand = try self.vector(meaning, .interface)
        let space = try self.space(result, span)
        return self.reflect(self.builder.apply(value, operand, space), result, span)
      })
  }

  func lower(_ term: TypedTerm, _ environment: Environment) throws -> Meaning {
    try visit(term)
    switch term.kind {
    case .variable(let variable): return environment[variable]!
    case .definition(let index): return try definition(index)
    case .bool(let flag): return .vector(builder.unit(flag ? 0 : 1, .boolean))
    case .natural(let number): return .vector(builder.unit(Int(clamping: number), try space(term.type, term.span)))
    case .literal(let entries):
      return .vector(builder.constant(SparseVector(dense: entries), try space(term.type, term.span)))
    case .matrix(let rows):
      let matrix = builder.constant(SparseVector(dense: rows.flatMap { $0 }), try space(term.type, term.span))
      return reflect(matrix, term.type, term.span)
    case .primitive(let primitive): return .function(function(primitive, term.type, term.span))
    case .succ(let operand): return try successor(operand, environment)
    case .lambda(let variable, let body): return .function(closure(variable, body, term, environment))
    case .apply(let function, let operand): return try application(function, operand, term, environment)
    case .conditional(let condition, let a, let b): return try conditional(condition, a, b, term, environment)
    case .iterate(let base, let state, let step, let count):
      return try iteration(base, state, step, count, term, environment)
    case .constructor(let data, let index): return try constructor(data, index, term.span)
    case .cases(let operand, let alternatives): return try cases(operand, alternatives, term, environment)
    case .fold(let operand, let alternatives): return try fold(operand, alternatives, term, environment)
    case .add(let a, let b):
      let (a, b) = (try lower(a, environment), try lower(b, environment))
      return try at(term) { try sum([(.factor(1), a), (.factor(1), b)], term.type, term.span) }
    case .scale(let factor, let a):
      let a = try lower(a, environment)
      return try at(term) { try sum([(.factor(factor.value), a)], term.type, term.span) }
    case .concatenate(let parts): return try concatenation(try parts.map { try lower($0, environment) }, term)
    case .scan(let base, let state, let step, let rounds):
      return try scan(base, state, step, rounds, term, environment)
    case .network(let net, let arguments): return try network(net, arguments, term, environment)
    }
  }

  func concatenation(_ parts: [Meaning], _ term: TypedTerm) throws -> Meaning {
    let values = try parts.map { try vector($0, .interface) }
    let whole = try space(term.type, term.span)
    return at(term) { .vector(builder.joined(values, whole)) }
  }

  private func visit(_ term: TypedTerm) throws {
    work += 1
    if work > Lowering.workLimit { throw unfoldsTooFar(term.span) }
  }

  func unfoldsTooFar(_ span: Span) -> LoweringError {
    .refused(
      Diagnostic(
        .unfoldsTooFar, "this program unfolds too far", at: Label(span, "while compiling this"),
        notes: [
          "functions are applied while compiling; an iteration whose state is a function that is not linear in its "
            + "binder is unfolded round by round",
          "at most \(Lowering.depthLimit) iterations may be inside of each other after that",
        ],
        help: "use a smaller horizon, or let the iteration run over the function's result instead of the function"))
  }

  /// Runs `body` with the term as the origin of the nodes that it adds.
  func at<T>(_ term: TypedTerm, _ body: () throws -> T) rethrows -> T {
    let builder = builder
    let outer = builder.origin
    let position = source.position(of: term.span.start)
    builder.origin = Origin(line: position.line, column: position.column, text: source.excerpt(term.span))
    defer { builder.origin = outer }
    return try body()
  }

  /// A closed definition is lowered once, in the outermost graph, and shared by all who use it.
  private func definition(_ index: Int) throws -> Meaning {
    if let known = definitions[index] { return known }
    let meaning = try building(in: root) { try lower(module.definitions[index].term, Environment()) }
    definitions[index] = meaning
    return meaning
  }

  func building<T>(in other: GraphBuilder, _ body: () throws -> T) rethrows -> T {
    let outer = builder
    builder = other
    defer { builder = outer }
    return try body()
  }

  func checkDepth(_ span: Span) throws {
    if builder.depth >= Lowering.depthLimit { throw unfoldsTooFar(span) }
  }

  private func successor(_ operand: TypedTerm, _ environment: Environment) throws -> Meaning {
    // A chain of `succ` may be as long as a term is deep; counting it first keeps the graph small.
    var distance = 1
    var operand = operand
    while case .succ(let inner) = operand.kind {
      distance += 1
      operand = inner
    }
    let value = try vector(try lower(operand, environment), .interface)
    if case .constant(let vector) = value.operation {
      let entries = vector.entries.map { SparseVector.Entry(index: $0.index + distance, value: $0.value) }
      let kept = entries.filter { $0.index < value.space.dimension }
      return .vector(builder.constant(SparseVector(entries: kept), value.space))
    }
    return .vector(builder.shift(by: min(distance, value.space.dimension), value))
  }

  private func closure(
    _ variable: Variable, _ body: TypedTerm, _ term: TypedTerm, _ environment: Environment
  ) -> Function {
    Function(
      argument: variable.type, result: body.type, home: builder, span: term.span,
      culprit: { body.step(using: variable) },
      rule: { [unowned self] meaning in
        var inner = environment
        inner[variable] = meaning
        return try self.lower(body, inner)
      })
  }

  private func application(
    _ function: TypedTerm, _ operand: TypedTerm, _ term: TypedTerm, _ environment: Environment
  ) throws -> Meaning {
    let f = try lower(function, environment)
    let a = try lower(operand, environment)
    guard case .function(let function) = f else { preconditionFailure("the checker lets only functions be applied") }
    return try at(term) { try apply(function, a) }
  }

  private func conditional(
    _ condition: TypedTerm, _ a: TypedTerm, _ b: TypedTerm, _ term: TypedTerm, _ environment: Environment
  ) throws -> Meaning {
    let c = try vector(try lower(condition, environment), .interface)
    let (a, b) = (try lower(a, environment), try lower(b, environment))
    return try at(term) {
      let (whenTrue, whenFalse) = (builder.entry(0, of: c), builder.entry(1, of: c))
      return try sum([(.entry(whenTrue), a), (.entry(whenFalse), b)], term.type, term.span)
    }
  }

  func warn(_ diagnostic: Diagnostic) {
    guard let span = diagnostic.primary?.span, warned.insert(span).inserted else { return }
    warnings.append(diagnostic)
  }
}

extension Source {
  /// The text of a span on one line, cut to a length that fits a comment.
  func excerpt(_ span: Span, limit: Int = 72) -> String {
    let end = min(span.end, span.start + 4 * limit)
    let words = text(Span(span.start, end)).split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return words.count > limit || end < span.end ? words.prefix(limit - 1) + "…" : words
  }
}

extension TypedTerm {
  /// The place of the first iteration in whose step the variable stands.
  func step(using variable: Variable) -> Span? {
    if case .iterate(_, _, let step, _) = kind, step.mentions(variable) { return step.span }
    if case .scan(_, _, let step, _) = kind, step.mentions(variable) { return step.span }
    return kind.children.lazy.compactMap { $0.step(using: variable) }.first
  }

  private func mentions(_ variable: Variable) -> Bool {
    if case .variable(variable) = kind { return true }
    return kind.children.contains { $0.mentions(variable) }
  }
}
