import CajalSyntax
import Diagnostics

/// A `def`, a `program` or a `model`, with its written types resolved.
private struct Item {
  let name: Name
  let span: Span
  let body: Term
  let signature: Signature
  /// Another declaration has the name: this one is checked, and never referred to.
  let isDuplicate: Bool

  enum Signature {
    /// The outer optional: whether a type is written; the inner: nil after an error in it.
    case definition(Type??, Span?)
    case program([TypedParameter], Type?, Span)
    case model([TypedParameter], Type?, Span)
  }

  struct TypedParameter {
    let parameter: Parameter
    let type: Type?
    /// Of a table.
    let rows: Int?
  }
}

extension Checker {
  /// All declarations of a file; nil after an error. Degrees are left at their default: linear.
  func checkFile(_ tree: SyntaxTree, options: CheckOptions) -> TypedModule? {
    horizon = horizon(of: tree, override: options.horizonOverride)
    let dataTypes = declareTypes(tree)
    let items = declareValues(tree)
    let graph = dependencies(of: items)
    let order = graph.ordered()
    for cycle in order.cycles { reportRecursion(cycle, items) }
    let called = Set(graph.edges.joined().map(\.target))

    var definitions: [Definition] = []
    var programs: [Int: Judgement] = [:]
    var models: [Int: LinkedModel] = [:]
    for index in order.nodes {
      let item = items[index]
      isPartlyUnread = tree.isPartlyUnread(item.span)
      switch item.signature {
      case .definition(let type, let place):
        guard let term = definition(item, type, place) else { break }
        if !item.isDuplicate { globals.values[item.name.text]?.index = definitions.count }
        definitions.append(Definition(name: item.name.text, term: term, span: item.span))
      case .program(let parameters, let type, let place):
        guard let judgement = program(item, parameters, type, place) else { break }
        programs[index] = judgement
        guard called.contains(index), !judgement.context.contains(where: { $0.bound != nil }) else { break }
        globals.values[item.name.text]?.index = definitions.count
        definitions.append(Definition(name: item.name.text, term: judgement.closedFunction, span: item.span))
      case .model(let parameters, let type, let place):
        models[index] = model(item, parameters, type, place)
      }
    }
    guard !hasErrors, !usesUnfinished else { return nil }
    return TypedModule(
      horizon: horizon, definitions: definitions, programs: items.indices.compactMap { programs[$0] },
      nets: globals.nets, models: items.indices.compactMap { models[$0] },
      typeAliases: globals.aliases.compactMapValues { $0.sized?.type }, dataTypes: dataTypes, learnt: globals.learnt,
      claims: claims, variableCount: context.nextID)
  }

  // MARK: The horizon

  private func horizon(of tree: SyntaxTree, override: Int?) -> Int {
    var first: (value: Int, span: Span)?
    for declaration in tree.declarations {
      guard case .horizon(let value) = declaration.kind else { continue }
      if let first {
        report(
          Diagnostic(
            .badHorizon, "the horizon is declared twice", at: Label(declaration.span, "declared again here"),
            also: [Label(first.span, "declared here first")], notes: ["a file has one dimension of `Nat`"],
            help: "keep one of the two"))
        continue
      }
      let checked = checkedHorizon(Int(clamping: value), Label(declaration.span, "not a possible horizon"))
      first = (checked, declaration.span)
    }
    if let override { return checkedHorizon(override, nil) }
    return first?.value ?? defaultHorizon
  }

  private func checkedHorizon(_ value: Int, _ label: Label?) -> Int {
    if (1...maximumHorizon).contains(value) { return value }
    report(
      Diagnostic(
        .badHorizon, value < 1 ? "the horizon is at least 1" : "the horizon is at most \(maximumHorizon)", at: label,
        notes: ["the horizon is the dimension of `Nat`: its values are 0 … horizon - 1"]))
    return defaultHorizon
  }

  // MARK: Names

  func declareAliases(_ declared: [(name: Name, type: TypeExpression)]) {
    let index = Dictionary(uniqueKeysWithValues: declared.enumerated().map { ($1.name.text, $0) })
    let graph = DependencyGraph(
      edges: declared.map { item in
        References(in: item.type).places.compactMap { place in
          index[place.name].map { DependencyGraph.Edge(target: $0, span: place.span) }
        }
      })
    let order = graph.ordered()
    for cycle in order.cycles {
      reportRecursiveType(cycle, declared.map(\.name))
      for link in cycle { globals.aliases[declared[link.from].name.text] = Globals.Alias(sized: nil) }
    }
    for node in order.nodes where globals.aliases[declared[node].name.text] == nil {
      globals.aliases[declared[node].name.text] = Globals.Alias(sized: resolveSized(declared[node].type))
    }
  }

