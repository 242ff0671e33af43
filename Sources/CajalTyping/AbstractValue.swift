import CajalSyntax

/// What the analysis of degrees knows about a value.
///
/// A function is *plain* if it is linear in each of its arguments, provided that these are plain. A value of a
/// type with a dimension that is no function is always plain.
indirect enum AbstractValue {
  /// A value of a ground type, or a function that is linear in its arguments whatever they are: one that is
  /// represented by a matrix. Depends on variables as given.
  case flat(Powers)
  /// A function of a ground argument: the value of its body, in which the symbol is the argument.
  case abstraction(Symbol, AbstractValue)
  /// Any other function.
  case function(AbstractFunction)
  /// A function of which nothing is known but the variables in it.
  case unknown(Powers)
  /// A value of a recursive type.
  case datum(AbstractDatum)

  /// What a plain value depends on; nil for one that is not known to be plain.
  var plain: Powers? {
    switch self {
    case .flat(let powers): return powers
    case .abstraction(let argument, let body):
      guard var powers = body.plain, powers.remove(argument) == .one else { return nil }
      return powers
    case .function(let function): return function.plain
    case .unknown, .datum: return nil
    }
  }

  /// A function of ground arguments, as its degree in each of them, and what it depends on. Functions with equal
  /// degrees behave alike but for what they depend on.
  var firstOrder: (arguments: [Degree], powers: Powers)? {
    var value = self
    var symbols: [Symbol] = []
    while case .abstraction(let symbol, let body) = value {
      symbols.append(symbol)
      value = body
    }
    guard case .flat(var powers) = value else { return nil }
    let arguments = symbols.map { powers.remove($0) }
    return (arguments, powers)
  }
}

/// A function by what it does to a value.
final class AbstractFunction {
  /// What it depends on, if it is plain.
  let plain: Powers?
  let resultType: Type
  /// Computed once; what applying does is put off in a plain function until it meets an argument that is not plain.
  let apply: (AbstractValue) -> AbstractValue
  /// Its results on arguments that behave alike: what they depend on is the symbol.
  var results: [[Degree]: Known] = [:]

  struct Known {
    let symbol: Symbol
    let result: AbstractValue
    /// Computing it handed an argument that is not plain to a matrix.
    let madeMatrix: Bool
  }

  init(plain: Powers?, resultType: Type, apply: @escaping (AbstractValue) -> AbstractValue) {
    self.plain = plain
    self.resultType = resultType
    self.apply = apply
  }
}
