import CajalSyntax
import CajalTyping

/// Which terms denote maps that are linear in every variable at once (LANGUAGE.md, section 2, Degree): those where
/// no variable but the state itself is used in the step of an iteration, and none from outside in an alternative that a
/// fold may take more than once. A sufficient condition, read off the text.
struct Multilinearity {
  /// Lambdas that contain an iteration whose step uses another variable, directly or in a definition.
  private var exceptions: Set<ObjectIdentifier> = []
  /// Of each definition, whether its term is free of such iterations.
  private(set) var definitions: [Bool] = []

  init(_ module: TypedModule) {
    for definition in module.definitions { definitions.append(admit(definition.term)) }
    for program in module.programs { _ = admit(program.term) }
  }

  func holds(forLambda term: TypedTerm) -> Bool { !exceptions.contains(ObjectIdentifier(term)) }

  /// Looks a term up that is not part of the module, before it is interpreted.
  mutating func admit(_ term: TypedTerm) -> Bool {
    var walk = Walk(definitions: definitions)
    walk.visit(term)
    exceptions.formUnion(walk.exceptions)
    return !walk.isException
  }

  private struct Walk {
    let definitions: [Bool]
    var exceptions: Set<ObjectIdentifier> = []
    /// Whether the whole term contains such an iteration.
    var isException = false
    /// In how many steps we are, and in how many each variable was bound. A variable that is used in more steps
    /// than it was bound in crosses those between.
    private var level = 0
    private var levels: [Variable: Int] = [:]
    /// The lambdas around us, with their levels; those that contain a crossed iteration are marked.
    private var lambdas: [(level: Int, isException: Bool)] = []

    init(definitions: [Bool]) { self.definitions = definitions }

    mutating func visit(_ term: TypedTerm) {
      switch term.kind {
      case .variable(let variable): use(variable)
      case .definition(let index):
        if !(definitions.indices.contains(index) && definitions[index]) { mark(below: Int.max) }
      case .primitive(let primitive): if !primitive.isMultilinear { mark(below: Int.max) }
      case .bool, .natural, .literal, .matrix, .constructor: break
      case .concatenate(let parts): for part in parts { visit(part) }
      case .scan(let base, let state, let step, _):
        visit(base)
        level += 1
        levels[state] = level
        visit(step)
        level -= 1
      case .succ(let a), .scale(_, let a): visit(a)
      case .cases(let operand, let alternatives):
        visit(operand)
        for alternative in alternatives { visit(alternative) }
      case .fold(let operand, let alternatives):
        visit(operand)
        for (index, alternative) in alternatives.enumerated() {
          let isRepeated = operand.type.asRecursive?.isRepeated(index) ?? true
          if isRepeated { level += 1 }
          visit(alternative)
          if isRepeated { level -= 1 }
        }
      case .network(_, let arguments):
        for argument in arguments { visit(argument) }
        mark(below: Int.max)
      case .lambda(let variable, let body): visitLambda(term, variable, body)
      case .apply(let a, let b), .add(let a, let b):
        visit(a)
        visit(b)
      case .conditional(let a, let b, let c):
        visit(a)
        visit(b)
        visit(c)
      case .iterate(let base, let state, let step, let count):
        visit(base)
        visit(count)
        level += 1
        levels[state] = level
        visit(step)
        level -= 1
      }
    }

    private mutating func visit(_ alternative: TypedAlternative) {
      for binder in alternative.binders { levels[binder] = level }
      visit(alternative.body)
    }

    private mutating func visitLambda(_ term: TypedTerm, _ variable: Variable, _ body: TypedTerm) {
      levels[variable] = level
      lambdas.append((level, false))
      visit(body)
      if let (_, isException) = lambdas.popLast(), isException {
        exceptions.insert(ObjectIdentifier(term))
        mark(below: Int.max)
      }
    }

    private mutating func use(_ variable: Variable) {
      // A free variable is bound outside of every step.
      if levels[variable] ?? 0 < level { mark(below: level) }
    }

    /// Marks the innermost lambda around the step of this level; the mark goes outwards when lambdas are left.
    private mutating func mark(below level: Int) {
      guard let index = lambdas.lastIndex(where: { $0.level < level }) else {
        isException = true
        return
      }
      lambdas[index].isException = true
    }
  }
}
