import CajalSyntax
import Diagnostics

/// The data zone of a model (LANGUAGE.md, section 6).
extension Checker {
  /// Elaborates a term, and says whether it is data: in a model, a term that uses no linear variable from outside.
  func zoned(_ term: Term, _ expected: Expectation) -> (term: TypedTerm?, isData: Bool) {
    guard zone != nil else { return (elaborate(term, expected), false) }
    var outer = Usage()
    swap(&outer, &usage)
    let typed = elaborate(term, expected)
    let isData = usage.places.isEmpty
    var own = Usage()
    swap(&own, &usage)
    swap(&outer, &usage)
    for clash in usage.merge(consume own) { reportUsedTwice(clash.id, clash.first, clash.second) }
    return (typed, isData)
  }

  /// In the scope of a state that counts as data.
  func withData<Result>(_ name: Name, _ type: Type?, _ body: () -> Result) -> (Variable?, Result) {
    let binding = context.bind(name, type, isData: true)
    let result = body()
    context.unbind(binding)
    return (binding.variable, result)
  }

  /// `let` of data.
  func letData(
    _ name: Name, _ value: TypedTerm?, _ body: Term, _ span: Span, _ expected: Expectation
  ) -> TypedTerm? {
    let binding = context.bind(name, value?.type, isData: true)
    let typed = elaborate(body, expected)
    unused.end(binding, "`let`")
    context.unbind(binding)
    guard let value, let typed, let variable = binding.variable else { return nil }
    let lambda = TypedTerm(
      .lambda(variable, typed), .function(variable.type, typed.type), name.span.union(body.span))
    return TypedTerm(.apply(lambda, value), typed.type, span)
  }

  /// A learnt tensor where it is mentioned.
  func learnt(_ global: Global, _ span: Span) -> TypedTerm? {
    let name = global.name.text
    guard zone != nil else {
      report(
        Diagnostic(
          .notCallable, "`\(name)` is a learnt tensor, and only a model can use it", at: Label(span, "used here"),
          also: nowhere(global) ? [] : [Label(global.name.span, "declared here")],
          notes: ["a program is a map of its variables; a model has parameters that are learnt"],
          help: "declare this as a `model`, or take the tensor as a parameter"))
      return nil
    }
    unused.use(global.name)
    guard let type = global.type, let index = global.index else { return nil }
    let variable: Variable
    if let known = zone?.learnt[index] {
      variable = known
    } else {
      variable = context.variable(name, type, global.name.span)
      zone?.learnt[index] = variable
    }
    return TypedTerm(.variable(variable), type, span)
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
    let value = network(net, head, Array(spine.prefix(net.arity)))
    return apply(value, spine.dropFirst(net.arity)).flatMap { fit($0, expected) }
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
  private func network(_ net: NetReference, _ head: Term, _ spine: [Argument]) -> TypedTerm? {
    let parameters = net.global.netParameters
    unused.use(net.global.name)
    var arguments: [TypedTerm] = []
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
    return TypedTerm(.network(index, arguments), result, spine[spine.count - 1].whole)
  }

  /// An argument of a net or of a function on data; nil after an error.
  func datum(_ term: Term, _ expected: Expectation, _ function: Term) -> TypedTerm? {
    let before = diagnosticCount
    let (typed, isData) = zoned(term, expected)
    if isData { return typed }
    if diagnosticCount == before { reportNotData(term, function) }
    return nil
  }

  private func reportNotData(_ argument: Term, _ function: Term) {
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
    } else if let place = usage.places.values.filter({ $0.start >= term.span.start && $0.end <= term.span.end })
      .min(by: { $0.start < $1.start })
    {
      binder = [Label(place, "a linear variable is used here")]
    }
    var isNet = false
    if case .variable(let name) = function.kind { isNet = globals.values[name]?.kind == .net }
    report(
      Diagnostic(
        .notData, "\(isNet ? "a net" : "a function on data") is applied to something that is not data",
        at: Label(term.span, what),
        also: [Label(function.span, isNet ? "an argument of this net" : "an argument of this")] + binder,
        notes: [
          "data are the model's parameters and what is computed from them, the state of an iteration in whose step a "
            + "net is applied to it or that is marked by `!`, and what a datum of a recursive type holds"
        ],
        help: "apply the net to what is computed from data alone"))
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

  func nowhere(_ global: Global) -> Bool { finishedModule != nil }
}
