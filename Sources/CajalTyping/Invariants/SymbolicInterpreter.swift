import CajalSyntax

/// What is known of a value where its variables are unknown.
enum SymbolicValue {
  /// Of a type with a dimension that is no function: a polynomial for each entry.
  case entries([Polynomial])
  case function((SymbolicValue) throws -> SymbolicValue)
  /// Too large, or of a recursive type.
  case unknown
}

/// Runs terms on polynomials: what the entries of a value are, whatever the variables are, exactly. Where it does not
/// know, it takes an unknown of its own for each real: what holds for all unknowns holds for these.
final class SymbolicInterpreter {
  typealias Environment = [Int: SymbolicValue]
  struct Exhausted: Error {}

  let module: TypedModule
  var unknowns = Unknowns()
  /// The last entry of a softmax is 1 − the others; otherwise it is an unknown in [0, 1].
  var sumsSoftmax = true
  private var variables: [Int: SymbolicValue] = [:]
  private var definitions: [Int: SymbolicValue] = [:]
  /// What the same functions give on the same operands is the same.
  private var known: [Call: [Polynomial]] = [:]
  private var work = 0
  private var total = 0
  private var depth = 0

  private struct Call: Hashable {
    let function: Function
    let operands: [[Polynomial]]
  }
  private enum Function: Hashable {
    case net(Int)
    case elementwise(Elementwise)
    case choice(Choice)
  }

  static let workLimit = 200_000
  /// Of all that one interpreter is asked.
  static let totalLimit = 600_000
  private static let depthLimit = 20_000
  private static let largest = 4_096
  private static let mostRounds = 16

  init(_ module: TypedModule) { self.module = module }

  func begin() {
    work = 0
    depth = 0
  }

  private func spend(_ amount: Int) throws {
    work += amount
    total += amount
    if work > Self.workLimit || total > Self.totalLimit { throw Exhausted() }
  }

  private func dimension(_ type: Type) -> Int? {
    type.dimension(horizon: module.horizon).flatMap { $0 <= Self.largest ? $0 : nil }
  }

  // MARK: Unknowns

  /// A value of a type of which nothing is known.
  func anything(_ type: Type, _ name: String, _ interval: Interval = .all) -> SymbolicValue {
    if case .function(let argument, let result) = type {
      guard let rows = dimension(result), let columns = dimension(argument), rows * columns <= Self.largest else {
        return .unknown
      }
      return map(fresh(rows * columns, name, .all, shape: [rows, columns]), argument, result)
    }
    guard let size = dimension(type) else { return .unknown }
    var shape = [size]
    if case .real(let extents) = type { shape = extents }
    return .entries(fresh(size, name, interval, shape: shape))
  }

  private func fresh(_ count: Int, _ name: String, _ interval: Interval, shape: [Int]) -> [Polynomial] {
    (0..<count).map { Polynomial(unknown: unknowns.fresh(name + Self.place($0, in: shape), interval)) }
  }

  /// `[1]`, `[0,2]`, nothing for a scalar.
  static func place(_ index: Int, in shape: [Int]) -> String {
    if shape.isEmpty { return "" }
    var rest = index
    var places: [String] = []
    for extent in shape.reversed() {
      places.append("\(rest % extent)")
      rest /= extent
    }
    return "[\(places.reversed().joined(separator: ","))]"
  }

  /// The linear map of a matrix.
  private func map(_ matrix: [Polynomial], _ argument: Type, _ result: Type) -> SymbolicValue {
    .function { [unowned self] operand in
      guard case .entries(let vector) = operand else { return .unknown }
      let image = try multiply(matrix, vector)
      guard case .function(let next, let last) = result else { return .entries(image) }
      return map(image, next, last)
    }
  }

  private func multiply(_ matrix: [Polynomial], _ vector: [Polynomial]) throws -> [Polynomial] {
    try (0..<matrix.count / max(vector.count, 1)).map { row in
      var sum = Polynomial()
      for (column, entry) in vector.enumerated() where !entry.isZero {
        sum = sum + (try product(matrix[row * vector.count + column], entry))
      }
      return sum
    }
  }

  private func product(_ a: Polynomial, _ b: Polynomial) throws -> Polynomial {
    try spend(1 + a.terms.count * b.terms.count)
    return a * b
  }

  // MARK: Terms

