import CajalSyntax
import CajalTyping

/// A polynomial in one unknown, by its coefficients; the last one is not 0.
struct Polynomial {
  var coefficients: [Double]

  init(_ coefficients: [Double]) {
    self.coefficients = coefficients
    while self.coefficients.last == 0 { self.coefficients.removeLast() }
  }

  var degree: Int { max(0, coefficients.count - 1) }

  static func + (a: Polynomial, b: Polynomial) -> Polynomial {
    let (short, long) = a.coefficients.count < b.coefficients.count ? (a, b) : (b, a)
    var sum = long.coefficients
    for (index, value) in short.coefficients.enumerated() { sum[index] += value }
    return Polynomial(sum)
  }

  static func * (a: Polynomial, b: Polynomial) -> Polynomial {
    if a.coefficients.isEmpty || b.coefficients.isEmpty { return Polynomial([]) }
    var product = [Double](repeating: 0, count: a.coefficients.count + b.coefficients.count - 1)
    for (i, x) in a.coefficients.enumerated() where x != 0 {
      for (j, y) in b.coefficients.enumerated() { product[i + j] += x * y }
    }
    return Polynomial(product)
  }
}

/// The equations of LANGUAGE.md, section 4, read literally, over vectors of polynomials: the degree of a result is
/// that of the map.
///
/// The equations share nothing: a program that takes more than `limit` steps is given up.
final class PolynomialDenotation {
  indirect enum Value {
    case vector([Polynomial])
    case function((Value) -> Value)
  }

  let module: TypedModule
  var horizon: Int { module.horizon }
  private var steps = 0
  private let limit: Int

  init(module: TypedModule, limit: Int) {
    self.module = module
    self.limit = limit
  }

  /// The result for ports that are given as matrices, flattened; nil where it takes too long.
  func result(_ program: Judgement, _ ports: [[Polynomial]]) -> [Polynomial]? {
    var environment: [Int: Value] = [:]
    for (port, entries) in zip(program.context, ports) {
      environment[port.variable.id] = unflatten(entries, port.variable.type)
    }
    let result = flatten(value(program.term, environment), program.type)
    return steps > limit ? nil : result
  }

  /// Any value of a type, in a computation that has been given up.
  private func anything(_ type: Type) -> Value {
    guard case .function(_, let result) = type else { return unit(0, type.dimension(horizon: horizon)!) }
    return .function { _ in self.anything(result) }
  }

  private func value(_ term: TypedTerm, _ environment: [Int: Value]) -> Value {
    steps += 1
    if steps > limit { return anything(term.type) }
    switch term.kind {
    case .variable(let variable): return environment[variable.id]!
    case .definition(let index): return value(module.definitions[index].term, [:])
    case .bool(let value): return unit(value ? 0 : 1, 2)
    case .natural(let value): return unit(Int(value), horizon)
    case .succ(let inner):
      guard case .vector(let entries) = value(inner, environment) else { fatalError("not a vector") }
      return .vector([Polynomial([])] + entries.dropLast())
    case .lambda(let variable, let body):
      return .function { [self] argument in
        var inner = environment
        inner[variable.id] = argument
        return value(body, inner)
      }
    case .apply(let function, let argument):
      return apply(value(function, environment), value(argument, environment))
    case .conditional(let condition, let a, let b):
      let weights = flatten(value(condition, environment), .bool)
      return sum(scale(weights[0], value(a, environment)), scale(weights[1], value(b, environment)))
    case .iterate(let base, let state, let step, let count):
      let weights = flatten(value(count, environment), .nat)
      var current = value(base, environment)
      var total = scale(weights[0], current)
      for weight in weights.dropFirst() {
        var inner = environment
        inner[state.id] = current
        current = value(step, inner)
        total = sum(total, scale(weight, current))
      }
      return total
    case .literal, .matrix, .primitive, .constructor, .cases, .fold, .add, .scale, .concatenate, .scan, .network:
      fatalError("not in the kernel")
    }
  }

  private func unit(_ index: Int, _ size: Int) -> Value {
    .vector((0..<size).map { Polynomial($0 == index ? [1] : []) })
  }

  private func apply(_ function: Value, _ argument: Value) -> Value {
    guard case .function(let map) = function else { fatalError("not a function") }
    return map(argument)
  }

  private func scale(_ weight: Polynomial, _ value: Value) -> Value {
    switch value {
    case .vector(let entries): .vector(entries.map { weight * $0 })
    case .function(let map): .function { self.scale(weight, map($0)) }
    }
  }

  private func sum(_ a: Value, _ b: Value) -> Value {
    switch (a, b) {
    case (.vector(let x), .vector(let y)): .vector(zip(x, y).map { $0 + $1 })
    case (.function(let f), .function(let g)): .function { self.sum(f($0), g($0)) }
    case (.vector, .function), (.function, .vector): fatalError("values of different types")
    }
  }

  private func flatten(_ value: Value, _ type: Type) -> [Polynomial] {
    switch (value, type) {
    case (.vector(let entries), _): return entries
    case (.function(let map), .function(let argument, let result)):
      let size = argument.dimension(horizon: horizon)!
      let columns = (0..<size).map { index -> [Polynomial] in
        let basis = (0..<size).map { Polynomial($0 == index ? [1] : []) }
        return flatten(map(unflatten(basis, argument)), result)
      }
      return columns[0].indices.flatMap { row in columns.map { $0[row] } }
    case (.function, _): fatalError("not of a function type")
    }
  }

  private func unflatten(_ entries: [Polynomial], _ type: Type) -> Value {
    guard case .function(let argument, let result) = type else { return .vector(entries) }
    let columns = argument.dimension(horizon: horizon)!
    return .function { value in
      self.steps += entries.count
      if self.steps > self.limit { return self.anything(result) }
      let vector = self.flatten(value, argument)
      let rows = entries.count / columns
      let image = (0..<rows).map { row in
        (0..<columns).reduce(Polynomial([])) { $0 + entries[row * columns + $1] * vector[$1] }
      }
      return self.unflatten(image, result)
    }
  }
}
