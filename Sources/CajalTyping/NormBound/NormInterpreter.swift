import CajalSyntax

/// An abstract interpretation of typed terms on bounds of norms.
///
/// Soundness: where the vectors of the variables in scope keep within their bounds, the vector of the term keeps
/// within the bound that is found for it. All rules are inequalities between norms, computed rounding up.
final class NormInterpreter {
  typealias Environment = [Int: NormValue]

  /// There is too much to compute.
  struct Exhausted: Error {}

  let module: TypedModule
  private var visits = 0
  private var depth = 0
  private var definitions: [Int: NormValue] = [:]
  private var known: [Application: NormValue] = [:]

  private struct Application: Hashable {
    let definition: Int
    let argument: NormBound
  }

  static let visitLimit = 300_000
  private static let depthLimit = 50_000
  /// Rounds that are followed one by one.
  private static let roundLimit = 4_096
  /// Rounds after which states that no longer grow are said to be as large as the last one.
  private static let settledRounds = 256
  /// Rounds of a state that is a function.
  private static let unfoldingLimit = 64

  init(_ module: TypedModule) { self.module = module }

  /// The bound of a judgement's result, for a function of its matrix's entries, where its variables have these
  /// bounds. Nil where there is too much to compute.
  func bound(of judgement: Judgement, ports: [NormBound]) -> NormBound? {
    visits = 0
    var environment: Environment = [:]
    do {
      for (port, bound) in zip(judgement.context, ports) {
        let type = port.variable.type
        let linked = port.bound.map { bound.within($0) } ?? bound
        environment[port.variable.id] = reflect(linked.completed(dimension: dimension(type)), type)
      }
      return try reify(interpret(judgement.term, environment), judgement.type)
    } catch {
      return nil
    }
  }

  func dimension(_ type: Type) -> Double {
    type.dimension(horizon: module.horizon).map(Double.init) ?? .infinity
  }

  private func visit() throws {
    visits += 1
    if visits > Self.visitLimit { throw Exhausted() }
  }

  // MARK: Terms

  private func interpret(_ term: TypedTerm, _ environment: Environment) throws -> NormValue {
    try visit()
    depth += 1
    defer { depth -= 1 }
    if depth > Self.depthLimit { throw Exhausted() }
    switch term.kind {
    case .variable(let variable): return environment[variable.id] ?? reflect(.none, variable.type)
    case .definition(let index): return try definition(index)
    case .bool, .natural: return .vector(.unit)
    case .literal(let entries): return .vector(NormBound(of: entries).completed(dimension: Double(entries.count)))
    case .matrix(let rows): return .function(matrix(MatrixBound(rows: rows), term.type))
    case .primitive(let primitive): return .function(self.primitive(primitive, [], term.type))
    case .succ(let operand): return try interpret(operand, environment)
    case .lambda(let variable, let body):
      return .function(
        NormFunction(variable.type, body.type) { [unowned self] argument in
          var inner = environment
          inner[variable.id] = argument
          return try self.interpret(body, inner)
        })
    case .apply(let function, let argument):
      let function = try interpret(function, environment)
      return try apply(function, interpret(argument, environment))
    case .conditional(let condition, let a, let b):
      let weights = try interpret(condition, environment).vector
      let values = [try interpret(a, environment), try interpret(b, environment)]
      return try combine(weights, values, term.type)
    case .iterate(let base, let state, let step, let count):
      return try iterate(base, state, step, count, environment)
    case .constructor, .cases, .fold: return reflect(.none, term.type)
    case .add(let a, let b): return add(try interpret(a, environment), try interpret(b, environment))
    case .scale(let factor, let operand):
      // As a quotient it may have been rounded down.
      let size = factor.value.magnitude
      return scale(factor.denominator == 1 ? size : size.nextUp, try interpret(operand, environment))
    case .concatenate(let parts):
      var whole = NormBound.zero
      for part in parts { whole = whole.followed(by: try interpret(part, environment).vector) }
      return .vector(whole.completed(dimension: dimension(term.type)))
    case .scan(let base, let state, let step, let rounds):
      return .vector(try scan(base, state, step, rounds, environment).completed(dimension: dimension(term.type)))
    case .network(let net, let arguments):
      var input = NormBound.zero
      for argument in arguments {
        input = input.followed(by: try reify(interpret(argument, environment), argument.type))
      }
      return reflect(module.nets[net].outputBound(input), term.type)
    }
  }