  func interpret(_ term: TypedTerm, _ environment: Environment) throws -> SymbolicValue {
    try spend(1)
    depth += 1
    defer { depth -= 1 }
    if depth > Self.depthLimit { throw Exhausted() }
    switch term.kind {
    case .variable(let variable):
      if let value = environment[variable.id] ?? variables[variable.id] { return value }
      let value = anything(variable.type, variable.name)
      variables[variable.id] = value
      return value
    case .definition(let index):
      if let value = definitions[index] { return value }
      let value = try interpret(module.definitions[index].term, [:])
      definitions[index] = value
      return value
    case .bool(let value): return .entries([Polynomial(value ? .one : .zero), Polynomial(value ? .zero : .one)])
    case .natural(let number):
      guard let size = dimension(term.type) else { return .unknown }
      return .entries((0..<size).map { Polynomial(UInt64($0) == number ? .one : .zero) })
    case .literal(let entries): return literal(entries)
    case .matrix(let rows):
      guard case .function(let argument, let result) = term.type,
        case .entries(let entries) = literal(rows.flatMap { $0 })
      else { return .unknown }
      return map(entries, argument, result)
    case .primitive(let primitive): return self.primitive(primitive, [])
    case .succ(let operand):
      guard case .entries(let entries) = try interpret(operand, environment) else { return .unknown }
      return .entries([Polynomial()] + entries.dropLast())
    case .lambda(let variable, let body):
      return .function { [unowned self] argument in
        var inner = environment
        inner[variable.id] = argument
        return try interpret(body, inner)
      }
    case .apply(let function, let argument):
      let function = try interpret(function, environment)
      let argument = try interpret(argument, environment)
      guard case .function(let apply) = function else { return anything(term.type, "?") }
      return try apply(argument)
    case .conditional(let condition, let a, let b):
      guard case .entries(let weights) = try interpret(condition, environment) else { return .unknown }
      return try add(
        try scaled(weights[0], try interpret(a, environment)), try scaled(weights[1], try interpret(b, environment)))
    case .iterate(let base, let state, let step, let count):
      return try iterate(base, state, step, count, term, environment)
    case .add(let a, let b): return try add(try interpret(a, environment), try interpret(b, environment))
    case .scale(let factor, let operand):
      guard let numerator = Rational(written: factor.numerator), let denominator = Rational(written: factor.denominator)
      else { return .unknown }
      return try scaled(Polynomial(numerator / denominator), try interpret(operand, environment))
    case .concatenate(let parts):
      var all: [Polynomial] = []
      for part in parts {
        guard case .entries(let entries) = try interpret(part, environment) else { return .unknown }
        all += entries
      }
      return .entries(all)
    case .network(let net, let arguments):
      var operands: [[Polynomial]] = []
      for argument in arguments {
        // A function as an argument is its matrix, of which nothing is known here.
        guard case .entries(let entries) = try interpret(argument, environment) else {
          return anything(term.type, module.nets[net].name.text)
        }
        operands.append(entries)
      }
      return try network(net, operands)
    case .constructor, .cases, .fold, .scan: return anything(term.type, "?")
    }
  }

  private func literal(_ entries: [Double]) -> SymbolicValue {
    let numbers = entries.map { Rational(written: $0) }
    guard entries.count <= Self.largest, !numbers.contains(nil) else { return .unknown }
    return .entries(numbers.compactMap { $0 }.map { Polynomial($0) })
  }

  private func add(_ a: SymbolicValue, _ b: SymbolicValue) throws -> SymbolicValue {
    switch (a, b) {
    case (.entries(let a), .entries(let b)):
      try spend(a.reduce(a.count) { $0 + $1.terms.count })
      return .entries(zip(a, b).map { $0 + $1 })
    case (.function(let f), .function(let g)):
      return .function { [unowned self] argument in try add(try f(argument), try g(argument)) }
    case (.entries, _), (.function, _), (.unknown, _): return .unknown
    }
  }

  private func scaled(_ factor: Polynomial, _ value: SymbolicValue) throws -> SymbolicValue {
    switch value {
    case .entries(let entries): .entries(try entries.map { try product(factor, $0) })
    case .function(let f): .function { [unowned self] argument in try scaled(factor, try f(argument)) }
    case .unknown: .unknown
    }
  }

  /// A few rounds are run; of more, nothing is known.
  private func iterate(
    _ base: TypedTerm, _ state: Variable, _ step: TypedTerm, _ count: TypedTerm, _ term: TypedTerm,
    _ environment: Environment
  ) throws -> SymbolicValue {
    guard case .natural(let rounds) = count.kind, rounds <= Self.mostRounds, rounds < module.horizon else {
      return anything(term.type, "?")
    }
    var current = try interpret(base, environment)
    for _ in 0..<rounds {
      var inner = environment
      inner[state.id] = current
      current = try interpret(step, inner)
    }
    return current
  }

