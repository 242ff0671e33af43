import CajalSyntax
import Diagnostics

/// The rules, one function each: a term and what is expected of it, to a typed term; nil after an error.
extension Checker {
  func elaborate(_ term: Term, _ expected: Expectation) -> TypedTerm? {
    let typed = judge(term, expected)
    if let type = typed?.type { context.observations?.note(type, at: term.span) }
    return typed
  }

  private func judge(_ term: Term, _ expected: Expectation) -> TypedTerm? {
    switch term.kind {
    case .variable(let name): variable(name, term, expected)
    case .bool(let value): fit(TypedTerm(.bool(value), .bool, term.span), expected)
    case .numeral(let value): numeral(value, term.span, expected)
    case .decimal(let value): decimal(value, term.span, expected)
    case .vector(let entries): vector(entries, term.span, expected)
    case .matrix(let rows): matrix(rows, term.span, expected)
    case .succ(let inner): successor(inner, term.span, expected)
    case .function(let binder, let body): function(binder, body, term.span, expected)
    case .apply: application(term, expected)
    case .letIn(let name, let value, let body): letIn(name, value, body, term.span, expected)
    case .conditional(let condition, let a, let b): conditional(condition, a, b, term.span, expected)
    case .list(let entries): list(entries, term.span, expected)
    case .iterate(let iteration): iterate(iteration, term, expected)
    case .cases(let alternatives, let operand): taking(apart: operand, .cases, alternatives, term, expected)
    case .fold(let alternatives, let operand): taking(apart: operand, .fold, alternatives, term, expected)
    case .add(let a, let b): sum(a, b, sign: 1, term.span, expected)
    case .subtract(let a, let b): sum(a, b, sign: -1, term.span, expected)
    case .negate(let inner): multiple(-1, inner, .negated, term.span, expected)
    case .scale(let factor, let inner): multiple(Factor(factor), inner, .scaled, term.span, expected)
    case .divide(let a, let b): quotient(a, b, term.span, expected)
    case .power(let base, let exponent): power(base, exponent, term.span, expected)
    case .ascription(let inner, let type): ascription(inner, type, expected)
    case .error: unreadable()
    }
  }

  private func unreadable() -> TypedTerm? {
    usage.isIncomplete = true
    return nil
  }

  private func ascription(_ inner: Term, _ written: TypeExpression, _ expected: Expectation) -> TypedTerm? {
    guard let type = resolve(written) else {
      _ = elaborate(inner, .poison)
      return nil
    }
    return fit(elaborate(inner, .type(type, .declared(written.span))), expected)
  }

  // MARK: Variables and names

  private func variable(_ name: String, _ term: Term, _ expected: Expectation) -> TypedTerm? {
    if let binding = context[name] {
      use(binding, at: term.span)
      guard let variable = binding.variable else { return nil }
      return fit(TypedTerm(.variable(variable), variable.type, term.span), expected)
    }
    if let constructor = globals.values[name], constructor.kind == .constructor {
      return fit(self.constructor(constructor, term.span), expected)
    }
    if let net = net(named: term) {
      reportNet(net, term.span, given: 0)
      return nil
    }
    if let global = globals.values[name], global.kind == .learnt { return fit(learnt(global, term.span), expected) }
    if let global = globals.values[name] { return fit(reference(to: global, term.span), expected) }
    if let constant = Constant(rawValue: name) { return application(of: constant, term, [], expected) }
    if name == Self.concat { return concatenation(term, [], expected) }
    if let function = DataFunction(named: name) {
      reportNotApplied(function, term, [])
      return nil
    }
    reportUnknownVariable(name, term.span)
    return nil
  }

  /// The name of a form that is written as an application.
  static let concat = "concat"

  /// The constant that a name stands for, where nothing has taken its name.
  func constant(named name: String) -> Constant? {
    context[name] == nil && globals.values[name] == nil ? Constant(rawValue: name) : nil
  }