  private func definition(_ index: Int) throws -> NormValue {
    if let known = definitions[index] { return known }
    var value = try interpret(module.definitions[index].term, [:])
    if case .function(let function) = value {
      value = .function(
        NormFunction(function.argument, function.result) { [unowned self] argument in
          guard case .vector(let bound) = argument else { return try function.apply(argument) }
          let key = Application(definition: index, argument: bound)
          if let known = self.known[key] { return known }
          let result = try function.apply(argument)
          self.known[key] = result
          return result
        })
    }
    definitions[index] = value
    return value
  }

  // MARK: Functions and matrices

  func apply(_ function: NormValue, _ argument: NormValue) throws -> NormValue {
    try visit()
    guard case .function(let function) = function else { return .vector(.none) }
    return try function.apply(argument)
  }

  /// The bound of a value where it is a vector: of a function, the entries of its matrix, whose columns are its values
  /// on the basis.
  func reify(_ value: NormValue, _ type: Type) throws -> NormBound {
    switch value {
    case .vector(let bound): return bound
    case .function(let function):
      if let entries = function.entries { return entries }
      let column = try reify(function.apply(reflect(.unit, function.argument)), function.result)
      let columns = dimension(function.argument)
      return NormBound(
        l1: Upward.product(columns, column.l1), l2: Upward.product(Upward.root(columns), column.l2), linf: column.linf
      ).completed(dimension: dimension(type))
    }
  }

  /// A vector as a value of its type: of a function type, the entries of a matrix.
  func reflect(_ bound: NormBound, _ type: Type) -> NormValue {
    guard case .function(let argument, let result) = type else { return .vector(bound) }
    let bound = bound.completed(dimension: dimension(type))
    return .function(
      matrix(MatrixBound(entries: bound, rows: dimension(result), columns: dimension(argument)), type))
  }

  private func matrix(_ matrix: MatrixBound, _ type: Type) -> NormFunction {
    guard case .function(let argument, let result) = type else { preconditionFailure("a matrix is a function") }
    return NormFunction(argument, result, entries: matrix.entries) { [unowned self] value in
      let bound = matrix.applied(to: try self.reify(value, argument))
      return self.reflect(bound.completed(dimension: self.dimension(result)), result)
    }
  }

  // MARK: Sums

  private func add(_ a: NormValue, _ b: NormValue) -> NormValue {
    switch (a, b) {
    case (.vector(let a), .vector(let b)): return .vector(a + b)
    case (.function(let f), .function(let g)):
      var entries: NormBound?
      if let a = f.entries, let b = g.entries { entries = a + b }
      return .function(
        NormFunction(f.argument, f.result, entries: entries) { [unowned self] argument in
          try self.visit()
          return self.add(try f.apply(argument), try g.apply(argument))
        })
    case (.vector, .function), (.function, .vector): return .vector(.none)
    }
  }

  private func scale(_ factor: Double, _ value: NormValue) -> NormValue {
    switch value {
    case .vector(let bound): return .vector(bound.scaled(by: factor))
    case .function(let function):
      return .function(
        NormFunction(function.argument, function.result, entries: function.entries?.scaled(by: factor)) {
          [unowned self] argument in
          try self.visit()
          return self.scale(factor, try function.apply(argument))
        })
    }
  }

  /// Σ wₖ·vₖ, by the norms of the weights.
  private func combine(_ weights: NormBound, _ values: [NormValue], _ type: Type) throws -> NormValue {
    guard case .function(let argument, let result) = type else {
      var sums = Combination()
      for value in values { sums.add(value.vector) }
      return .vector(sums.weighted(by: weights).completed(dimension: dimension(type)))
    }
    return .function(
      NormFunction(argument, result) { [unowned self] value in
        try self.combine(weights, values.map { try self.apply($0, value) }, result)
      })
  }

  /// What is needed of many vectors to bound their weighted sums, in each norm.
  private struct Combination {
    private var largest = NormBound.zero
    private var sum = NormBound.zero
    private var squares = NormBound.zero

    mutating func add(_ bound: NormBound, times count: Double = 1) {
      largest = largest.join(bound)
      sum = sum + bound.scaled(by: count)
      squares = squares + NormBound.outer(bound, bound).scaled(by: count)
    }

    /// Hölder, in the number of the vector.
    func weighted(by weights: NormBound) -> NormBound {
      func bound(_ norm: KeyPath<NormBound, Double>) -> Double {
        min(
          Upward.product(weights.l1, largest[keyPath: norm]), Upward.product(weights.linf, sum[keyPath: norm]),
          Upward.product(weights.l2, Upward.root(squares[keyPath: norm])))
      }
      return NormBound(l1: bound(\.l1), l2: bound(\.l2), linf: bound(\.linf))
    }
  }

