import CajalSyntax
import CajalTyping

/// The equations of LANGUAGE.md, section 4, one method each.
final class DenotationEngine {
  let module: TypedModule
  let horizon: Int
  private let operationLimit: Int
  private(set) var operations = 0
  private var depth = 0
  var multilinearity: Multilinearity
  private var definitions: [Denotation?]

  /// Of recursion, and of maps around maps: well within the driver's stack, and well above `Term.maximumDepth`.
  private static let depthLimit = 50_000
  /// Entries of the largest vector.
  private static let sizeLimit = 1 << 26
  /// Entries of the largest matrix that stands in for a map that is linear anyway.
  private static let matrixLimit = 4096
  /// Results kept for one definition.
  private static let memoryLimit = 4096

  init(module: TypedModule, operationLimit: Int) {
    self.module = module
    self.operationLimit = operationLimit
    horizon = module.horizon
    multilinearity = Multilinearity(module)
    definitions = Array(repeating: nil, count: module.definitions.count)
  }

  func begin<Result>(_ body: () throws -> Result) rethrows -> Result {
    operations = 0
    depth = 0
    return try body()
  }

  func spend(_ cost: Int) throws {
    let (sum, overflow) = operations.addingReportingOverflow(cost)
    if overflow || sum > operationLimit { throw InterpretationError.operationsExhausted(limit: operationLimit) }
    operations = sum
  }

  /// Around what calls itself without interpreting a term in between.
  func deeper<Result>(_ body: () throws -> Result) throws -> Result {
    depth += 1
    defer { depth -= 1 }
    try checkDepth(depth)
    return try body()
  }

  func checkDepth(_ depth: Int) throws {
    guard depth > DenotationEngine.depthLimit else { return }
    throw InterpretationError.nestedTooDeeply(limit: DenotationEngine.depthLimit)
  }

  func dimension(_ type: Type) throws -> Int {
    guard let size = type.dimension(horizon: horizon), size <= DenotationEngine.sizeLimit else {
      throw InterpretationError.tooLarge(type)
    }
    return size
  }

  // MARK: The equations

  func interpret(_ term: TypedTerm, _ environment: Environment?) throws -> Denotation {
    try spend(1)
    depth += 1
    defer { depth -= 1 }
    try checkDepth(max(depth, environment?.depth ?? 0))
    switch term.kind {
    case .variable(let variable):
      guard let value = Environment.value(of: variable, in: environment) else {
        throw InterpretationError.unsuitableEnvironment("`\(variable.name)` is not in the environment")
      }
      return value
    case .definition(let index): return try define(index)
    case .bool(let value): return .vector(value ? [.one, .zero] : [.zero, .one])
    case .natural(let numeral): return .vector(try basis(term.type, Int(exactly: numeral)))
    case .literal(let entries): return .vector([Dual](entries))
    case .matrix(let rows): return map(term.type, .matrix([Dual](rows.flatMap { $0 })), isMultilinear: true)
    case .primitive(let primitive):
      return map(term.type, .primitive(primitive, []), isMultilinear: primitive.isMultilinear)
    case .succ(let operand): return try shift(interpret(operand, environment))
    case .lambda(let variable, let body): return closure(term, variable, body, environment)
    case .apply(let function, let argument):
      return try apply(interpret(function, environment), interpret(argument, environment))
    case .conditional(let condition, let a, let b): return try choose(condition, a, b, environment)
    case .iterate(let base, let state, let step, let count):
      return try iterate(base, state, step, count, environment)
    case .add(let left, let right):
      return try weightedSum(
        [(.one, interpret(left, environment)), (.one, interpret(right, environment))], term.type)
    case .scale(let factor, let operand):
      return try weightedSum([(Dual(factor.value), interpret(operand, environment))], term.type)
    case .concatenate(let parts): return .vector(try parts.flatMap { try entries(interpret($0, environment)) })
    case .scan(let base, let state, let step, let rounds):
      return try scan(base, state, step, rounds, environment)
    case .constructor(let data, let index): return try constructor(data, index, [], term.type)
    case .cases(let operand, let alternatives): return try cases(operand, alternatives, term, environment)
    case .fold(let operand, let alternatives): return try fold(operand, alternatives, term, environment)
    case .network:
      preconditionFailure("only models hold nets, and a model is not interpreted: its weights are not here")
    }
  }

  /// The right shift; the last entry has nowhere to go.
  private func shift(_ operand: Denotation) throws -> Denotation {
    let vector = try entries(operand)
    try spend(vector.count)
    return .vector([.zero] + vector.dropLast())
  }

