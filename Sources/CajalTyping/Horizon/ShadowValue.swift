import CajalSyntax

/// What the horizon analysis knows of a value: of a `Nat` how far its entries reach, of a function what it does,
/// of the others nothing.
enum ShadowValue {
  case opaque
  case nat(IndexBound)
  case function(ShadowFunction)
  /// A datum of a recursive type, with so many nodes at most.
  case data(nodes: Int)
}

final class ShadowFunction {
  let form: Form
  /// How many functions are held by one another within this one: what is released by recursion must not be deep.
  let depth: Int

  enum Form {
    case closure(Variable, TypedTerm, ShadowEnvironment?)
    /// A matrix, or a function of which only the type is known: its `Nat`s may have any entry.
    case linked(Type)
    /// A definition of ground arguments and ground result, with the arguments it has so far.
    case definition(Int, [ShadowValue])
    /// A constructor and how many fields it has so far, with the nodes of those.
    case constructor(DataType, Int, fields: Int, nodes: Int)
    /// `scale`, of which the operands to come are counted.
    case scale(waiting: Int)
    /// Any of these.
    case join([ShadowFunction])
  }

  init(_ form: Form) {
    self.form = form
    switch form {
    case .closure(_, _, let environment): depth = 1 + (environment?.depth ?? 0)
    case .linked, .scale, .constructor: depth = 1
    case .definition(_, let arguments): depth = 1 + (arguments.map(\.depth).max() ?? 0)
    case .join(let parts): depth = 1 + (parts.map(\.depth).max() ?? 0)
    }
  }
}

final class ShadowEnvironment {
  let variable: Variable
  let value: ShadowValue
  let next: ShadowEnvironment?
  let depth: Int

  init(_ variable: Variable, _ value: ShadowValue, _ next: ShadowEnvironment?) {
    self.variable = variable
    self.value = value
    self.next = next
    depth = max(value.depth, next?.depth ?? 0)
  }

  static func value(of variable: Variable, in environment: ShadowEnvironment?) -> ShadowValue? {
    var here = environment
    while let binding = here {
      if binding.variable == variable { return binding.value }
      here = binding.next
    }
    return nil
  }
}

extension ShadowValue {
  /// Whatever can be said of either.
  func joined(with other: ShadowValue) -> ShadowValue {
    switch (self, other) {
    case (.nat(let a), .nat(let b)): .nat(a.joined(with: b))
    case (.function(let f), .function(let g)): f === g ? self : .function(ShadowFunction(.join(f.parts + g.parts)))
    case (.data(let a), .data(let b)): .data(nodes: max(a, b))
    case (.opaque, _), (.nat, _), (.function, _), (.data, _): .opaque
    }
  }

  /// Of a datum of a recursive type; 0 of what has none in it.
  var nodes: Int {
    switch self {
    case .data(let nodes): nodes
    case .opaque, .nat, .function: 0
    }
  }

  var depth: Int { if case .function(let function) = self { function.depth } else { 0 } }

  var bound: IndexBound { if case .nat(let bound) = self { bound } else { IndexBound(0) } }
}

extension ShadowFunction {
  fileprivate var parts: [ShadowFunction] { if case .join(let parts) = form { parts } else { [self] } }
}

extension Type {
  /// The number of arguments of a function of ground arguments with a dimension; nil for other functions.
  var groundArity: Int? {
    var type = self
    var count = 0
    while case .function(let argument, let result) = type {
      if argument.isFunction || argument.recursiveType != nil { return nil }
      count += 1
      type = result
    }
    return type.recursiveType == nil ? count : nil
  }
}
