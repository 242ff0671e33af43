import CajalSyntax
import Diagnostics

/// Checks terms against the rules of LANGUAGE.md, sections 2 and 5, and elaborates them to `TypedTerm`s.
///
/// A term in which an error was found elaborates to nil, and what depends on it is not reported a second time;
/// its other parts are still looked at, for further errors and for the variables that they use.
final class Checker {
  var context: Context
  var usage = Usage()
  var globals = Globals()
  /// The dimension of `Nat`.
  var horizon = defaultHorizon
  /// Of the model that is being checked.
  var zone: DataZone?
  /// The states of a model's iterations that are linear in the step.
  var states: Set<Int> = []
  /// What is said of the states of iterations, by the places of these.
  var claims: [Span: [Claim]] = [:]
  /// The parameters of the program that is being checked.
  var portIDs: Set<Int> = []
  /// What the file declares and does not use.
  var unused = UnusedNames()
  /// In the declaration at hand text was passed over, which may use any variable.
  var isPartlyUnread = false
  /// A term refers to a declaration whose body could not be read or checked.
  var usesUnfinished = false
  private var diagnostics = Diagnostics()
  /// Variables whose second use has been reported.
  private var reportedTwice: Set<Int> = []
  private var suggestionsLeft = 100
  /// Mismatches by what they hold against what: the branches of an `if` often fail alike, and are reported once.
  var reportedMismatches: Set<Mismatch> = []
  /// Set where terms of a finished module are checked: its programs, which may be called.
  let finishedModule: TypedModule?

  init() {
    context = Context()
    finishedModule = nil
  }

  /// A checker for closed terms that may use the module's declarations.
  init(module: TypedModule) {
    context = Context(nextID: module.variableCount)
    finishedModule = module
    horizon = module.horizon
    let nowhere = Span(0, 0)
    for (name, type) in module.typeAliases {
      globals.aliases[name] = Globals.Alias(sized: SizedType(type: type, nodes: type.nodeCount))
    }
    for data in module.dataTypes {
      globals.aliases[data.name] = Globals.Alias(sized: SizedType(type: .data(data), nodes: 1))
      for (index, constructor) in data.constructors.enumerated() {
        var global = Global(
          kind: .constructor, name: Name(constructor.name, nowhere), declaration: 0, type: constructor.type(of: data),
          index: nil, boundedPort: nil)
        global.constructor = (data, index)
        globals.values[constructor.name] = global
      }
    }
    for (index, program) in module.programs.enumerated() {
      let bounded = program.context.first { $0.bound != nil }
      globals.values[program.name.text] = Global(
        kind: .program, name: program.name, declaration: index, type: program.functionType, index: nil,
        boundedPort: bounded?.variable.span)
    }
    for (index, definition) in module.definitions.enumerated() {
      globals.values[definition.name] = Global(
        kind: .definition, name: Name(definition.name, nowhere), declaration: index, type: definition.term.type,
        index: index, boundedPort: nil)
    }
    for (index, learnt) in module.learnt.enumerated() {
      globals.values[learnt.name.text] = Global(
        kind: .learnt, name: learnt.name, declaration: index, type: .real(learnt.shape), index: index,
        boundedPort: nil)
    }
    for (index, net) in module.nets.enumerated() {
      globals.values[net.name.text] = Global(
        kind: .net, name: net.name, declaration: index, type: nil, index: index, boundedPort: nil)
    }
    for (index, model) in module.models.enumerated() {
      globals.values[model.name.text] = Global(
        kind: .model, name: model.name, declaration: index, type: nil, index: nil, boundedPort: nil)
    }
  }

  // MARK: Diagnostics

  var hasErrors: Bool { diagnostics.hasErrors }
  var diagnosticCount: Int { diagnostics.errorCount }

  func report(_ diagnostic: Diagnostic) { diagnostics.add(diagnostic) }

  func takeDiagnostics() -> Diagnostics {
    var taken = Diagnostics()
    swap(&taken, &diagnostics)
    taken.sortByPlace()
    return taken
  }

  /// Suggestions compare a name with all others; a file of nothing but unknown names gets only the first hundred.
  func suggest(for name: String, among candidates: some Sequence<String>) -> String? {
    guard suggestionsLeft > 0 else { return nil }
    suggestionsLeft -= 1
    return suggestion(for: name, among: candidates)
  }

  // MARK: Variables

  /// Elaborates in the scope of one more variable, which must be used in it exactly once on each path.
  func withVariable<Result>(_ name: Name, _ type: Type?, _ body: (Binding) -> Result) -> Result {
    let binding = context.bind(name, type)
    let result = body(binding)
    release(binding)
    return result
  }

  /// Ends the scope of a variable.
  func release(_ binding: Binding) {
    if !usage.remove(binding.id), !usage.isIncomplete, !isPartlyUnread, !context.isExcused(binding.id) {
      reportNeverUsed(binding)
    }
    context.unbind(binding)
  }

  func use(_ binding: Binding, at span: Span) {
    if binding.isData { return unused.use(binding) }
    if let first = usage.use(binding.id, at: span) { reportUsedTwice(binding.id, first, span) }
  }

