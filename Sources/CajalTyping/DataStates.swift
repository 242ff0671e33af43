import CajalSyntax

/// The iterations of a model to whose states a net is applied, directly or by way of `let`s: in their steps the state
/// counts as data (LANGUAGE.md, section 6). Read off the text before it is checked.
struct DataStates {
  /// A binder that may be the state of an iteration or of a fold.
  private struct State: Hashable {
    let term: ObjectIdentifier
    var alternative = 0
    var binder = 0
  }

  private var states: Set<State> = []

  /// - Parameter arity: of the net or the function on data that a name stands for, where nothing has taken the name.
  init(of body: Term, parameters: [Name], arity: @escaping (String) -> Int?) {
    var walk = Walk(arity: arity)
    for parameter in parameters { walk.bind(parameter.text, .other) }
    walk.visit(body, in: Place(value: nil, argument: nil))
    states = walk.reached()
  }

  func contains(_ iteration: Term) -> Bool { states.contains(State(term: ObjectIdentifier(iteration))) }

  /// A binder of an alternative, both by their places in the text.
  func contains(_ fold: Term, alternative: Int, binder: Int) -> Bool {
    states.contains(State(term: ObjectIdentifier(fold), alternative: alternative, binder: binder))
  }

  private enum Binder {
    case state(State)
    case named
    case other
  }

  private struct Place {
    /// The `let` in whose value we are.
    let value: Int?
    /// In an argument of a net: how many binders there were before it. What is bound in it is no business of the net's.
    let argument: Int?
  }

  private struct Walk {
    let arity: (String) -> Int?
    private var binders: [Binder] = []
    /// By binder: those that the value of a `let` mentions.
    private var mentioned: [[Int]] = []
    private var scope: [String: [Int]] = [:]
    private var roots: [Int] = []

    init(arity: @escaping (String) -> Int?) { self.arity = arity }

    mutating func bind(_ name: String, _ binder: Binder) {
      scope[name, default: []].append(binders.count)
      binders.append(binder)
      mentioned.append([])
    }

    mutating func visit(_ term: Term, in place: Place) {
      switch term.kind {
      case .variable(let name): mention(name, place)
      case .bool, .numeral, .decimal, .vector, .matrix, .error: break
      case .succ, .conditional, .add, .subtract, .negate, .scale, .list, .ascription:
        for child in term.kind.children { visit(child, in: place) }
      case .divide(let a, let b):
        visit(a, in: place)
        visit(b, in: argument(place))
      case .power(let base, _): visit(base, in: argument(place))
      case .apply: visitApplication(term, place)
      case .function(let binder, let body):
        bind(binder.name.text, .other)
        visitScope(of: [binder.name], body, place)
      case .letIn(let name, let value, let body):
        let index = binders.count
        binders.append(.named)
        mentioned.append([])
        visit(value, in: Place(value: index, argument: nil))
        scope[name.text, default: []].append(index)
        visitScope(of: [name], body, place)
      case .iterate(let iteration):
        visit(iteration.base, in: place)
        visit(iteration.count, in: place)
        bind(iteration.state.text, .state(State(term: ObjectIdentifier(term))))
        visitScope(of: [iteration.state], iteration.step, place)
      case .cases(let alternatives, let operand), .fold(let alternatives, let operand):
        for (index, alternative) in alternatives.enumerated() { visit(alternative, index, of: term, place) }
        visit(operand, in: place)
      }
    }

    private mutating func visit(_ alternative: Alternative, _ index: Int, of term: Term, _ place: Place) {
      let binders = alternative.pattern.binders
      for (position, binder) in binders.enumerated() {
        bind(binder.text, .state(State(term: ObjectIdentifier(term), alternative: index, binder: position)))
      }
      visitScope(of: binders, alternative.body, place)
    }

    private mutating func visitScope(of names: [Name], _ term: Term, _ place: Place) {
      visit(term, in: place)
      for name in names { scope[name.text]?.removeLast() }
    }

    private mutating func visitApplication(_ term: Term, _ place: Place) {
      var head = term
      var arguments: [Term] = []
      while case .apply(let function, let argument) = head.kind {
        arguments.append(argument)
        head = function
      }
      var ofNet = 0
      if case .variable(let name) = head.kind, scope[name, default: []].isEmpty, let arity = arity(name) {
        ofNet = arity
      }
      visit(head, in: place)
      for (index, argument) in arguments.reversed().enumerated() {
        visit(argument, in: index < ofNet ? self.argument(place) : place)
      }
    }

    private func argument(_ place: Place) -> Place { Place(value: place.value, argument: binders.count) }

    private mutating func mention(_ name: String, _ place: Place) {
      guard let binder = scope[name]?.last else { return }
      if let start = place.argument, binder < start { roots.append(binder) }
      // What is bound in the value comes after the name.
      if let value = place.value, binder < value { mentioned[value].append(binder) }
    }

    /// The states that the roots lead to.
    func reached() -> Set<State> {
      var states: Set<State> = []
      var pending = roots
      var seen = Set(roots)
      while let index = pending.popLast() {
        switch binders[index] {
        case .state(let state): states.insert(state)
        case .named: for next in mentioned[index] where seen.insert(next).inserted { pending.append(next) }
        case .other: break
        }
      }
      return states
    }
  }
}
