import Diagnostics

/// A type with its names resolved (LANGUAGE.md, section 1).
public indirect enum Type: Hashable, Sendable {
  case bool
  case nat
  /// A tensor of the given shape; the empty shape is `Real`.
  case real([Int])
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

  /// The dimension of the type's space where `Nat` has `horizon` entries; nil where it exceeds `Int`.
  public func dimension(horizon: Int) -> Int? {
    switch self {
    case .bool: return 2
    case .nat: return horizon
    case .real(let shape):
      var product = 1
      for extent in shape {
        let (value, overflow) = product.multipliedReportingOverflow(by: extent)
        if overflow { return nil }
        product = value
      }
      return product
    case .function(let argument, let result):
      guard let a = argument.dimension(horizon: horizon), let r = result.dimension(horizon: horizon) else { return nil }
      let (value, overflow) = a.multipliedReportingOverflow(by: r)
      return overflow ? nil : value
    }
  }
}

extension Type: CustomStringConvertible {
  /// Concrete syntax, with the fewest parentheses.
  public var description: String {
    switch self {
    case .bool: "Bool"
    case .nat: "Nat"
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
