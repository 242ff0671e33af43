import CajalSyntax

/// The variables that stand in a step that is not their own, and all binders in the order of the text.
struct IteratedVariables {
  private(set) var binders: [Variable] = []
  private var captured: Set<Int> = []
  /// Of data: how often they are used.
  private var uses: [Int: Int] = [:]
  /// For a variable in scope, how many steps there are around its binder.
  private var stepsAround: [Int: Int] = [:]
  private var steps = 0

  mutating func visit(_ term: TypedTerm) {
    switch term.kind {
    case .variable(let variable):
      if variable.isData { uses[variable.id, default: 0] += 1 }
      if steps > stepsAround[variable.id, default: 0] { captured.insert(variable.id) }
    case .lambda(let variable, let body): visit(body, binding: variable)
    case .iterate(let base, let state, let step, let count):
      visit(base)
      steps += 1
      visit(step, binding: state)
      steps -= 1
      visit(count)
    case .scan(let base, let state, let step, _):
      visit(base)
      steps += 1
      visit(step, binding: state)
      steps -= 1
    case .cases(let operand, let alternatives):
      for alternative in alternatives { visit(alternative) }
      visit(operand)
    case .fold(let operand, let alternatives):
      for (index, alternative) in alternatives.enumerated() {
        let isStep = operand.type.asRecursive?.isRepeated(index) ?? false
        if isStep { steps += 1 }
        visit(alternative)
        if isStep { steps -= 1 }
      }
      visit(operand)
    case .definition, .bool, .natural, .literal, .matrix, .primitive, .constructor, .succ, .apply, .conditional, .add,
      .scale, .concatenate,
      .network:
      for child in term.kind.children { visit(child) }
    }
  }

  private mutating func visit(_ alternative: TypedAlternative) {
    for binder in alternative.binders {
      binders.append(binder)
      stepsAround[binder.id] = steps
    }
    visit(alternative.body)
  }

  private mutating func visit(_ term: TypedTerm, binding variable: Variable) {
    binders.append(variable)
    stepsAround[variable.id] = steps
    visit(term)
  }

  func isCaptured(_ variable: Variable) -> Bool { captured.contains(variable.id) }

  func why(_ variable: Variable) -> String {
    if isCaptured(variable) { return "used in a step" }
    if uses[variable.id, default: 0] > 1 { return "used more than once" }
    if variable.isData { return "used in a step, or in a part of a sum or of an `if` only" }
    return "handed to a step, or to a function that is not linear"
  }
}
