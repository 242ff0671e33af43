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
    /// A constructor and the fields it has so far.
    case constructor(DataType, Int, [Value])
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

  deinit {
    var pending = PendingRelease()
    release(into: &pending)
    pending.finish()
  }

  /// Gives up what the form holds, if it holds anything that can go deep.
  func release(into pending: inout PendingRelease) {
    switch form {
    case .closure(_, _, let environment): pending.take(environment)
    case .primitive(_, let operands), .constructor(_, _, let operands):
      for operand in operands { pending.take(operand) }
    case .sum(let left, let right):
      pending.take(.function(left))
      pending.take(.function(right))
    case .scaled(_, let function): pending.take(.function(function))
    case .matrix, .released: return
    }
    form = .released
  }
}

/// An environment: the innermost variable, its value and the rest. Written only while it is released.
final class Binding {
  let variable: Variable
  private(set) var value: Value
  private(set) var next: Binding?

  init(_ variable: Variable, _ value: Value, _ next: Binding?) {
    self.variable = variable
    self.value = value
    self.next = next
  }
  func release(into pending: inout PendingRelease) {
    pending.take(value)
    value = .bool(false)
    pending.take(next)
    next = nil
  }
}