  private func declareValues(_ tree: SyntaxTree) -> [Item] {
    var items: [Item] = []
    for declaration in tree.declarations {
      switch declaration.kind {
      case .horizon, .type: break
      case .learnt(let name, let type, let initial): declareLearnt(name, type, initial, declaration.span)
      case .data(let name, let constructors): declareConstructors(name, constructors)
      case .definition(let name, let type, let body):
        let resolved = type.map { resolve($0) }
        let first = declare(name, .definition, items.count, resolved ?? nil, nil)
        items.append(
          Item(
            name: name, span: declaration.span, body: body, signature: .definition(resolved, type?.span),
            isDuplicate: !first))
      case .program(let name, let parameters, let type, let body):
        let typed = typedParameters(parameters)
        let result = crossing(resolve(type), type.span)
        let bounded = parameters.first { $0.bound != nil }
        let whole = typed.reversed().reduce(result) { rest, parameter in
          rest.flatMap { rest in parameter.type.map { .function($0, rest) } }
        }
        let first = declare(name, .program, items.count, whole, bounded?.name.span)
        items.append(
          Item(
            name: name, span: declaration.span, body: body, signature: .program(typed, result, type.span),
            isDuplicate: !first))
      case .model(let name, let parameters, let type, let body):
        let typed = typedParameters(parameters)
        let result = crossing(resolve(type), type.span)
        let first = declare(name, .model, items.count, nil, nil)
        items.append(
          Item(
            name: name, span: declaration.span, body: body, signature: .model(typed, result, type.span),
            isDuplicate: !first))
      case .net(let name, let parameters, let type, let layers):
        declareNet(name, parameters, type, layers)
      }
    }
    return items
  }

  private func declareNet(
    _ name: Name, _ parameters: [Parameter], _ result: TypeExpression, _ layers: [Layer]
  ) {
    let typed = typedParameters(parameters, ofNet: true)
    let resultType = crossing(resolve(result), result.span)
    let known = typed.compactMap { item in item.type.map { (parameter: item.parameter, type: $0) } }
    var checked: Net?
    if let resultType, known.count == parameters.count {
      checked = net(name, known, resultType, result.span, layers)
    }
    guard declare(name, .net, 0, nil, nil) else { return }
    globals.values[name.text]?.netParameters = typed.map(\.type)
    globals.values[name.text]?.parameterNames = typed.map(\.parameter.name.text)
    globals.values[name.text]?.netResult = resultType
    guard let checked else { return }
    let index = globals.nets.count
    globals.nets.append(checked)
    unused.declare(name)
    globals.values[name.text]?.index = index
  }

  /// Whether this is the first declaration of its name.
  func declare(_ name: Name, _ kind: Global.Kind, _ index: Int, _ type: Type?, _ bounded: Span?) -> Bool {
    if let first = globals.values[name.text] {
      reportDuplicate(name, first.name, "value")
      return false
    }
    globals.values[name.text] = Global(
      kind: kind, name: name, declaration: index, type: type, index: nil, boundedPort: bounded)
    return true
  }

  private func typedParameters(_ parameters: [Parameter], ofNet isNet: Bool = false) -> [Item.TypedParameter] {
    var seen: [String: Name] = [:]
    var typed: [Item.TypedParameter] = []
    for parameter in parameters {
      let type = linked(resolve(parameter.type), parameter, isNet: isNet)
      if let first = seen[parameter.name.text] {
        report(
          Diagnostic(
            .duplicateParameter, "two parameters are named `\(parameter.name.text)`",
            at: Label(parameter.name.span, "named again here"), also: [Label(first.span, "named here first")],
            help: "rename one of them"))
        continue
      }
      seen[parameter.name.text] = parameter.name
      checkBound(parameter, type)
      typed.append(
        Item.TypedParameter(
          parameter: parameter, type: type, rows: parameter.rows.flatMap { checkedCount($0.count) }))
    }
    return typed
  }

