import CajalSyntax
import CajalTyping

/// A function as a value: immutable, with the environment it was made in.
///
/// `@unchecked`: `form` is written in `init`, and by the release of a chain, when nobody else holds the function.
public final class FunctionValue: @unchecked Sendable {
  public let type: Type
  private(set) var form: Form
  /// Names this function in the evaluator's table of results; nil where results are not kept.
  let memo: Int?

  indirect enum Form {
    case closure(Variable, TypedTerm, Binding?)
    /// A linear map between tensors, possibly curried, as the matrix that crosses an interface.
    case matrix([Double])
    /// A constant of section 5 and the operands it has so far.
    case primitive(Primitive, [Value])
    case sum(FunctionValue, FunctionValue)
    case scaled(Double, FunctionValue)
    case released
  }

  init(_ type: Type, _ form: Form, memo: Int? = nil) {
    self.type = type
    self.form = form
    self.memo = memo
  }

  /// The linear map of a matrix (row-major, dim of result × dim of argument, recursively); nil where the type has
  /// something other than tensors in it, or another size.
  public static func linear(_ type: Type, entries: [Double]) -> FunctionValue? {
    var rest = type
    guard rest.isFunction else { return nil }
    while case .function(.real, let result) = rest { rest = result }
    guard case .real = rest, type.dimension(horizon: 1) == entries.count else { return nil }
    return FunctionValue(type, .matrix(entries))
  }

  /// The matrix that the function was given as, if it was.
  public var matrix: [Double]? { if case .matrix(let entries) = form { entries } else { nil } }

  func remembered(as memo: Int) -> FunctionValue { FunctionValue(type, form, memo: memo) }

  /// An iteration can build a chain of as many functions as it has rounds; it is released by a loop, for the
  /// stack does not hold that many destructors.
  deinit {
    var pending = Pending()
    pending.take(&form)
    while let function = pending.next() { pending.take(&function.form) }
  }

  private struct Pending {
    var functions: [FunctionValue] = []
    var bindings: [Binding] = []

    /// Moves what the form holds into this list, if it holds anything that can go deep.
    mutating func take(_ form: inout Form) {
      switch form {
      case .closure(_, _, let environment):
        if let environment { bindings.append(environment) }
      case .primitive(_, let operands):
        for case .function(let function) in operands { functions.append(function) }
      case .sum(let left, let right): functions += [left, right]
      case .scaled(_, let function): functions.append(function)
      case .matrix, .released: return
      }
      form = .released
    }

    /// A function that nobody else holds, after taking bindings apart that nobody else holds.
    mutating func next() -> FunctionValue? {
      while true {
        while var binding = bindings.popLast() {
          guard isKnownUniquelyReferenced(&binding) else { continue }
          if case .function(let function) = binding.value { functions.append(function) }
          binding.value = .bool(false)
          if let next = binding.next { bindings.append(next) }
          binding.next = nil
        }
        guard var function = functions.popLast() else { return nil }
        if isKnownUniquelyReferenced(&function) { return function }
      }
    }
  }
}

/// An environment: the innermost variable, its value and the rest. Written only while it is released.
final class Binding {
  let variable: Variable
  fileprivate(set) var value: Value
  fileprivate(set) var next: Binding?

  init(_ variable: Variable, _ value: Value, _ next: Binding?) {
    self.variable = variable
    self.value = value
    self.next = next
  }
}
