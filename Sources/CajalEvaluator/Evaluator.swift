import CajalSyntax
import CajalTyping
import Diagnostics

/// Big-step, call-by-value evaluation (LANGUAGE.md, section 3, and section 5 for tensors).
///
/// Naturals are unbounded here: the horizon cuts vectors, not values. Definitions are evaluated once and kept from
/// one call to the next, with the results of applying them to ground values.
public struct Evaluator {
  public static let defaultStepLimit = 50_000_000

  private let machine: Machine

  /// Each call of `evaluate` or `apply` may take `stepLimit` steps.
  public init(module: TypedModule, stepLimit: Int = Evaluator.defaultStepLimit) {
    machine = Machine(module: module, stepLimit: stepLimit)
  }

  /// The value of a term whose free variables are in the environment. Throws `EvaluationError`.
  public func evaluate(_ term: TypedTerm, environment: [Variable: Value] = [:]) throws -> Value {
    var bindings: Binding?
    for (variable, value) in environment.sorted(by: { $0.key.id < $1.key.id }) {
      bindings = Binding(variable, value, bindings)
    }
    return try machine.run(term, bindings)
  }

  /// The value of a program where its variables have these values, in the order of its context. A value that its
  /// bound (LANGUAGE.md, section 5) turns into no value is an error.
  public func evaluate(_ judgement: Judgement, values: [Value]) throws -> Value {
    var environment: [Variable: Value] = [:]
    for (index, port) in judgement.context.enumerated() {
      let variable = port.variable
      guard index < values.count else {
        throw EvaluationError.missingValue(name: variable.name, variable.span)
      }
      environment[variable] = try link(values[index], to: port)
    }
    return try evaluate(judgement.term, environment: environment)
  }

  /// A function's value at an argument.
  public func apply(_ function: Value, to argument: Value, at span: Span = Span(0, 0)) throws -> Value {
    try machine.run(applying: function, to: argument, at: span)
  }

  /// The vector that a value of a type denotes: a function of ground arguments becomes the matrix of its values on the
  /// basis. Nil where it has an argument that is itself a function, and for data of recursive types.
  public func encoding(of value: Value, as type: Type, horizon: Int) throws -> [Double]? {
    try value.encoding(as: type, horizon: horizon) { function, type in
      if let matrix = function.matrix { return matrix }
      guard case .function(let argument, let result) = type, let basis = groundBasis(argument, horizon: horizon) else {
        return nil
      }
      var columns: [[Double]] = []
      for element in basis {
        let image = try apply(.function(function), to: element)
        guard let column = try encoding(of: image, as: result, horizon: horizon) else { return nil }
        columns.append(column)
      }
      return (0..<(columns.first?.count ?? 0)).flatMap { row in columns.map { $0[row] } }
    }
  }

  private func groundBasis(_ type: Type, horizon: Int) -> [Value]? {
    switch type {
    case .bool: return [.bool(true), .bool(false)]
    case .nat, .natBelow: return (0..<(type.dimension(horizon: horizon) ?? 0)).map { .natural($0) }
    case .real(let shape):
      guard let size = type.dimension(horizon: horizon) else { return nil }
      return (0..<size).map { position in
        .tensor(Tensor(shape: shape, entries: (0..<size).map { $0 == position ? 1 : 0 }))
      }
    case .data(let data):
      guard !data.isRecursive else { return nil }
      var values: [Value] = []
      for (index, constructor) in data.constructors.enumerated() {
        var lists: [[Value]] = [[]]
        for case .other(let type) in constructor.fields {
          guard let basis = groundBasis(type, horizon: horizon) else { return nil }
          lists = lists.flatMap { list in basis.map { list + [$0] } }
        }
        values += lists.map { .data(DataValue(data, index, $0)) }
      }
      return values
    case .function: return nil
    }
  }

  private func link(_ value: Value, to port: Port) throws -> Value {
    guard let bound = port.bound else { return value }
    let name = port.variable.name
    switch value {
    case .tensor(let tensor):
      return .tensor(Tensor(shape: tensor.shape, entries: bound.project(tensor.entries)))
    case .bool, .natural, .data:
      // A value is a unit vector: every norm of it is 1.
      if bound.radius >= 1 { return value }
    case .function(let function):
      if let matrix = function.matrix { return .function(FunctionValue(function.type, .matrix(bound.project(matrix)))) }
    }
    throw EvaluationError.unsuitableValue(
      "the bound of `\(name)` makes a vector of its value that is not a value", port.variable.span)
  }
}