  // MARK: Nets

  /// What a net gives that is linked under a name.
  func result(ofNet index: Int, named name: String) -> SymbolicValue {
    let net = module.nets[index]
    if case .function = net.result { return anything(net.result, name) }
    guard case .entries(let entries) = anything(net.result, name, net.resultInterval) else { return .unknown }
    return .entries(closed(entries, net))
  }

  private func closed(_ entries: [Polynomial], _ net: Net) -> [Polynomial] {
    guard sumsSoftmax, case .activation(.softmax)? = net.layers.last?.kind else { return entries }
    return entries.dropLast() + [entries.dropLast().reduce(Polynomial(.one)) { $0 + Rational(-1) * $1 }]
  }

  private func network(_ index: Int, _ operands: [[Polynomial]]) throws -> SymbolicValue {
    let net = module.nets[index]
    if case .function = net.result { return anything(net.result, net.name.text) }
    let call = Call(function: .net(index), operands: operands)
    if let entries = known[call] { return .entries(entries) }
    guard case .entries(let all) = anything(net.result, net.name.text, net.resultInterval) else { return .unknown }
    let entries = closed(all, net)
    known[call] = entries
    return .entries(entries)
  }

  // MARK: Constants

  private func primitive(_ primitive: Primitive, _ operands: [SymbolicValue]) -> SymbolicValue {
    .function { [unowned self] operand in
      let operands = operands + [operand]
      guard operands.count == primitive.operands.count else { return self.primitive(primitive, operands) }
      return try value(of: primitive, operands)
    }
  }

  private func value(of primitive: Primitive, _ operands: [SymbolicValue]) throws -> SymbolicValue {
    guard case .entries(let a) = operands[0] else { return .unknown }
    if case .scale = primitive { return try scaled(a[0], operands[1]) }
    var b: [Polynomial] = []
    if operands.count > 1 {
      guard case .entries(let entries) = operands[1] else { return .unknown }
      b = entries
    }
    switch primitive {
    case .scale, .conv2d: return anything(primitive.result, "?")
    case .dot: return .entries(try multiply(a, b))
    case .apply: return .entries(try multiply(a, b))
    case .outer: return .entries(try a.flatMap { left in try b.map { try product(left, $0) } })
    case .reshape: return .entries(a)
    case .transpose(let rows, let columns):
      return .entries((0..<rows * columns).map { a[($0 % rows) * columns + $0 / rows] })
    case .widen(let from, let to):
      guard to <= Self.largest else { return .unknown }
      return .entries(a + [Polynomial](repeating: Polynomial(), count: to - from))
    case .times: return .entries(try zip(a, b).map { try product($0, $1) })
    case .entry(let index, let shape): return .entries(part(a, index, index + 1, shape))
    case .slice(let lower, let upper, let shape): return .entries(part(a, lower, upper, shape))
    case .elementwise(let function, _): return .entries(try a.map { try elementwise(function, $0) })
    case .choice(let choice, _):
      return .entries(
        zip(a, b).map { first, second in
          memory(.choice(choice), [[first], [second]], choice.rawValue) { $0.interval(of: choice, first, second) }
        })
    }
  }

  private func part(_ entries: [Polynomial], _ lower: Int, _ upper: Int, _ shape: [Int]) -> [Polynomial] {
    let row = shape.dropFirst().reduce(1, *)
    return Array(entries[lower * row..<upper * row])
  }

  private func elementwise(_ function: Elementwise, _ operand: Polynomial) throws -> Polynomial {
    if case .power(let exponent) = function, let whole = Int(exactly: exponent), (0...4).contains(whole) {
      var power = Polynomial(.one)
      for _ in 0..<whole { power = try product(power, operand) }
      return power
    }
    return memory(.elementwise(function), [[operand]], "\(function.name)(\(unknowns.text(of: operand, limit: 2)))") {
      function.interval($0.interval(of: operand))
    }
  }

  /// The unknown that a function gives on these operands.
  private func memory(
    _ function: Function, _ operands: [[Polynomial]], _ name: String, _ interval: (Unknowns) -> Interval
  ) -> Polynomial {
    let call = Call(function: function, operands: operands)
    if let entries = known[call] { return entries[0] }
    let result = Polynomial(unknown: unknowns.fresh(name, interval(unknowns)))
    known[call] = [result]
    return result
  }
}
