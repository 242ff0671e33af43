import Diagnostics

/// A type with its names resolved (LANGUAGE.md, section 1).
public indirect enum Type: Hashable, Sendable {
  case bool
  case nat
  /// `Nat[n]`, the naturals below n, where n is not the horizon: `Nat[horizon]` is `nat`.
  case natBelow(Int)
  /// A tensor of the given shape; the empty shape is `Real`.
  case real([Int])
  case data(DataType)
  case function(Type, Type)

  /// The type at the end of the arrows: `Bool` of `Nat -o Nat -o Bool`.
  public var finalResult: Type {
    var type = self
    while case .function(_, let result) = type { type = result }
    return type
  }

  /// Ground, or a function of ground arguments.
  public var isFirstOrder: Bool {
    var type = self
    while case .function(let argument, let result) = type {
      if argument.isFunction { return false }
      type = result
    }
    return true
  }

  public var isFunction: Bool { if case .function = self { true } else { false } }

  /// The dimension of the type's space where `Nat` has `horizon` entries; nil where it exceeds `Int`, and for a type
  /// with a recursive one in it (`recursiveType`), which has none.
  public func dimension(horizon: Int) -> Int? {
    var known: [DataType: Int?] = [:]
    return dimension(horizon, &known)
  }

  /// Declared types may share their parts: each is measured once.
  private func dimension(_ horizon: Int, _ known: inout [DataType: Int?]) -> Int? {
    switch self {
    case .bool: return 2
    case .nat: return horizon
    case .natBelow(let count): return count
    case .real(let shape): return product(shape)
    case .data(let data):
      if data.isRecursive { return nil }
      if let measured = data.measured, measured.horizon == horizon { return measured.dimension }
      if let dimension = known[data] { return dimension }
      var sum: Int? = 0
      for constructor in data.constructors {
        var factors: [Int] = []
        for case .other(let type) in constructor.fields {
          if let dimension = type.dimension(horizon, &known) { factors.append(dimension) }
        }
        guard factors.count == constructor.fields.count, let size = product(factors) else {
          sum = nil
          break
        }
        sum = sum.flatMap { checked($0.addingReportingOverflow(size)) }
      }
      known[data] = .some(sum)
      return sum
    case .function(let argument, let result):
      guard let a = argument.dimension(horizon, &known), let r = result.dimension(horizon, &known) else { return nil }
      return product([a, r])
    }
  }
}

private func checked(_ result: (partialValue: Int, overflow: Bool)) -> Int? {
  result.overflow ? nil : result.partialValue
}

private func product(_ factors: [Int]) -> Int? {
  var product = 1
  for factor in factors {
    guard let next = checked(product.multipliedReportingOverflow(by: factor)) else { return nil }
    product = next
  }
  return product
}

extension Type: CustomStringConvertible {
  /// Concrete syntax, with the fewest parentheses.
  public var description: String {
    switch self {
    case .bool: "Bool"
    case .nat: "Nat"
    case .natBelow(let count): "Nat[\(count)]"
    case .data(let data): data.name
    case .real(let shape): shape.isEmpty ? "Real" : "Real[" + shape.map(String.init).joined(separator: ",") + "]"
    case .function(let argument, let result):
      (argument.isFunction ? "(\(argument))" : "\(argument)") + " -o \(result)"
    }
  }
}

/// A type as it was written.
public struct TypeExpression: Sendable {
  public indirect enum Kind: Sendable {
    case bool
    case nat
    /// `Nat[n]`, with any n of 1 or more.
    case natBelow(UInt64)
    case real([Int])
    case function(TypeExpression, TypeExpression)
    case name(String)
    /// What the parser could not read; a diagnostic has been given.
    case error
  }
  public let kind: Kind
  public let span: Span
  public init(_ kind: Kind, _ span: Span) {
    self.kind = kind
    self.span = span
  }
}