  private func checkBound(_ parameter: Parameter, _ type: Type?) {
    guard let bound = parameter.bound else { return }
    if let type {
      guard case .real = type else {
        report(
          Diagnostic(
            .badBound, "a value of type `\(type)` cannot be bounded", at: Label(parameter.type.span, "not Real[…]"),
            notes: ["`within` bounds the norm of the entries of a tensor"], help: "remove the bound",
            fixes: parameter.unbounded))
        return
      }
    }
    guard bound.radius > 0, bound.radius.isFinite else {
      report(
        Diagnostic(
          .badBound, "a bound is a positive number",
          at: Label(parameter.name.span.union(parameter.type.span), "bounded by \(bound.radius)")))
      return
    }
  }

  // MARK: Dependencies

  private func dependencies(of items: [Item]) -> DependencyGraph {
    DependencyGraph(
      edges: items.map { item in
        let local = Set(item.parameters.map(\.parameter.name.text))
        return References(in: item.body).places.compactMap { place in
          guard !local.contains(place.name), let global = globals.values[place.name], global.kind.isCallable else {
            return nil
          }
          return DependencyGraph.Edge(target: global.declaration, span: place.span)
        }
      })
  }

  private func reportRecursion(_ cycle: [(from: Int, edge: DependencyGraph.Edge)], _ items: [Item]) {
    let names = cycle.map { items[$0.from].name.text }
    for link in cycle where items[link.from].isUntyped { globals.values[items[link.from].name.text]?.type = nil }
    reportCycle(
      .recursiveDefinition, cycle, names, "is defined by way of itself",
      "declarations may not be recursive: every program ends", "repeat with `iter { base | y => step } (n)`")
  }

  private func reportRecursiveType(_ cycle: [(from: Int, edge: DependencyGraph.Edge)], _ names: [Name]) {
    reportCycle(
      .recursiveType, cycle, cycle.map { names[$0.from].text }, "refers to itself",
      "an alias is an abbreviation: it must be possible to write it out", nil)
  }

  /// A long cycle is shown by its two ends.
  func reportCycle(
    _ code: DiagnosticCode, _ cycle: [(from: Int, edge: DependencyGraph.Edge)], _ names: [String], _ what: String,
    _ why: String, _ help: String?
  ) {
    guard let first = names.first, let last = cycle.last else { return }
    let shown = names.count <= 8 ? names : names.prefix(4) + ["…"] + names.suffix(3)
    let path = (shown + [first]).joined(separator: " → ")
    let steps = cycle.dropLast().enumerated().prefix(6).map { index, link in
      Label(link.edge.span, "`\(names[index])` uses `\(names[index + 1])` here")
    }
    report(
      Diagnostic(
        code, "`\(first)` \(what): \(path)", at: Label(last.edge.span, "this leads back to `\(first)`"), also: steps,
        notes: [why], help: help))
  }

  func reportDuplicate(_ name: Name, _ first: Name, _ what: String) {
    report(
      Diagnostic(
        .duplicateDeclaration, "the \(what) `\(name.text)` is declared twice",
        at: Label(name.span, "declared again here"), also: [Label(first.span, "declared here first")],
        help: "rename one of them"))
  }

  // MARK: Bodies

  private func definition(_ item: Item, _ written: Type??, _ place: Span?) -> TypedTerm? {
    usage = Usage()
    let expected: Expectation =
      switch written {
      case nil: .nothing
      case .some(nil): .poison
      case .some(let type?): .type(type, .declared(place))
      }
    let term = elaborate(item.body, expected)
    if written == nil, !item.isDuplicate { globals.values[item.name.text]?.type = term?.type }
    return term
  }

  private func program(
    _ item: Item, _ parameters: [Item.TypedParameter], _ result: Type?, _ place: Span
  ) -> Judgement? {
    usage = Usage()
    let bindings = parameters.map { context.bind($0.parameter.name, $0.type) }
    portIDs = Set(bindings.map(\.id))
    defer { portIDs = [] }
    let term = elaborate(item.body, result.map { .type($0, .declared(place)) } ?? .poison)
    for binding in bindings.reversed() { release(binding) }
    guard let term else { return nil }
    var ports: [Port] = []
    for (binding, typed) in zip(bindings, parameters) {
      guard let variable = binding.variable else { return nil }
      ports.append(Port(variable: variable, bound: typed.parameter.bound, rows: typed.rows))
    }
    let degrees = ports.map { _ in Degree(bound: 1, isLinear: true) }
    return Judgement(name: item.name, context: ports, term: term, degrees: degrees)
  }

