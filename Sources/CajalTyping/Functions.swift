import CajalSyntax
import Diagnostics

/// Functions, their application, and `let`.
extension Checker {
  func function(_ binder: Binder, _ body: Term, _ span: Span, _ expected: Expectation) -> TypedTerm? {
    switch expected {
    case .nothing, .real(_, like: nil), .natural: return inferred(binder, body, span, .nothing, silent: false)
    case .poison: return inferred(binder, body, span, .poison, silent: true)
    case .applied(let argument, let result): return applied(binder, body, span, argument, result)
    case .real(_, let like?): return checked(binder, body, span, like, .declared(nil))
    case .type(let type, let reason): return checked(binder, body, span, type, reason)
    }
  }

  private func inferred(
    _ binder: Binder, _ body: Term, _ span: Span, _ result: Expectation, silent: Bool
  ) -> TypedTerm? {
    let type = binder.type.flatMap { resolve($0) }
    if binder.type == nil, !silent { reportNeedsType(binder) }
    return abstraction(binder.name, type, body, span, type == nil ? .poison : result)
  }

  private func applied(
    _ binder: Binder, _ body: Term, _ span: Span, _ argument: Type?, _ result: Expectation
  ) -> TypedTerm? {
    let type = binder.type.map { resolve($0) } ?? argument
    return abstraction(binder.name, type, body, span, result)
  }

  private func checked(
    _ binder: Binder, _ body: Term, _ span: Span, _ type: Type, _ reason: Expectation.Reason
  ) -> TypedTerm? {
    let written = binder.type.map { resolve($0) }
    guard case .function(let argument, let result) = type else {
      let found = written.flatMap { $0 }.map { "a function of `\($0)`" } ?? "a function"
      mismatch(.function(.bool, .bool), type, span, reason, found: found)
      _ = abstraction(binder.name, written ?? nil, body, span, .poison)
      return nil
    }
    if let writtenType = written.flatMap({ $0 }), writtenType != argument, let place = binder.type?.span {
      mismatch(writtenType, argument, place, reason)
      _ = abstraction(binder.name, writtenType, body, span, .poison)
      return nil
    }
    return abstraction(binder.name, written ?? argument, body, span, .type(result, reason))
  }

  private func abstraction(
    _ name: Name, _ type: Type?, _ body: Term, _ span: Span, _ expected: Expectation
  ) -> TypedTerm? {
    let (binding, typed) = withVariable(name, type) { ($0, elaborate(body, expected)) }
    guard let typed, let variable = binding.variable else { return nil }
    let functionType = Type.function(variable.type, typed.type)
    if typed.type.isFunction, functionType.exceeds(nodes: Type.maximumNodes) {
      reportTooManyNodes(span)
      return nil
    }
    return TypedTerm(.lambda(variable, typed), functionType, span)
  }

  private func reportNeedsType(_ binder: Binder) {
    let name = binder.name.text
    report(
      Diagnostic(
        .binderNeedsType, "the type of `\(name)` is not known",
        at: Label(binder.name.span, "no type written or expected"),
        notes: ["`fun x => e` takes the type of `x` from the type that is expected of it, and here none is"],
        help: "write it: `fun (\(name) : Bool) => …`"))
  }

  func letIn(_ name: Name, _ value: Term, _ body: Term, _ span: Span, _ expected: Expectation) -> TypedTerm? {
    let (typedValue, isData) = zoned(value, .nothing)
    if isData { return letData(name, typedValue, body, span, expected) }
    let place = name.span.union(body.span)
    guard let lambda = abstraction(name, typedValue?.type, body, place, expected), let typedValue else { return nil }
    guard case .function(_, let result) = lambda.type else { return nil }
    return TypedTerm(.apply(lambda, typedValue), result, span)
  }

  // MARK: Application

  func application(_ term: Term, _ expected: Expectation) -> TypedTerm? {
    let (head, spine) = spine(of: term)
    if let net = net(named: head) { return application(of: net, head, spine, expected) }
    if case .variable(let name) = head.kind, let constant = constant(named: name) {
      return application(of: constant, head, spine, expected)
    }
    if case .variable(let name) = head.kind, context[name] == nil, globals.values[name] == nil {
      if name == Self.concat { return concatenation(head, spine, expected) }
      if let function = dataFunction(named: name) { return application(of: function, head, spine, expected) }
    }
    if inferability(head) == .needsType { return argumentsFirst(head, spine, expected) }
    return apply(elaborate(head, .nothing), spine[...])
      .flatMap { fit($0, expected) }
  }

  func spine(of term: Term) -> (head: Term, arguments: [Argument]) {
    var head = term
    var spine: [Argument] = []
    while case .apply(let function, let argument) = head.kind {
      spine.append(Argument(term: argument, whole: head.span))
      head = function
    }
    return (head, spine.reversed())
  }

  /// An argument, with the span of the application of everything up to it.
  struct Argument {
    let term: Term
    let whole: Span
  }

  /// Applies an elaborated function to arguments that have not been looked at yet.
  func apply(_ function: TypedTerm?, _ arguments: ArraySlice<Argument>) -> TypedTerm? {
    var result = function
    for argument in arguments {
      guard let function = result else {
        _ = elaborate(argument.term, .poison)
        continue
      }
      guard case .function(let takes, let gives) = function.type else {
        reportNotAFunction(function, argument.term.span)
        _ = elaborate(argument.term, .poison)
        result = nil
        continue
      }
      result = elaborate(argument.term, .type(takes, .argument(of: function.span)))
        .map { TypedTerm(.apply(function, $0), gives, argument.whole) }
    }
    return result
  }

