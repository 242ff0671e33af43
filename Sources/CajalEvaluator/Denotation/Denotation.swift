import CajalSyntax
import CajalTyping

/// What a term denotes in an environment: an element of a ground space, or a map.
enum Denotation {
  case vector([Dual])
  case map(Map)
  case datum(Datum)

  /// How many maps and data are held by one another within this one: what is released by recursion must not be deep.
  var depth: Int {
    switch self {
    case .vector: 0
    case .map(let map): map.depth
    case .datum(let datum): datum.depth
    }
  }

  /// Every map in it is linear in each of its arguments, curried ones included.
  var isMultilinear: Bool {
    switch self {
    case .vector: true
    case .map(let map): map.isMultilinear
    case .datum(let datum): datum.isMultilinear
    }
  }
}

/// An element of `τ1 -o τ2`.
final class Map {
  let argument: Type
  let result: Type
  let form: Form
  let isMultilinear: Bool
  let depth: Int
  /// Results at the arguments it was applied to, kept for definitions alone.
  var memory: [[Dual]: Denotation]?

  enum Form {
    case closure(Variable, TypedTerm, Environment?)
    /// A matrix that crossed an interface: row-major, dim τ2 × dim τ1.
    case matrix([Dual])
    case primitive(Primitive, [Denotation])
    case constructor(DataType, Int, [Denotation])
    /// A weighted sum of maps, pointwise. The empty sum is the zero map.
    case sum([(weight: Dual, map: Map)])
  }

  init(_ argument: Type, _ result: Type, _ form: Form, isMultilinear: Bool) {
    self.argument = argument
    self.result = result
    self.form = form
    self.isMultilinear = isMultilinear
    switch form {
    case .closure(_, _, let environment): depth = 1 + (environment?.depth ?? 0)
    case .matrix: depth = 1
    case .primitive(_, let operands), .constructor(_, _, let operands): depth = 1 + (operands.map(\.depth).max() ?? 0)
    case .sum(let terms): depth = 1 + (terms.map(\.map.depth).max() ?? 0)
    }
  }
}

/// The innermost variable, what it denotes, and the rest.
final class Environment {
  let variable: Variable
  let value: Denotation
  let next: Environment?
  /// Every map in this environment is multilinear.
  let isMultilinear: Bool
  let depth: Int

  init(_ variable: Variable, _ value: Denotation, _ next: Environment?) {
    self.variable = variable
    self.value = value
    self.next = next
    isMultilinear = value.isMultilinear && (next?.isMultilinear ?? true)
    depth = max(value.depth, next?.depth ?? 0)
  }

  static func value(of variable: Variable, in environment: Environment?) -> Denotation? {
    var here = environment
    while let binding = here {
      if binding.variable == variable { return binding.value }
      here = binding.next
    }
    return nil
  }
}
