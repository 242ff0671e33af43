import CajalSyntax
import Diagnostics

/// The data zone of a model (LANGUAGE.md, section 6).
extension Checker {
  /// What a term is where both zones are allowed: as the value of a `let`, and as the argument of a net.
  enum Zoned {
    /// nil after an error.
    case data(Datum?)
    case linear(TypedTerm?)
  }

  /// Elaborates a term that may be of the data zone. Outside of models there is none.
  func zoned(_ term: Term, _ expected: Expectation) -> Zoned {
    guard zone != nil else { return .linear(elaborate(term, expected)) }
    switch term.kind {
    case .variable(let name):
      guard let binding = context[name], binding.isData else { break }
      unused.use(binding)
      return .data(fit(binding.datum, expected, term.span))
    case .apply:
      let (head, spine) = spine(of: term)
      guard let net = net(named: head), spine.count == net.arity else { break }
      return .data(fit(network(net, head, spine), expected, term.span))
    case .ascription(let inner, let written):
      guard let type = resolve(written) else { break }
      switch zoned(inner, .type(type, .declared(written.span))) {
      case .data(let datum): return .data(fit(datum, expected, term.span))
      case .linear(let typed): return .linear(fit(typed, expected))
      }
    case .letIn(let name, let value, let body):
      switch zoned(value, .nothing) {
      case .data(let datum):
        return naming(datum, name) {
          zoned(body, expected)
        } wrap: { result, binder in
          switch result {
          case .data(let inner):
            .data(inner.map { $0.dependsOnState ? Datum(term: binder($0.term), key: nil, depth: 1) : $0 })
          case .linear(let typed): .linear(typed.map(binder))
          }
        }
      case .linear(let typed): return .linear(letIn(name, typed, body, term.span, expected))
      }
    case .bool, .numeral, .decimal, .vector, .matrix, .succ, .function, .conditional, .iterate, .cases, .fold, .add,
      .subtract, .negate, .scale, .error:
      break
    }
    return .linear(elaborate(term, expected))
  }

  private func fit(_ datum: Datum?, _ expected: Expectation, _ span: Span) -> Datum? {
    guard let datum, case .type(let type, let reason) = expected, datum.type != type else { return datum }
    mismatch(datum.type, type, span, reason)
    return nil
  }

  // MARK: Names for data

  /// In the scope of a name for a datum. A datum that depends on a state is computed where the name is given, and
  /// `wrap` puts the `let` around what was made; other names stand for their data.
  func naming<Result>(
    _ datum: Datum?, _ name: Name, _ body: () -> Result, wrap: (Result, (TypedTerm) -> TypedTerm) -> Result
  ) -> Result {
    var local: Variable?
    var named = datum
    if let datum, datum.dependsOnState {
      if case .variable = datum.term.kind {
      } else {
        let variable = context.variable(name.text, datum.type, name.span)
        local = variable
        named = Datum(term: TypedTerm(.variable(variable), datum.type, name.span), key: nil, depth: 1)
      }
    }
    let binding = context.bind(data: named, name)
    let result = body()
    unused.end(binding, "`let`")
    context.unbind(binding)
    guard let local, let datum else { return result }
    return wrap(result) { inner in
      let lambda = TypedTerm(.lambda(local, inner), .function(local.type, inner.type), name.span.union(inner.span))
      return TypedTerm(.apply(lambda, datum.term), inner.type, name.span.union(inner.span))
    }
  }

  /// A datum in the linear zone: the variable that is linked to it.
  func linked(_ datum: Datum, _ span: Span) -> TypedTerm {
    guard let key = datum.key, var zone else {
      if case .variable = datum.term.kind { return TypedTerm(datum.term.kind, datum.type, span) }
      return datum.term
    }
    self.zone = nil
    let variable = zone.link(datum, key, at: span, nets: globals.nets, &context)
    self.zone = zone
    return TypedTerm(.variable(variable), variable.type, span)
  }

  /// In the scope of a state that counts as data.
  func withData<Result>(_ name: Name, _ type: Type?, _ body: () -> Result) -> (Variable?, Result) {
    let variable = type.map { context.variable(name.text, $0, name.span) }
    let datum = variable.map { Datum(term: TypedTerm(.variable($0), $0.type, name.span), key: nil, depth: 1) }
    let binding = context.bind(data: datum, name)
    let result = body()
    context.unbind(binding)
    return (variable, result)
  }

  // MARK: Nets

  /// A net at the head of an application: its arguments are data, and what it gives may be applied further.
  func application(
    of net: NetReference, _ head: Term, _ spine: [Argument], _ expected: Expectation
  ) -> TypedTerm? {
    guard zone != nil else {
      reportNet(net, head.span, given: spine.count)
      for argument in spine { _ = elaborate(argument.term, .poison) }
      return nil
    }
    let datum = network(net, head, Array(spine.prefix(net.arity)))
    let further = spine.dropFirst(net.arity)
    let value = datum.map { linked($0, spine[net.arity - 1].whole) }
    return apply(value, further).flatMap { fit($0, expected) }
  }