  private func closure(
    _ term: TypedTerm, _ variable: Variable, _ body: TypedTerm, _ environment: Environment?
  ) -> Denotation {
    let isMultilinear = (environment?.isMultilinear ?? true) && multilinearity.holds(forLambda: term)
    return map(term.type, .closure(variable, body, environment), isMultilinear: isMultilinear)
  }

  private func choose(
    _ condition: TypedTerm, _ a: TypedTerm, _ b: TypedTerm, _ environment: Environment?
  ) throws -> Denotation {
    let weights = try entries(interpret(condition, environment))
    var terms: [(Dual, Denotation)] = []
    // A branch without weight adds nothing to the sum, nor to its derivative.
    if !weights[0].vanishes { terms.append((weights[0], try interpret(a, environment))) }
    if !weights[1].vanishes { terms.append((weights[1], try interpret(b, environment))) }
    return try weightedSum(terms, a.type)
  }

  /// Σ_{k<H} n_k · s_k with s_0 = ⟦b⟧ and s_{k+1} = ⟦s⟧(γ2, y:=s_k).
  private func iterate(
    _ base: TypedTerm, _ state: Variable, _ step: TypedTerm, _ count: TypedTerm, _ environment: Environment?
  ) throws -> Denotation {
    let weights = try entries(interpret(count, environment))
    var current = try interpret(base, environment)
    // Rounds after the last weight add nothing.
    guard let last = weights.lastIndex(where: { !$0.vanishes }) else { return try weightedSum([], base.type) }
    if case .vector(var sum) = current {
      sum = sum.map { weights[0] * $0 }
      for round in stride(from: 1, through: last, by: 1) {
        current = try interpret(step, Environment(state, current, environment))
        let vector = try entries(current)
        try spend(vector.count)
        guard !weights[round].vanishes else { continue }
        for index in sum.indices { sum[index] = sum[index] + weights[round] * vector[index] }
      }
      return .vector(sum)
    }
    var terms: [(Dual, Denotation)] = []
    for round in 0...last {
      if round > 0 { current = try interpret(step, Environment(state, current, environment)) }
      current = try condensed(current, step.type)
      if !weights[round].vanishes { terms.append((weights[round], current)) }
    }
    return try weightedSum(terms, base.type)
  }

  /// s_0, …, s_rounds.
  private func scan(
    _ base: TypedTerm, _ state: Variable, _ step: TypedTerm, _ rounds: Int, _ environment: Environment?
  ) throws -> Denotation {
    var current = try interpret(base, environment)
    var all = try entries(current)
    for _ in 0..<rounds {
      current = try interpret(step, Environment(state, current, environment))
      let vector = try entries(current)
      try spend(vector.count)
      all += vector
    }
    return .vector(all)
  }

  func weightedSum(_ terms: [(Dual, Denotation)], _ type: Type) throws -> Denotation {
    if case .function = type {
      // A weight of one is no weight.
      if terms.count == 1, terms[0].0 == .one { return terms[0].1 }
      var maps: [(Dual, Map)] = []
      for (weight, term) in terms { if case .map(let map) = term { maps.append((weight, map)) } }
      return map(type, .sum(maps), isMultilinear: maps.allSatisfy { $0.1.isMultilinear })
    }
    if let data = type.asRecursive {
      if terms.count == 1, terms[0].0 == .one { return terms[0].1 }
      var all: [(Dual, Datum)] = []
      for (weight, term) in terms { if case .datum(let datum) = term { all.append((weight, datum)) } }
      let sum = Datum(data, .sum(all))
      try checkDepth(sum.depth)
      return .datum(sum)
    }
    var sum = [Dual](repeating: .zero, count: try dimension(type))
    for (weight, term) in terms {
      let vector = try entries(term)
      try spend(vector.count)
      for index in sum.indices { sum[index] = sum[index] + weight * vector[index] }
    }
    return .vector(sum)
  }

  // MARK: Definitions

  /// A definition is interpreted once. Where it is linear anyway its matrix, which is the same map, stands in for
  /// it: a chain of definitions that each use the last twice is then as fast as it is long. Where it is not, its
  /// results are kept.
  private func define(_ index: Int) throws -> Denotation {
    if let known = definitions[index] { return known }
    var value = try interpret(module.definitions[index].term, nil)
    value = try condensed(value, module.definitions[index].term.type)
    if case .map(let map) = value, !map.isMultilinear { map.memory = [:] }
    definitions[index] = value
    return value
  }