  private func reference(to global: Global, _ span: Span) -> TypedTerm? {
    if global.kind == .model {
      reportModel(global, span)
      return nil
    }
    guard let type = global.type else { return nil }
    if let bounded = global.boundedPort {
      report(
        Diagnostic(
          .badBound, "`\(global.name.text)` has a bounded parameter, and cannot be called from a declaration",
          at: Label(span, "called here"),
          also: finishedModule == nil ? [Label(bounded, "this parameter is bounded")] : [],
          notes: ["a bound is not linear: it holds where values come in from outside, and a call has no such place"],
          help: "call a program without bounds, and bound the parameters of the one that is linked"))
      return nil
    }
    if let index = global.index { return TypedTerm(.definition(index), type, span) }
    // In a finished module, a program that no declaration calls is not among the definitions.
    if let finishedModule { return finishedModule.programs[global.declaration].closedFunction }
    // Its body has an error, so this module goes no further; its written type still serves to check uses of it.
    usesUnfinished = true
    return TypedTerm(.definition(-1), type, span)
  }

  private func reportUnknownVariable(_ name: String, _ span: Span) {
    let declared = globals.values.values.filter { $0.kind != .model }.map(\.name.text)
    let candidates =
      Array(context.names) + declared + Constant.allCases.map(\.rawValue) + DataFunction.names
      + [Self.concat, "succ", "true", "false"]
    if let advice = WellKnownName(rawValue: name)?.advice {
      report(
        Diagnostic(
          .unknownVariable, "there is no variable or definition `\(name)`", at: Label(span, "not in scope"),
          notes: ["it is not built in"], help: advice))
      return
    }
    if name == Layer.Activation.softmax.rawValue {
      report(
        Diagnostic(
          .unknownVariable, "`\(name)` is a layer, not a function", at: Label(span, "not in scope"),
          notes: ["programs are linear in their variables, and `\(name)` is not"],
          help: "declare `net g (x : …) : … = \(name)`, and write `g x` in a `model`"))
      return
    }
    let similar = suggest(for: name, among: candidates)
    if let similar, let binding = context[similar] { context.excuse(binding) }
    report(
      Diagnostic(
        .unknownVariable, "there is no variable or definition `\(name)`", at: Label(span, "not in scope"),
        help: similar.map { "did you mean `\($0)`?" } ?? "bind it with `fun`, `let` or a parameter, or define it",
        fixes: similar.map { [.replace(span, by: $0)] } ?? []))
  }

  // MARK: Literals

  private func numeral(_ value: UInt64, _ span: Span, _ expected: Expectation) -> TypedTerm? {
    let natural = TypedTerm(.natural(value), .nat, span)
    let real = TypedTerm(.literal([Double(value)]), .real([]), span)
    switch expected {
    case .nothing, .poison, .applied, .natural: return natural
    case .real: return real
    case .type(let type, _) where type.isNatural: return TypedTerm(.natural(value), type, span)
    case .type(.real([]), _): return real
    case .type(.real(let shape), .operand) where zone != nil: return filled(shape, Double(value), span)
    case .type(let type, let reason):
      mismatch(.nat, type, span, reason, found: "a number")
      return nil
    }
  }

  private func decimal(_ value: Double, _ span: Span, _ expected: Expectation) -> TypedTerm? {
    if case .type(.real(let shape), .operand) = expected, zone != nil { return filled(shape, value, span) }
    return fit(TypedTerm(.literal([value]), .real([]), span), expected)
  }

  /// In a model, a number beside data of a shape.
  private func filled(_ shape: [Int], _ value: Double, _ span: Span) -> TypedTerm {
    TypedTerm(.literal([Double](repeating: value, count: shape.reduce(1, *))), .real(shape), span)
  }

  private func vector(_ entries: [Double], _ span: Span, _ expected: Expectation) -> TypedTerm? {
    guard !entries.isEmpty else {
      reportRagged("a vector has at least one entry", span)
      return nil
    }
    return fit(TypedTerm(.literal(entries), .real([entries.count]), span), expected)
  }

  private func matrix(_ rows: [[Double]], _ span: Span, _ expected: Expectation) -> TypedTerm? {
    guard let columns = rows.first?.count, columns > 0 else {
      reportRagged("a matrix has at least one row and one column", span)
      return nil
    }
    if let odd = rows.firstIndex(where: { $0.count != columns }) {
      reportRagged("row \(odd + 1) has \(rows[odd].count) entries, and row 1 has \(columns)", span)
      return nil
    }
    let typed =
      isTensor(expected)
      ? TypedTerm(.literal(rows.flatMap { $0 }), .real([rows.count, columns]), span)
      : TypedTerm(.matrix(rows: rows), .function(.real([columns]), .real([rows.count])), span)
    return fit(typed, expected)
  }

