import CajalSyntax
import CajalTyping

/// What a program evaluates to (LANGUAGE.md, section 3; tensors are section 5's).
public enum Value: Sendable {
  case bool(Bool)
  case natural(Int)
  case tensor(Tensor)
  case function(FunctionValue)
  case data(DataValue)
}

/// A value of `Real[d1, …, dk]`: its entries, row-major. The empty shape is `Real`.
public struct Tensor: Hashable, Sendable {
  public let shape: [Int]
  public let entries: [Double]

  /// The product of the shape is the number of entries.
  public init(shape: [Int], entries: [Double]) {
    self.shape = shape
    self.entries = entries
  }
}

extension Value {
  public static func real(_ value: Double) -> Value { .tensor(Tensor(shape: [], entries: [value])) }

  /// The vector of a value of ground type (LANGUAGE.md, section 4); nil for a function, and for a datum with one in it
  /// or of a recursive type. A natural that its type does not hold is the zero vector: its entry is dropped.
  public func encoding(as type: Type, horizon: Int) -> [Double]? {
    encoding(as: type, horizon: horizon) { _, _ in nil }
  }

  /// - Parameter matrix: of a function of the type.
  func encoding(
    as type: Type, horizon: Int, matrix: (FunctionValue, Type) throws -> [Double]?
  ) rethrows -> [Double]? {
    switch self {
    case .bool(let value): return value ? [1, 0] : [0, 1]
    case .natural(let value): return Self.unit(value, of: type.dimension(horizon: horizon) ?? 0)
    case .tensor(let tensor): return tensor.entries
    case .function(let function): return try matrix(function, type)
    case .data(let datum):
      guard let size = Type.data(datum.type).dimension(horizon: horizon) else { return nil }
      var offset = 0
      var product = [1.0]
      for (index, constructor) in datum.type.constructors.enumerated() {
        if index < datum.constructor {
          offset += constructor.fields.reduce(1) { $0 * ($1.type(in: .bool).dimension(horizon: horizon) ?? 0) }
        } else if index == datum.constructor {
          for (field, value) in zip(constructor.fields, datum.fields) {
            guard
              let factor = try value.encoding(as: field.type(in: .bool), horizon: horizon, matrix: matrix)
            else { return nil }
            product = product.flatMap { entry in factor.map { entry * $0 } }
          }
        }
      }
      var vector = [Double](repeating: 0, count: size)
      vector.replaceSubrange(offset..<offset + product.count, with: product)
      return vector
    }
  }

  private static func unit(_ index: Int, of size: Int) -> [Double] {
    var vector = [Double](repeating: 0, count: size)
    if index < size { vector[index] = 1 }
    return vector
  }
}

extension Value: CustomStringConvertible {
  /// `true`, `3`, `0.5`, `[1, 0.5]`, `<function : Bool -o Bool>`.
  public var description: String {
    switch self {
    case .bool(let value): value ? "true" : "false"
    case .natural(let value): String(value)
    case .tensor(let tensor): tensor.description
    case .function(let function): "<function : \(function.type)>"
    case .data(let datum): datum.description
    }
  }
}

extension Tensor: CustomStringConvertible {
  public var description: String {
    var next = 0
    return nested(shape[...], &next)
  }

  private func nested(_ shape: ArraySlice<Int>, _ next: inout Int) -> String {
    guard let extent = shape.first else {
      defer { next += 1 }
      return Tensor.text(entries[next])
    }
    var parts: [String] = []
    for _ in 0..<extent { parts.append(nested(shape.dropFirst(), &next)) }
    return "[" + parts.joined(separator: ", ") + "]"
  }

  /// The shortest text that reads back as the same number, without a trailing `.0`; both zeros are `0`.
  public static func text(_ number: Double) -> String {
    if number == 0 { return "0" }
    let text = number.description
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}
