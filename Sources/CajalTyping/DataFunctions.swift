import CajalSyntax
import Diagnostics

/// Functions on data, quotients and powers (LANGUAGE.md, section 6).
extension Checker {
  /// The function on data that a name stands for, where nothing has taken its name.
  func dataFunction(named name: String) -> DataFunction? {
    context[name] == nil && globals.values[name] == nil ? DataFunction(named: name) : nil
  }

  func application(
    of function: DataFunction, _ head: Term, _ spine: [Argument], _ expected: Expectation
  ) -> TypedTerm? {
    guard zone != nil else {
      reportOnDataOnly("`\(function.name)`", head.span)
      for argument in spine { _ = elaborate(argument.term, .poison) }
      return nil
    }
    guard spine.count == function.arity else {
      reportNotApplied(function, head, spine)
      for argument in spine { _ = elaborate(argument.term, .poison) }
      return nil
    }
    let wanted = tensor(expected)
    guard function.arity == 2 else {
      return datum(spine[0].term, wanted, head).flatMap {
        fit(applied(function, [$0], head, spine), expected)
      }
    }
    // A number fills the other operand's shape.
    let swapped = isNumber(spine[0].term) && !isNumber(spine[1].term)
    let (first, second) = swapped ? (spine[1], spine[0]) : (spine[0], spine[1])
    let typedFirst = datum(first.term, wanted, head)
    let typedSecond = datum(second.term, after(typedFirst, wanted, .operand(first.term.span)), head)
    guard let typedFirst, let typedSecond else { return nil }
    return fit(
      applied(function, swapped ? [typedSecond, typedFirst] : [typedFirst, typedSecond], head, spine), expected)
  }

  private func applied(
    _ function: DataFunction, _ operands: [TypedTerm], _ head: Term, _ spine: [Argument]
  ) -> TypedTerm? {
    guard let shape = realShape(of: operands[0], function.name) else { return nil }
    return apply(function.primitive(shape), to: operands, head.span, spine.last?.whole ?? head.span)
  }

  private func apply(_ primitive: Primitive, to operands: [TypedTerm], _ place: Span, _ whole: Span) -> TypedTerm {
    operands.reduce(TypedTerm(.primitive(primitive), primitive.type(horizon: horizon), place)) { function, operand in
      guard case .function(_, let result) = function.type else { preconditionFailure("it takes so many") }
      return TypedTerm(.apply(function, operand), result, whole)
    }
  }

  private func realShape(of term: TypedTerm, _ what: String) -> [Int]? {
    if case .real(let shape) = term.type { return shape }
    report(
      Diagnostic(
        .notReal, "`\(what)` takes a `Real[…]`, not a `\(term.type)`", at: Label(term.span, "this is `\(term.type)`"),
        notes: ["functions on data are applied entry by entry to tensors of reals"]))
    return nil
  }

  /// Something of reals, of a known type if it is.
  func tensor(_ expected: Expectation) -> Expectation {
    switch expected {
    case .type, .poison: expected
    case .real(_, let like): .real(tensor: true, like: like)
    case .nothing, .applied, .natural: .real(tensor: true, like: nil)
    }
  }

  /// A number as it is written.
  func isNumber(_ term: Term) -> Bool {
    switch term.kind {
    case .numeral, .decimal: true
    default: false
    }
  }

  func number(_ term: Term) -> Double? {
    switch term.kind {
    case .numeral(let value): Double(value)
    case .decimal(let value): value
    default: nil
    }
  }

  // MARK: Quotients and powers

  func quotient(_ a: Term, _ b: Term, _ span: Span, _ expected: Expectation) -> TypedTerm? {
    if let divisor = number(b) {
      guard divisor != 0 else {
        _ = elaborate(a, .poison)
        report(
          Diagnostic(
            .dividedByZero, "this is divided by 0", at: Label(b.span, "0"),
            help: "divide by another number; in a model, a quotient of data may be infinite"))
        return nil
      }
      return multiple(Factor(1, over: divisor), a, .divided, span, expected)
    }
    guard zone != nil else {
      reportOnDataOnly("a quotient", span)
      usage.isIncomplete = true
      return nil
    }
    let quotient = Term(.variable("/"), span)
    if let dividend = number(a) {
      guard let divisor = datum(b, tensor(expected), quotient), let inverse = reciprocal(divisor) else { return nil }
      let result = dividend == 1 ? inverse : TypedTerm(.scale(Factor(dividend), inverse), inverse.type, span)
      return fit(result, expected)
    }
    let typed = elaborate(a, tensor(expected))
    let divisor = datum(b, .real(tensor: true, like: typed?.type), quotient)
    guard let typed, let divisor, let inverse = reciprocal(divisor) else { return nil }
    if case .real([]) = divisor.type {
      guard checkReals(typed, span, .divided) else { return nil }
      return fit(apply(.scale(typed.type), to: [inverse, typed], span, span), expected)
    }
    guard let shape = realShape(of: typed, "/") else { return nil }
    guard divisor.type == typed.type else {
      mismatch(divisor.type, typed.type, divisor.span, .operand(typed.span))
      return nil
    }
    return fit(apply(.times(shape), to: [typed, inverse], span, span), expected)
  }

  private func reciprocal(_ divisor: TypedTerm) -> TypedTerm? {
    realShape(of: divisor, "/").map { apply(.elementwise(.recip, $0), to: [divisor], divisor.span, divisor.span) }
  }

  func power(_ base: Term, _ exponent: Double, _ span: Span, _ expected: Expectation) -> TypedTerm? {
    guard zone != nil else {
      reportOnDataOnly("a power", span)
      _ = elaborate(base, .poison)
      return nil
    }
    guard let typed = datum(base, tensor(expected), Term(.variable("^"), span)), let shape = realShape(of: typed, "^")
    else { return nil }
    return fit(apply(.elementwise(.power(exponent), shape), to: [typed], span, span), expected)
  }

  // MARK: Errors

  private func reportOnDataOnly(_ what: String, _ span: Span) {
    report(
      Diagnostic(
        .onDataOnly, "\(what) is not linear, and can be taken of a model's data only", at: Label(span, "used here"),
        notes: ["a program is linear in its variables; what it is not linear in comes in from outside"],
        help: "declare this as a `model`, whose parameters are data, or take the result as a parameter"))
  }

  func reportNotApplied(_ function: DataFunction, _ head: Term, _ spine: [Argument]) {
    guard zone != nil else { return reportOnDataOnly("`\(function.name)`", head.span) }
    report(
      Diagnostic(
        .netNotApplied,
        "`\(function.name)` takes \(function.arity == 1 ? "one argument" : "two arguments"), and "
          + (spine.isEmpty ? "none is given" : spine.count == 1 ? "one is given" : "\(spine.count) are given"),
        at: Label(head.span.union(spine.last?.whole ?? head.span), "not applied as it should be"),
        notes: ["a function on data is no value: it cannot be passed on"],
        help: "apply it: `\(function.name) \(function.arity == 1 ? "x" : "x y")`"))
  }
}