  private func reportNotAFunction(_ term: TypedTerm, _ argument: Span) {
    report(
      Diagnostic(
        .notAFunction, "`\(term.type)` is not a function", at: Label(term.span, "this is `\(term.type)`"),
        also: [Label(argument, "applied to this")], notes: ["only a value of a type `a -o b` can be applied"],
        help: advice(against: term)))
  }

  /// What may have been meant by the application of something that is no function.
  private func advice(against term: TypedTerm) -> String {
    var name: String?
    // What links nets has names of its own.
    if case .variable(let variable) = term.kind, !variable.isData { name = variable.name }
    switch (term.kind, term.type) {
    case (_, .real(let shape)) where shape.count == 2:
      let type = "Real[\(shape[1])] -o Real[\(shape[0])]"
      return "multiply by a matrix that is a tensor: `apply \(name ?? "m") v`"
        + (name.map { "; or take it as a map, `\($0) : \(type)`" } ?? "; the map has the type `\(type)`")
    case (.natural, _), (.literal, .real([])): return "a product with a number is written `2 * x`"
    case (_, .real(let shape)) where shape.count == 1:
      return "an entry is taken by `entry 0 \(name ?? "v")`, the first; or remove the argument"
    case (_, .real([])): return "multiply by a variable with `scale \(name ?? "c") v`, or remove the argument"
    default: return "remove the argument, or check the number of arguments"
    }
  }

  /// A function without types of its own, as in `(fun x => b) e`: the arguments give them.
  private func argumentsFirst(_ head: Term, _ spine: [Argument], _ expected: Expectation) -> TypedTerm? {
    var binders = head
    let arguments = spine.map { argument -> TypedTerm? in
      var wanted = Expectation.nothing
      if case .function(let binder, let body) = binders.kind {
        if let written = binder.type { wanted = annotation(written) }
        binders = body
      }
      return elaborate(argument.term, wanted)
    }
    let forHead = arguments.reversed().reduce(expected) { .applied($1?.type, $0) }
    return apply(elaborate(head, forHead), spine, arguments).flatMap { fit($0, expected) }
  }

  /// The type written on a binder that will be elaborated, and its errors reported, later.
  private func annotation(_ written: TypeExpression) -> Expectation {
    let quiet = Checker()
    quiet.globals.aliases = globals.aliases
    quiet.horizon = horizon
    return quiet.resolve(written).map { .type($0, .declared(written.span)) } ?? .poison
  }

  /// Applies an elaborated function to elaborated arguments.
  func apply(_ function: TypedTerm?, _ spine: [Argument], _ arguments: [TypedTerm?]) -> TypedTerm? {
    var result = function
    for (place, argument) in zip(spine, arguments) {
      guard let function = result, let argument else { return nil }
      guard case .function(let takes, let gives) = function.type else {
        reportNotAFunction(function, argument.span)
        return nil
      }
      guard let fitting = fit(argument, .type(takes, .argument(of: function.span))) else { return nil }
      result = TypedTerm(.apply(function, fitting), gives, place.whole)
    }
    return result
  }

  // MARK: How much a term tells

  /// Looks only a few levels deep, so that checking stays linear; a wrong guess costs an annotation, never soundness.
  ///
  /// - Parameter hidden: names that binders on the way here have taken from the constants.
  func inferability(_ term: Term, depth: Int = 8, hidden: Set<String> = []) -> Inferability {
    guard depth > 0 else { return .rigid }
    switch term.kind {
    case .function(let binder, let body):
      return binder.type == nil
        || inferability(body, depth: depth - 1, hidden: hidden.union([binder.name.text])) == .needsType
        ? .needsType : .rigid
    case .numeral, .matrix: return .flexible
    case .list(let entries):
      return entries.contains { if case .list = $0.kind { true } else { false } } ? .flexible : .rigid
    case .decimal: return zone == nil ? .rigid : .flexible
    case .variable(let name): return hidden.contains(name) || constant(named: name) == nil ? .rigid : .needsType
    case .apply: return inferabilityOfSpine(term, hidden)
    case .conditional(_, let a, let b), .add(let a, let b), .subtract(let a, let b), .divide(let a, let b):
      return max(
        inferability(a, depth: depth - 1, hidden: hidden), inferability(b, depth: depth - 1, hidden: hidden))
    case .letIn(let name, _, let inner):
      return inferability(inner, depth: depth - 1, hidden: hidden.union([name.text]))
    case .cases(let alternatives, _), .fold(let alternatives, _):
      return alternatives.map { alternative in
        let hidden = hidden.union(alternative.pattern.binders.map(\.text))
        return inferability(alternative.body, depth: depth - 1, hidden: hidden)
      }.max() ?? .rigid
    case .negate(let inner), .scale(_, let inner), .power(let inner, _):
      return inferability(inner, depth: depth - 1, hidden: hidden)
    case .iterate(let iteration): return inferability(iteration.base, depth: depth - 1, hidden: hidden)
    case .bool, .vector, .succ, .ascription, .error: return .rigid
    }
  }

  private func inferabilityOfSpine(_ term: Term, _ hidden: Set<String>) -> Inferability {
    var head = term
    var count = 0
    while case .apply(let function, _) = head.kind {
      head = function
      count += 1
    }
    guard case .variable(let name) = head.kind, !hidden.contains(name), let constant = constant(named: name) else {
      return .rigid
    }
    switch constant {
    case .reshape, .widen: return .needsType
    case .conv2d, .scale, .outer, .times, .entry, .slice:
      return count < constant.numerals + constant.arity ? .needsType : .rigid
    case .dot, .apply, .transpose: return .rigid
    }
  }
}
