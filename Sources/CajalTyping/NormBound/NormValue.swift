import CajalSyntax

/// What is known of a value: bounds of its norms, and of a function what it does to bounds.
enum NormValue {
  /// Of a value of a ground type.
  case vector(NormBound)
  case function(NormFunction)

  /// Of a value of a ground type.
  var vector: NormBound { if case .vector(let bound) = self { bound } else { .none } }
}

final class NormFunction {
  let argument: Type
  let result: Type
  /// Of the entries of its matrix, where they are known.
  let entries: NormBound?
  /// Throws `NormInterpreter.Exhausted`.
  let apply: (NormValue) throws -> NormValue

  init(_ argument: Type, _ result: Type, entries: NormBound? = nil, _ apply: @escaping (NormValue) throws -> NormValue)
  {
    self.argument = argument
    self.result = result
    self.entries = entries
    self.apply = apply
  }
}
