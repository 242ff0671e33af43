import CajalSyntax

/// The degree of every variable (LANGUAGE.md, section 2, Degree), by an abstract interpretation of typed terms.
///
/// A value of a ground type is abstracted to its degree in each variable, a function to what it does to abstract
/// values. Terms without a step that captures a variable are linear in everything, and are not even looked into.
/// What is left is evaluated once for each way in which it is applied; where that is too much work, the answer is
/// "not linear, of any degree", which is always sound.
final class DegreeAnalysis {
  let horizon: Int
  let captures: Captures
  let definitions: [Definition]
  var environment = Environment()
  /// The degrees of binders that were evaluated.
  private(set) var binders: [Int: Degree] = [:]
  /// Functions whose binders have not been judged yet.
  private var unjudged: [(variable: Variable, function: AbstractFunction)] = []
  private var definitionValues: [Int: AbstractValue] = [:]
  private var nextSymbol = 0

  /// Work that may still be done, in terms evaluated and functions applied: for all, and for this declaration.
  private var fuel: Int
  private var declarationFuel = 0
  private var depth = 0
  private(set) var isExhausted = false
  /// How often an argument that is not plain was handed to a matrix.
  var matricesMade = 0

  static let maximumDepth = 60_000
  /// Work allowed beyond a few looks at every term.
  static let declarationBudget = 100_000
  static let moduleBudget = 1_000_000
  static let looks = 16

  /// What the variables in scope are bound to.
  struct Environment {
    private(set) var values: [Int: AbstractValue] = [:]
    private(set) var countNotPlain = 0

    subscript(id: Int) -> AbstractValue? {
      get { values[id] }
      set {
        if let old = values[id], old.plain == nil { countNotPlain -= 1 }
        if let newValue, newValue.plain == nil { countNotPlain += 1 }
        values[id] = newValue
      }
    }
  }

  init(_ module: TypedModule) {
    horizon = module.horizon
    captures = Captures(module)
    definitions = module.definitions
    fuel = Self.moduleBudget
  }

  // MARK: Declarations

  /// Judges the binders of a definition.
  func judge(definition index: Int) {
    guard captures.contains(definition: index) else { return }
    begin(definitions[index].term)
    _ = value(ofDefinition: index)
    judgeRemaining()
    if isExhausted {
      definitionValues[index] = .unknown(Powers())
      saturateBinders(of: definitions[index].term)
    }
  }

  /// The degrees of a program in its ports.
  func degrees(of judgement: Judgement) -> [Degree] {
    var degrees = judgement.degrees
    if captures.contains(judgement.term) {
      begin(judgement.term)
      let symbols = judgement.context.map { port in
        let symbol = fresh()
        environment[port.variable.id] =
          port.rows.map { .datum(table(rows: $0, Powers(degrees: [symbol: Degree(bound: 1, isLinear: false)]))) }
          ?? .flat(.of(symbol))
        return symbol
      }
      let powers = reify(value(of: judgement.term))
      judgeRemaining()
      degrees = symbols.map { isExhausted ? .unknown : powers[$0] }
      if isExhausted { saturateBinders(of: judgement.term) }
    }
    for (index, port) in judgement.context.enumerated() where port.bound != nil { degrees[index] = .unknown }
    return degrees
  }

  private func begin(_ term: TypedTerm) {
    environment = Environment()
    unjudged = []
    isExhausted = false
    let share = Self.looks * term.nodeCount
    declarationFuel = Self.declarationBudget + share
    fuel += share
    depth = 0
  }

  /// Binders of functions are judged by what the function does to a linear unknown.
  private func judgeRemaining() {
    while let next = unjudged.popLast(), !isExhausted {
      guard binders[next.variable.id] == nil else { continue }
      let known = result(of: next.function, on: [])
      record(next.variable, reify(known.result)[known.symbol])
    }
  }

  private func saturateBinders(of term: TypedTerm) {
    guard captures.contains(term) else { return }
    switch term.kind {
    case .lambda(let variable, _): binders[variable.id] = .unknown
    case .iterate(_, let state, _, _), .scan(_, let state, _, _): binders[state.id] = .unknown
    case .cases(_, let alternatives), .fold(_, let alternatives):
      for binder in alternatives.flatMap(\.binders) where binder.type.asRecursive == nil {
        binders[binder.id] = .unknown
      }
    case .variable, .definition, .bool, .natural, .literal, .matrix, .primitive, .constructor, .succ, .apply,
      .conditional, .add,
      .scale, .network, .concatenate:
      break
    }
    for child in term.kind.children { saturateBinders(of: child) }
  }

  // MARK: Bookkeeping

  func fresh() -> Symbol {
    nextSymbol += 1
    return nextSymbol
  }

  /// Of a datum of a recursive type there is nothing to say: its degrees are those of what it is fused to.
  func record(_ variable: Variable, _ degree: Degree) {
    if variable.type.asRecursive != nil { return }
    binders[variable.id] = binders[variable.id].map { $0.join(degree) } ?? degree
  }

  /// Counts one unit of work around `body`; after the last, everything is `flat` of nothing, and discarded.
  func counted(_ body: () -> AbstractValue) -> AbstractValue {
    guard !isExhausted else { return .flat(Powers()) }
    guard declarationFuel > 0, fuel > 0, depth < Self.maximumDepth else {
      isExhausted = true
      return .flat(Powers())
    }
    declarationFuel -= 1
    fuel -= 1
    depth += 1
    defer { depth -= 1 }
    return body()
  }

  func judgeLater(_ variable: Variable, _ function: AbstractFunction) { unjudged.append((variable, function)) }

  /// Runs with other variables in scope, as where a closure was made.
  func with<Result>(_ other: Environment, _ body: () -> Result) -> Result {
    var saved = other
    swap(&saved, &environment)
    defer { swap(&saved, &environment) }
    return body()
  }

  func binding<Result>(_ variable: Variable, to value: AbstractValue, _ body: () -> Result) -> Result {
    let outer = environment[variable.id]
    environment[variable.id] = value
    defer { environment[variable.id] = outer }
    return body()
  }

  func value(ofDefinition index: Int) -> AbstractValue {
    if let known = definitionValues[index] { return known }
    let term = definitions[index].term
    let value = with(Environment()) { self.value(of: term) }
    if !isExhausted { definitionValues[index] = value }
    return value
  }
}
