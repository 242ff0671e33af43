import CajalSyntax
import Diagnostics

/// What is for reals only.
enum RealOperation: String { case added, subtracted, negated, scaled, divided }

extension Checker {
  /// Whether the operand's type ends in reals; reports otherwise.
  ///
  /// - Parameters:
  ///   - a: the operands of a sum or a difference, as they are written.
  func checkReals(
    _ term: TypedTerm, _ span: Span, _ operation: RealOperation, _ a: Term? = nil, _ b: Term? = nil
  ) -> Bool {
    if term.type.endsInReals { return true }
    let note = "sums and multiples are for types whose final result is Real[…]: a sum of two Bools is not a Bool"
    report(
      Diagnostic(
        .notReal, "values of type `\(term.type)` cannot be \(operation.rawValue)", at: Label(span, "not reals"),
        also: term.span == span ? [] : [Label(term.span, "this is `\(term.type)`")], notes: [note],
        help: term.type == .nat ? advice(operation, a, b) : nil))
    return false
  }

  /// What to write for an operation on naturals.
  private func advice(_ operation: RealOperation, _ a: Term?, _ b: Term?) -> String {
    let reals = "; for reals write the numbers with a point"
    switch operation {
    case .added:
      for (number, other) in [(b, a), (a, b)] {
        guard case .numeral(let value)? = number?.kind, (1...3).contains(value) else { continue }
        var text = "n"
        if case .variable(let name)? = other?.kind { text = name }
        return "write `\(String(repeating: "succ ", count: Int(value)))\(text)`" + reals
      }
      return "`iter { m | y => succ y } (n)` is the sum of m and n" + reals
    case .subtracted: return "a Nat is built by `succ` and taken apart by `iter`; only reals have differences" + reals
    case .negated: return "a Nat is 0 or more; a real is negative, as in `-1.0`"
    case .divided: return "only reals are divided; for reals write the numbers with a point"
    case .scaled: return "`iter { 0 | y => succ succ y } (n)` is twice n" + reals
    }
  }
}

/// Names that other languages have built in.
enum WellKnownName: String {
  case not, and, or, xor, lambda, sum, mean, pow
  case loop = "for"
  case zero = "Z"
  case successor = "S"

  var advice: String {
    switch self {
    case .not: "declare it: `def not : Bool -o Bool = fun x => if x then false else true`"
    case .and: Self.define("and", "if x then y else (if y then false else false)")
    case .or: Self.define("or", "if x then (if y then true else true) else y")
    case .xor: Self.define("xor", "if x then (if y then false else true) else y")
    case .lambda: "a function is written `fun x => e` or `λx. e`"
    case .sum: "the sum of a vector is `dot [1, 1, 1] x`, with as many ones as it has entries"
    case .mean: "the mean of a vector of three is `dot [1, 1, 1] x / 3`"
    case .pow: "in a model a power is written `x ^ 2`"
    case .loop: "a loop is `iter { start | y => step } (n)`; `scan { start | y => step } (40)` gives all 41 states"
    case .zero: "write `0`"
    case .successor: "write `succ n`"
    }
  }

  private static func define(_ name: String, _ body: String) -> String {
    "declare it: `def \(name) : Bool -o Bool -o Bool = fun x y => \(body)`"
  }
}