  /// Two parts that stand for alternatives (the branches of `if`, the operands of a sum): they must use the same
  /// variables, and count as one use.
  ///
  /// - Parameter elaborateBoth: false where an error is reported that hides a difference between the two.
  func alternatives(
    _ kind: Alternatives, _ first: Term, _ second: Term, _ elaborateBoth: (_ between: () -> Void) -> Bool
  ) {
    var outer = Usage()
    var uses = Usage()
    swap(&outer, &usage)
    let isComparable = elaborateBoth { swap(&uses, &self.usage) }
    // Now `uses` are those of the part that was elaborated first, which need not be the first in the text.
    let difference = Usage.difference(uses, usage)
    let isIncomplete = isPartlyUnread || outer.isIncomplete || uses.isIncomplete || usage.isIncomplete
    if !isIncomplete, isComparable {
      for id in difference.onlyFirst + difference.onlySecond where !context.isExcused(id) {
        guard let place = uses.places[id] ?? usage.places[id] else { continue }
        let inFirst = first.span.start <= place.start && place.end <= first.span.end
        reportUsedInOne(id, place, kind, forgetting: inFirst ? second : first, inFirst: inFirst)
      }
    }
    var last = Usage()
    swap(&last, &usage)
    uses.mergeAlternative(consume last)
    swap(&outer, &usage)
    for clash in usage.merge(consume uses) { reportUsedTwice(clash.id, clash.first, clash.second) }
  }

  enum Alternatives { case branches, operands, entries }

  // MARK: Linearity errors

  func reportUsedTwice(_ id: Int, _ first: Span, _ second: Span, because note: String? = nil) {
    guard let binding = context[id: id], reportedTwice.insert(id).inserted else { return }
    let (first, second) = first.start <= second.start ? (first, second) : (second, first)
    var help = "use `\(binding.name)` once, or take one parameter for each use"
    var isReal = false
    if case .real = binding.type { isReal = true }
    if binding.type == .bool { help += "; a Bool can be branched on instead: `if \(binding.name) then … else …`" }
    report(
      Diagnostic(
        .usedTwice, "`\(binding.name)` is used twice", at: Label(second, "and again here"),
        also: [Label(first, "used here first"), Label(binding.span, "bound here")],
        notes: [note ?? "every variable is used exactly once on each path: Cajal has no copying"]
          + (isReal && portIDs.contains(id) ? [Self.modelsHaveData("may be used any number of times")] : []),
        help: stateHelp(id) ?? help, fixes: stateFixes(id)))
  }

  private func reportNeverUsed(_ binding: Binding) {
    var secondary: [Label] = []
    if let inner = context.shadowing(of: binding.id) {
      secondary.append(Label(inner, "this binder shadows it: `\(binding.name)` means the inner variable from here on"))
    }
    let name = binding.name
    let help =
      switch binding.type {
      case .bool: "to use up a Bool and ignore it, branch on it: `if \(name) then e else e`"
      case .nat: "to use up a Nat and ignore it, count with it: `iter { e | y => y } (\(name))`"
      case .natBelow: "to use up a natural and ignore it, count with it: `iter { e | y => y } (\(name))`"
      case .data: "to use up a datum and ignore it, take it apart by `case` or `fold`"
      case .real, .function, nil: "use `\(name)`, or remove it"
      }
    report(
      Diagnostic(
        .neverUsed, "`\(name)` is never used", at: Label(binding.span, "bound here and never used"), also: secondary,
        notes: [
          secondary.isEmpty
            ? "every variable is used exactly once on each path: Cajal has no discarding"
            : "every variable is used exactly once on each path: shadowing a variable does not discard it"
        ],
        help: secondary.isEmpty ? stateHelp(binding.id) ?? help : "rename the inner variable, and use `\(name)`",
        fixes: secondary.isEmpty ? stateFixes(binding.id) : []))
  }

  private static func modelsHaveData(_ freedom: String) -> String {
    "a `model` accepts this: its parameters are data, which \(freedom)"
  }

  /// The way out for the state of a model's iteration, which may be declared to be data.
  private func stateHelp(_ id: Int) -> String? {
    guard states.contains(id), let binding = context[id: id] else { return nil }
    let name = binding.name
    return
      "write `| !\(name) => …`: in a model a state that is data may be used any number of times, in one part only, or "
      + "not at all"
  }

  private func stateFixes(_ id: Int) -> [Fix] {
    guard states.contains(id), let binding = context[id: id] else { return [] }
    return [.insert("!", at: binding.span.start, "make `\(binding.name)` data: `!\(binding.name)`")]
  }

  func reportUsedInOne(
    _ id: Int, _ place: Span, _ kind: Alternatives, forgetting: Term, inFirst: Bool = true
  ) {
    guard let binding = context[id: id] else { return }
    let name = binding.name
    let message: String
    let label: String
    let note: String
    let freedom: String
    switch kind {
    case .branches:
      message = "`\(name)` is used in the `\(inFirst ? "then" : "else")` branch only"
      label = "the `\(inFirst ? "else" : "then")` branch forgets `\(name)`"
      note = "only one branch of `if` is taken, so both must use the same variables"
      freedom = "a branch"
    case .operands:
      message = "`\(name)` is used in the \(inFirst ? "left" : "right") operand only"
      label = "the \(inFirst ? "right" : "left") operand forgets `\(name)`"
      note = "a sum is linear only if both operands depend on the same variables: `x + 1` would be affine"
      freedom = "an operand"
    case .entries:
      message = "`\(name)` is not used in all parts of this"
      label = "this part forgets `\(name)`"
      note =
        "what is joined is linear only if all parts depend on the same variables: over different ones it would be "
        + "affine in each"
      freedom = "a part"
    }
    report(
      Diagnostic(
        .usedInOneBranch, message, at: Label(forgetting.span, label),
        also: [Label(place, "used here"), Label(binding.span, "bound here")],
        notes: [note] + (portIDs.contains(id) ? [Self.modelsHaveData("\(freedom) may leave out")] : []),
        help: stateHelp(id) ?? "use `\(name)` there too, or use it outside of both", fixes: stateFixes(id)))
  }
}

extension Judgement {
  /// The type of the program as a closed function of its parameters.
  var functionType: Type { context.reversed().reduce(term.type) { .function($1.variable.type, $0) } }
}