  /// The same map as a matrix, where it is linear in its arguments, these are vectors, and the matrix is small.
  private func condensed(_ value: Denotation, _ type: Type) throws -> Denotation {
    guard case .map(let map) = value, map.isMultilinear, type.isFirstOrder,
      let size = type.dimension(horizon: horizon), size <= DenotationEngine.matrixLimit
    else { return value }
    if case .matrix = map.form { return value }
    return unflatten(try flatten(value, type), type)
  }

  // MARK: Application

  func apply(_ function: Denotation, _ argument: Denotation) throws -> Denotation {
    guard case .map(let map) = function else { throw mismatch }
    return try apply(map, argument)
  }

  private func apply(_ map: Map, _ argument: Denotation) throws -> Denotation {
    if map.memory != nil, case .vector(let key) = argument {
      if let known = map.memory?[key] { return known }
      let value = try applyAfresh(map, argument)
      if let count = map.memory?.count, count < DenotationEngine.memoryLimit { map.memory?[key] = value }
      return value
    }
    return try applyAfresh(map, argument)
  }

  private func applyAfresh(_ map: Map, _ argument: Denotation) throws -> Denotation {
    switch map.form {
    case .closure(let variable, let body, let environment):
      return try interpret(body, Environment(variable, argument, environment))
    case .matrix(let matrix): return try multiply(matrix, map, argument)
    case .primitive(let primitive, let operands): return try apply(primitive, operands + [argument], map)
    case .constructor(let data, let index, let fields):
      return try constructor(data, index, fields + [argument], map.result)
    case .sum(let terms): return try applySum(terms, map, argument)
    }
  }

  private func multiply(_ matrix: [Dual], _ map: Map, _ argument: Denotation) throws -> Denotation {
    let vector = try flatten(argument, map.argument)
    try spend(matrix.count)
    return unflatten(CajalEvaluator.multiply(matrix, vector, columns: vector.count), map.result)
  }

  private func applySum(_ terms: [(weight: Dual, map: Map)], _ map: Map, _ argument: Denotation) throws -> Denotation {
    depth += 1
    defer { depth -= 1 }
    try checkDepth(max(depth, map.depth))
    var results: [(Dual, Denotation)] = []
    for (weight, map) in terms {
      try spend(1)
      results.append((weight, try apply(map, argument)))
    }
    return try weightedSum(results, map.result)
  }

  private func apply(_ primitive: Primitive, _ operands: [Denotation], _ map: Map) throws -> Denotation {
    if operands.count < primitive.arity {
      return self.map(
        map.result, .primitive(primitive, operands), isMultilinear: operands.allSatisfy(\.isMultilinear))
    }
    if case .scale(let type) = primitive {
      return try weightedSum([(entries(operands[0])[0], operands[1])], type)
    }
    try spend(primitive.work(resultSize: dimension(map.result)))
    return .vector(primitive.compute(try operands.map(entries)))
  }

  // MARK: Interfaces

  /// The vector that crosses an interface: of a map its matrix, the linear extension of its values on the basis.
  func flatten(_ value: Denotation, _ type: Type) throws -> [Dual] {
    switch value {
    case .vector(let vector): return vector
    case .datum: throw mismatch
    case .map(let map):
      if case .matrix(let matrix) = map.form { return matrix }
      let columns = try dimension(map.argument)
      let size = try dimension(type)
      guard size > 0 else { return [] }
      let rows = size / columns
      try spend(size)
      var matrix = [Dual](repeating: .zero, count: size)
      for column in 0..<columns {
        let element = unflatten(try basis(map.argument, column), map.argument)
        let image = try flatten(apply(map, element), map.result)
        for row in 0..<rows { matrix[row * columns + column] = image[row] }
      }
      return matrix
    }
  }

  func unflatten(_ vector: [Dual], _ type: Type) -> Denotation {
    type.isFunction ? map(type, .matrix(vector), isMultilinear: true) : .vector(vector)
  }

  /// A unit vector; the zero vector where the position is beyond the space.
  func basis(_ type: Type, _ position: Int?) throws -> [Dual] {
    let size = try dimension(type)
    try spend(size)
    var vector = [Dual](repeating: .zero, count: size)
    if let position, position < size { vector[position] = .one }
    return vector
  }

  func map(_ type: Type, _ form: Map.Form, isMultilinear: Bool) -> Denotation {
    guard case .function(let argument, let result) = type else { return .vector([]) }
    return .map(Map(argument, result, form, isMultilinear: isMultilinear))
  }

  private func entries(_ value: Denotation) throws -> [Dual] {
    guard case .vector(let vector) = value else { throw mismatch }
    return vector
  }

  var mismatch: InterpretationError { .unsuitableEnvironment("a term that is not well typed") }
}