  // MARK: Iteration

  /// Σ nₖ·sₖ with s₀ the base and sₖ₊₁ the step's value at sₖ.
  private func iterate(
    _ base: TypedTerm, _ state: Variable, _ step: TypedTerm, _ count: TypedTerm, _ environment: Environment
  ) throws -> NormValue {
    let weights = try interpret(count, environment).vector
    let start = try interpret(base, environment)
    func next(_ value: NormValue) throws -> NormValue {
      var inner = environment
      inner[state.id] = value
      return try interpret(step, inner)
    }
    let rounds = count.type.dimension(horizon: module.horizon) ?? module.horizon
    guard !state.type.isFunction else { return try iterateFunction(start, weights, state.type, rounds, next) }
    let last = rounds - 1
    if case .natural(let number) = count.kind {
      guard number <= UInt64(last) else { return .vector(.zero) }
      return .vector(try self.state(after: Int(number), start.vector) { try next(.vector($0)).vector })
    }
    var sums = Combination()
    var current = start.vector
    sums.add(current)
    var round = 0
    while round < last {
      let following = try next(.vector(current)).vector
      round += 1
      let isSettled = following == current || (following <= current && round >= Self.settledRounds)
      sums.add(following, times: isSettled ? Double(last - round + 1) : 1)
      if isSettled { break }
      guard round < Self.roundLimit else { return .vector(.none) }
      current = following
    }
    return .vector(sums.weighted(by: weights).completed(dimension: dimension(state.type)))
  }

  /// Of the states of all rounds, one after another.
  private func scan(
    _ base: TypedTerm, _ state: Variable, _ step: TypedTerm, _ rounds: Int, _ environment: Environment
  ) throws -> NormBound {
    var current = try interpret(base, environment).vector
    var whole = current
    for round in 0..<rounds {
      guard round < Self.roundLimit else { return .none }
      var inner = environment
      inner[state.id] = .vector(current)
      current = try interpret(step, inner).vector
      whole = whole.followed(by: current)
    }
    return whole
  }

  /// The state after some rounds.
  private func state(
    after rounds: Int, _ start: NormBound, _ next: (NormBound) throws -> NormBound
  ) throws -> NormBound {
    var current = start
    for round in 0..<rounds {
      let following = try next(current)
      if following == current || (following <= current && round >= Self.settledRounds) { return current }
      guard round < Self.roundLimit else { return .none }
      current = following
    }
    return current
  }

  private func iterateFunction(
    _ start: NormValue, _ weights: NormBound, _ type: Type, _ rounds: Int, _ next: (NormValue) throws -> NormValue
  ) throws -> NormValue {
    guard rounds <= Self.unfoldingLimit else { return reflect(.none, type) }
    var states = [start]
    for _ in 1..<rounds { states.append(try next(states[states.count - 1])) }
    return try combine(weights, states, type)
  }

  // MARK: Primitives

  private func primitive(_ primitive: Primitive, _ operands: [NormValue], _ type: Type) -> NormFunction {
    guard case .function(let argument, let result) = type else { preconditionFailure("a primitive is a function") }
    return NormFunction(argument, result) { [unowned self] value in
      let operands = operands + [value]
      guard operands.count == primitive.operands.count else {
        return .function(self.primitive(primitive, operands, result))
      }
      return try self.value(of: primitive, operands, result)
    }
  }

  private func value(of primitive: Primitive, _ operands: [NormValue], _ type: Type) throws -> NormValue {
    let a = operands[0].vector
    let b = operands.count > 1 ? operands[1].vector : .none
    let bound: NormBound
    switch primitive {
    case .conv2d: bound = .convolution(a, b)
    case .scale: return scale(a.linf, operands[1])
    case .dot: bound = .dot(a, b)
    case .apply(let rows, let columns):
      bound = MatrixBound(entries: a, rows: Double(rows), columns: Double(columns)).applied(to: b)
    case .outer: bound = .outer(a, b)
    case .reshape, .transpose, .widen: bound = a
    // Entries of it.
    case .entry, .slice: bound = a
    case .times: bound = .entrywise(a, b)
    case .elementwise(let function, _): bound = function.outputBound(a)
    // No larger than one of the two.
    case .choice: bound = NormBound(l1: .infinity, l2: .infinity, linf: max(a.linf, b.linf))
    }
    return .vector(bound.completed(dimension: dimension(type)))
  }
}