  private func model(
    _ item: Item, _ parameters: [Item.TypedParameter], _ result: Type?, _ place: Span
  ) -> LinkedModel? {
    usage = Usage()
    let states = DataStates(of: item.body, parameters: parameters.map(\.parameter.name)) { [globals] name in
      guard let global = globals.values[name] else { return DataFunction(named: name)?.arity }
      return global.kind == .net ? global.netParameters.count : nil
    }
    zone = DataZone(states: states)
    var inputs: [Port] = []
    let bindings = parameters.map { typed -> Binding in
      let binding = context.bind(typed.parameter.name, typed.type, isData: true)
      if let variable = binding.variable {
        inputs.append(Port(variable: variable, bound: typed.parameter.bound, rows: typed.rows))
      }
      return binding
    }
    let term = elaborate(item.body, result.map { .type($0, .declared(place)) } ?? .poison)
    let learnt = (zone?.learnt ?? [:]).sorted { $0.key < $1.key }.map { (index: $0.key, variable: $0.value) }
    zone = nil
    for binding in bindings.reversed() {
      unused.end(binding, "parameter of `\(item.name.text)`")
      context.unbind(binding)
    }
    guard let term, inputs.count == parameters.count, !hasErrors else { return nil }
    var linking = ModelLinking(
      term, data: inputs.map(\.variable) + learnt.map(\.variable), nets: globals.nets, context: context)
    let body = linking.run()
    context = linking.context
    if let place = linking.tooDeep {
      report(
        Diagnostic(
          .nestedTooDeeply, "nets are applied to nets too deeply",
          at: Label(place, "level \(Term.maximumDepth) is reached here"), help: "use fewer nets on each other"))
      return nil
    }
    let judgement = Judgement(
      name: item.name, context: linking.links.map { $0.port(of: inputs) }, term: body,
      degrees: linking.links.map { _ in Degree(bound: 1, isLinear: true) })
    return LinkedModel(name: item.name, inputs: inputs, learnt: learnt, links: linking.links, judgement: judgement)
  }

  // MARK: Learnt tensors

  private func declareLearnt(_ name: Name, _ written: TypeExpression, _ initial: Numbers?, _ span: Span) {
    let type = resolve(written)
    var shape: [Int]?
    if case .real(let extents)? = type { shape = extents }
    if let type, shape == nil {
      report(
        Diagnostic(
          .notReal, "a learnt tensor is a `Real[…]`, not a `\(type)`", at: Label(written.span, "not reals"),
          notes: ["what is learnt are reals"],
          help: "declare the entries as a `Real[…]`, and make what you need of them in the model"))
    }
    var isFitting = true
    if let shape, let initial, !initial.shape.isEmpty, initial.shape != shape {
      isFitting = false
      report(
        Diagnostic(
          .shapesDoNotFit, "`\(name.text)` starts from a literal of another shape",
          at: Label(span, "the literal is of shape `\(Type.real(initial.shape))`"),
          help: "write entries for `\(Type.real(shape))`, or one number for all"))
    }
    guard declare(name, .learnt, 0, shape.map { .real($0) }, nil) else { return }
    unused.declare(learnt: name)
    guard let shape, isFitting else { return }
    let index = globals.learnt.count
    globals.values[name.text]?.index = index
    globals.learnt.append(Learnt(name: name, shape: shape, initial: initial))
  }
}

extension Global.Kind {
  /// By other declarations, in the linear language.
  fileprivate var isCallable: Bool {
    switch self {
    case .definition, .program: true
    case .net, .model, .constructor, .learnt: false
    }
  }
}

extension Link {
  fileprivate func port(of inputs: [Port]) -> Port {
    var rows: Int?
    if case .variable(let input) = datum.kind { rows = inputs.first { $0.variable == input }?.rows }
    return Port(variable: variable, bound: nil, rows: rows)
  }
}

extension Item {
  fileprivate var parameters: [TypedParameter] {
    switch signature {
    case .definition: []
    case .program(let parameters, _, _), .model(let parameters, _, _): parameters
    }
  }

  fileprivate var isUntyped: Bool { if case .definition(nil, _) = signature { true } else { false } }
}