  /// A net that is referred to.
  struct NetReference {
    let global: Global
    var arity: Int { global.netParameters.count }
  }

  /// The net that a name stands for, where nothing has taken its name.
  func net(named head: Term) -> NetReference? {
    guard case .variable(let name) = head.kind, context[name] == nil, let global = globals.values[name],
      global.kind == .net
    else { return nil }
    return NetReference(global: global)
  }

  /// A net applied to as many arguments as it takes, or fewer, which is an error.
  func network(_ net: NetReference, _ head: Term, _ spine: [Argument]) -> Datum? {
    let parameters = net.global.netParameters
    unused.use(net.global.name)
    var arguments: [Datum] = []
    for (index, argument) in spine.enumerated() {
      let expected: Expectation =
        index < parameters.count ? parameters[index].map { .type($0, .argument(of: head.span)) } ?? .poison : .poison
      if let datum = datum(argument.term, expected, head) { arguments.append(datum) }
    }
    guard spine.count == parameters.count else {
      reportNotApplied(net, head.span.union(spine.last?.whole ?? head.span), given: spine.count)
      return nil
    }
    guard arguments.count == parameters.count, let index = net.global.index, let result = net.global.netResult else {
      return nil
    }
    let span = spine[spine.count - 1].whole
    guard arguments.allSatisfy({ !$0.dependsOnState }) else {
      let terms = zip(arguments, spine).map { linked($0, $1.term.span) }
      return Datum(term: TypedTerm(.network(index, terms), result, span), key: nil, depth: 1)
    }
    guard arguments.allSatisfy({ $0.depth < Term.maximumDepth }) else {
      report(
        Diagnostic(
          .nestedTooDeeply, "nets are applied to nets too deeply",
          at: Label(span, "level \(Term.maximumDepth) is reached here"), help: "use fewer nets on each other"))
      return nil
    }
    return zone?.network(index, arguments, result, span)
  }

  /// An argument of a net; nil after an error.
  private func datum(_ term: Term, _ expected: Expectation, _ net: Term) -> Datum? {
    let before = diagnosticCount
    switch zoned(term, .poison) {
    case .data(let datum): return fit(datum, expected, term.span)
    case .linear:
      if diagnosticCount == before { reportNotData(term, net) }
      return nil
    }
  }

  private func reportNotData(_ argument: Term, _ net: Term) {
    // What a `let` gives is its body.
    var term = argument
    while true {
      if case .letIn(_, _, let body) = term.kind {
        term = body
      } else if case .ascription(let inner, _) = term.kind {
        term = inner
      } else {
        break
      }
    }
    var what = "this is computed by the program"
    var binder: [Label] = []
    if case .variable(let name) = term.kind {
      what = "`\(name)` is not data"
      if let binding = context[name] { binder = [Label(binding.span, "bound here, in the linear zone")] }
    }
    report(
      Diagnostic(
        .notData, "a net is applied to something that is not data", at: Label(term.span, what),
        also: [Label(net.span, "an argument of this net")] + binder,
        notes: [
          "data are the model's parameters, nets applied to data, names that `let` gives to these, the state of an "
            + "iteration in whose step a net is applied to it, and what a datum of a recursive type holds"
        ],
        help: "apply the net to the model's parameters, or to the state of an iteration"))
  }

  /// A net that is not applied to all of its arguments, or not in a model.
  func reportNet(_ net: NetReference, _ span: Span, given: Int) {
    guard zone == nil else { return reportNotApplied(net, span, given: given) }
    let name = net.global.name.text
    report(
      Diagnostic(
        .notCallable, "`\(name)` is a net, and only a model can use it", at: Label(span, "used here"),
        also: nowhere(net.global) ? [] : [Label(net.global.name.span, "declared here")],
        notes: ["a program is a linear map by itself; a model links nets to it"],
        help: "declare this as a `model`, or take what `\(name)` computes as a parameter"))
  }

  private func reportNotApplied(_ net: NetReference, _ span: Span, given: Int) {
    let name = net.global.name.text
    let count = net.arity
    // A net without parameters: what is wrong is said where it is declared.
    if count == 0 { return }
    let example = ([name] + net.global.parameterNames).joined(separator: " ")
    report(
      Diagnostic(
        .netNotApplied,
        given == 0
          ? "the net `\(name)` is used without its arguments"
          : "the net `\(name)` takes \(count) arguments, and \(given == 1 ? "1 is" : "\(given) are") given",
        at: Label(span, "not applied in full"), also: [Label(net.global.name.span, "declared here")],
        notes: ["a net is no value: it cannot be passed on, or applied to some of its arguments"],
        help: "apply it: `\(example)`"))
  }

  func reportModel(_ global: Global, _ span: Span) {
    report(
      Diagnostic(
        .notCallable, "`\(global.name.text)` is a model, and cannot be called", at: Label(span, "called here"),
        also: nowhere(global) ? [] : [Label(global.name.span, "declared here")],
        notes: ["a model is called from outside, with its weights"],
        help: "declare a `program` for what is shared, and call that"))
  }

  private func nowhere(_ global: Global) -> Bool { finishedModule != nil }
}