  private func reportRagged(_ what: String, _ span: Span) {
    report(
      Diagnostic(
        .raggedLiteral, "the rows of a matrix have equal lengths", at: Label(span, what),
        help: "write every row with the same number of entries"))
  }

  private func successor(_ inner: Term, _ span: Span, _ expected: Expectation) -> TypedTerm? {
    var wanted = Expectation.natural(.successor)
    if case .type(let type, _) = expected, type.isNatural { wanted = .type(type, .successor) }
    guard let typed = elaborate(inner, wanted) else { return nil }
    return fit(TypedTerm(.succ(typed), typed.type, span), expected)
  }

  // MARK: Conditionals and iteration

  private func conditional(
    _ condition: Term, _ a: Term, _ b: Term, _ span: Span, _ expected: Expectation
  ) -> TypedTerm? {
    let c = elaborate(condition, .type(.bool, .condition(condition.span)))
    let (first, second) = pair(.branches, a, b, expected) { .branch($0) }
    guard let c, let first, let second else { return nil }
    return TypedTerm(.conditional(c, then: first, else: second), first.type, span)
  }

  /// Two alternatives of one type: where none is expected, the one that tells more about its type gives it.
  func pair(
    _ kind: Alternatives, _ a: Term, _ b: Term, _ expected: Expectation, because: (Span) -> Expectation.Reason
  ) -> (TypedTerm?, TypedTerm?) {
    var swapped = false
    if kind == .operands, zone != nil, isNumber(a), !isNumber(b) {
      // The number fills the other operand's shape.
      swapped = true
    } else if case .type = expected {
    } else {
      swapped = inferability(a) < inferability(b)
    }
    let (first, second) = swapped ? (b, a) : (a, b)
    var typedFirst: TypedTerm?
    var typedSecond: TypedTerm?
    alternatives(kind, a, b) { between in
      typedFirst = elaborate(first, expected)
      between()
      typedSecond = elaborate(second, after(typedFirst, expected, because(first.span)))
      // That these cannot be added is one error, however they use their variables.
      return kind == .branches || (typedFirst ?? typedSecond)?.type.endsInReals ?? true
    }
    return swapped ? (typedSecond, typedFirst) : (typedFirst, typedSecond)
  }

  /// What is expected of a term that must have the type of another one.
  func after(_ other: TypedTerm?, _ expected: Expectation, _ reason: Expectation.Reason) -> Expectation {
    if let other { return .type(other.type, reason) }
    if case .type = expected { return expected }
    return .poison
  }

  // MARK: Sums and scalings

  private func sum(_ a: Term, _ b: Term, sign: Double, _ span: Span, _ expected: Expectation) -> TypedTerm? {
    let (first, second) = pair(.operands, a, b, inReals(expected)) { .operand($0) }
    guard let first, let second, checkReals(first, span, sign > 0 ? .added : .subtracted, a, b)
    else { return nil }
    let right = sign > 0 ? second : TypedTerm(.scale(Factor(sign), second), second.type, second.span)
    return TypedTerm(.add(first, right), first.type, span)
  }

  func multiple(
    _ factor: Factor, _ inner: Term, _ operation: RealOperation, _ span: Span, _ expected: Expectation
  ) -> TypedTerm? {
    guard let typed = elaborate(inner, inReals(expected)), checkReals(typed, span, operation) else { return nil }
    return TypedTerm(.scale(factor, typed), typed.type, span)
  }

  /// Sums and scalings are of reals: that decides what a numeral without a point is in them.
  func inReals(_ expected: Expectation) -> Expectation {
    switch expected {
    case .nothing: .real(tensor: false, like: nil)
    case .poison, .type, .applied, .real, .natural: expected
    }
  }
}

extension Judgement {
  /// The program as a closed function of its parameters.
  var closedFunction: TypedTerm {
    context.reversed().reduce(term) { body, port in
      TypedTerm(.lambda(port.variable, body), .function(port.variable.type, body.type), term.span)
    }
  }
}
