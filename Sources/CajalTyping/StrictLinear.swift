import CajalSyntax
import Diagnostics

/// Fills in the degrees of a checked module; under `--strict-linear`, reports what is not linear.
func judgeDegrees(of module: TypedModule, strict: Bool, report: (Diagnostic) -> Void) -> TypedModule {
  var module = module
  let analysis = DegreeAnalysis(module)
  for index in module.definitions.indices { analysis.judge(definition: index) }
  for index in module.programs.indices {
    module.programs[index].degrees = analysis.degrees(of: module.programs[index])
  }
  for index in module.models.indices {
    module.models[index].judgement.degrees = analysis.degrees(of: module.models[index].judgement)
  }
  module.binderDegrees = analysis.binders.filter { $0.value != .one }
  if strict { reportNonlinear(module, analysis.captures, report) }
  return module
}

/// Every variable that is not linear has its cause in a step that captures a variable, in a bound, or in a net on the
/// state of an iteration. Data of a model are no variables in this sense.
private func reportNonlinear(_ module: TypedModule, _ captures: Captures, _ report: (Diagnostic) -> Void) {
  var search = CaptureSearch(captures: captures)
  for program in module.programs {
    let before = search.found.count
    search.enter(program.context.map(\.variable))
    search.visit(program.term)
    let hasCause = search.found.count > before
    // A table is no variable.
    for (port, degree) in zip(program.context, program.degrees) where !degree.isLinear && port.rows == nil {
      if let bound = port.bound {
        report(boundedPort(port.variable, bound))
      } else if !hasCause {
        report(nonlinearPort(port.variable, program))
      }
    }
  }
  for model in module.models {
    search.enter([])
    search.visit(model.judgement.term)
  }
  let programs = Set(module.programs.map(\.name.text))
  for definition in module.definitions where !programs.contains(definition.name) {
    search.enter([])
    search.visit(definition.term)
  }
  for capture in search.found { report(diagnostic(capture)) }
  for state in search.dataStates where !module.degree(ofBinder: state).isLinear { report(dataState(state)) }
}

/// A variable in a step that is not that step's state.
private struct Capture {
  let variable: Variable
  let use: Span
  let iteration: Span
  /// The step is an alternative of `fold`.
  let isFolded: Bool
  /// The variable is the state of an iteration around this one.
  let isState: Bool
}

private struct CaptureSearch {
  let captures: Captures
  private(set) var found: [Capture] = []
  /// The states that are data.
  private(set) var dataStates: [Variable] = []
  private var seen: Set<Int> = []
  private var levels: [Int: Int] = [:]
  private var states: Set<Int> = []
  /// The iterations whose step is being looked at, with the level of their states, the outermost first.
  private var steps: [(level: Int, span: Span, isFold: Bool)] = []

  init(captures: Captures) { self.captures = captures }

  mutating func enter(_ context: [Variable]) {
    levels = [:]
    for variable in context { levels[variable.id] = levels.count }
  }

  mutating func visit(_ term: TypedTerm) {
    switch term.kind {
    case .variable(let variable): use(variable, term.span)
    case .definition, .bool, .natural, .literal, .matrix, .primitive, .constructor: break
    case .lambda(let variable, let body): visit(body, binding: variable)
    case .iterate(let base, let state, let step, let count):
      visit(base)
      visit(step, of: term, state)
      visit(count)
    case .scan(let base, let state, let step, _):
      visit(base)
      visit(step, of: term, state)
    case .cases(let operand, let alternatives):
      visit(operand)
      for alternative in alternatives { visit(alternative) }
    case .fold(let operand, let alternatives):
      visit(operand)
      for (index, alternative) in alternatives.enumerated() {
        let isStep = operand.type.asRecursive?.isRepeated(index) ?? false
        if isStep { steps.append((levels.count, term.span, true)) }
        visit(alternative)
        if isStep { steps.removeLast() }
      }
    case .succ, .apply, .conditional, .add, .scale, .network, .concatenate:
      for child in term.kind.children { visit(child) }
    }
  }

  private mutating func visit(_ alternative: TypedAlternative) {
    for binder in alternative.binders { levels[binder.id] = levels.count }
    visit(alternative.body)
    for binder in alternative.binders { levels[binder.id] = nil }
  }

  private mutating func visit(_ term: TypedTerm, binding variable: Variable) {
    levels[variable.id] = levels.count
    visit(term)
    levels[variable.id] = nil
  }

  /// The step of an iteration or of a trajectory.
  private mutating func visit(_ step: TypedTerm, of loop: TypedTerm, _ state: Variable) {
    if state.isData { dataStates.append(state) }
    states.insert(state.id)
    steps.append((levels.count, loop.span, false))
    visit(step, binding: state)
    steps.removeLast()
  }

  private mutating func use(_ variable: Variable, _ span: Span) {
    guard !variable.isData, let level = levels[variable.id], let innermost = steps.last, innermost.level > level else {
      return
    }
    // The levels of the steps ascend: the outermost one inside the variable's scope.
    guard let capturing = steps.first(where: { $0.level > level }), seen.insert(variable.id).inserted else { return }
    found.append(
      Capture(
        variable: variable, use: span, iteration: capturing.span, isFolded: capturing.isFold,
        isState: states.contains(variable.id)))
  }
}

private let whyIterated = "a step runs once a round, so the result is a polynomial in what it captures"

private func diagnostic(_ capture: Capture) -> Diagnostic {
  let name = capture.variable.name
  if capture.isFolded {
    return Diagnostic(
      .capturedByStep, "an alternative of a fold captures `\(name)`", at: Label(capture.use, "used here, once a node"),
      also: [Label(capture.variable.span, "bound here"), Label(capture.iteration, "in an alternative of this fold")],
      notes: ["an alternative is taken once a node, so the result is a polynomial in what it captures"],
      help: "use `\(name)` outside of the fold, or compile without --strict-linear")
  }
  return Diagnostic(
    capture.isState ? .notLinear : .capturedByStep,
    capture.isState
      ? "the state `\(name)` is used in the step of another iteration" : "the step of an iteration captures `\(name)`",
    at: Label(capture.use, "used here, once a round"),
    also: [Label(capture.variable.span, "bound here"), Label(capture.iteration, "in the step of this iteration")],
    notes: [whyIterated], help: "use `\(name)` in the base or in the count, or compile without --strict-linear")
}

private func dataState(_ state: Variable) -> Diagnostic {
  Diagnostic(
    .notLinear, "the step is not linear in the state `\(state.name)`",
    at: Label(state.span, "this state is data in the step"),
    notes: ["data may be used several times or in one operand of a sum only, and a net is not linear in them"],
    help: "apply nets to the model's parameters and use the state once, or compile without --strict-linear")
}

private func boundedPort(_ variable: Variable, _ bound: Bound) -> Diagnostic {
  Diagnostic(
    .notLinear, "the bounded parameter `\(variable.name)` is not linear",
    at: Label(variable.span, "bounded by `within \(bound.norm.rawValue)`"),
    notes: ["a bound scales what is too large: the result is no multiple of what comes in"],
    help: "remove the bound, or compile without --strict-linear")
}

private func nonlinearPort(_ variable: Variable, _ program: Judgement) -> Diagnostic {
  Diagnostic(
    .notLinear, "`\(program.name.text)` is not linear in `\(variable.name)`", at: Label(variable.span, "bound here"),
    notes: ["it is handed to a function whose step captures its parameter: " + whyIterated],
    help: "compile without --strict-linear")
}
