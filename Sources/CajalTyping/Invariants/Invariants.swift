import BigInt
import CajalSyntax

/// An iteration over reals, and what one round makes of its state.
struct AnalysedRound {
  /// Of the iteration.
  let term: TypedTerm
  let state: Variable
  let step: TypedTerm
  let shape: [Int]
  /// The state's entries.
  let before: [Int]
  /// Nil where it is too large or not known.
  let after: [Polynomial]?
  let unknowns: Unknowns
}

/// Finds the iterations over reals in a term, each with what its step computes.
struct RoundSearch {
  /// Entries of the largest state that is looked at.
  static let largestState = 64

  private let interpreter: SymbolicInterpreter
  private(set) var found: [AnalysedRound] = []

  init(_ interpreter: SymbolicInterpreter) { self.interpreter = interpreter }

  mutating func visit(_ term: TypedTerm, _ environment: SymbolicInterpreter.Environment) {
    switch term.kind {
    case .iterate(let base, let state, let step, let count):
      visit(base, environment)
      round(term, state, step, environment)
      visit(count, environment)
    case .scan(let base, let state, let step, _):
      visit(base, environment)
      round(term, state, step, environment)
    case .apply(let function, let value):
      guard case .lambda(let name, let body) = function.kind else { break }
      visit(value, environment)
      var inner = environment
      inner[name.id] = interpreter.value(of: value, environment)
      return visit(body, inner)
    case .variable, .definition, .bool, .natural, .literal, .matrix, .primitive, .constructor, .succ, .lambda,
      .conditional, .cases, .fold, .add, .scale, .concatenate, .network:
      break
    }
    if case .iterate = term.kind { return }
    if case .scan = term.kind { return }
    for child in term.kind.children { visit(child, environment) }
  }

  private mutating func round(
    _ term: TypedTerm, _ state: Variable, _ step: TypedTerm, _ environment: SymbolicInterpreter.Environment
  ) {
    var inner = environment
    guard case .real(let shape) = state.type, shape.reduce(1, *) <= Self.largestState,
      case .entries(let entries) = interpreter.anything(state.type, state.name, .nonnegative)
    else { return visit(step, environment) }
    inner[state.id] = .entries(entries)
    let before = entries.compactMap { $0.terms.keys.first?.factors.first }
    var after: [Polynomial]?
    if case .entries(let values) = interpreter.value(of: step, inner) { after = values }
    found.append(
      AnalysedRound(
        term: term, state: state, step: step, shape: shape, before: before, after: after,
        unknowns: interpreter.unknowns))
    visit(step, inner)
  }
}

extension AnalysedRound {
  /// A basis of the weights of which the weighted sum of the state's entries is the same after every round, whatever the
  /// unknowns are.
  var conserved: [[BigInt]] {
    guard let after else { return [] }
    var space = NullSpace(columns: before.count)
    for (_, row) in rows(after) {
      space.insert(row)
      if space.isTrivial { return [] }
    }
    // The sum of all is what most look for, where it is not plain already.
    let basis = space.basis
    guard basis.count > 1, basis.joined().contains(where: { $0 != 0 && $0 != 1 }),
      residual(before.map { _ in .one })?.isZero == true
    else { return basis }
    return [before.map { _ in 1 }] + basis.dropLast()
  }

  /// For each product of unknowns, what its coefficient in an entry changes by in a round.
  private func rows(_ after: [Polynomial]) -> [Monomial: [Int: Rational]] {
    var rows: [Monomial: [Int: Rational]] = [:]
    for (index, polynomial) in after.enumerated() {
      let change = polynomial + Rational(-1) * Polynomial(unknown: before[index])
      for (monomial, coefficient) in change.terms { rows[monomial, default: [:]][index] = coefficient }
    }
    return rows
  }

  /// What the weighted sum changes by in a round; nil where that is not known.
  func residual(_ weights: [Rational]) -> Polynomial? {
    guard let after else { return nil }
    var sum = Polynomial()
    for (index, weight) in weights.enumerated() {
      sum = sum + weight * (after[index] + Rational(-1) * Polynomial(unknown: before[index]))
    }
    return sum
  }

  /// An entry of which it is not known that it stays 0 or more: the product of the state's entries whose factor may be
  /// below 0, and that factor.
  struct Sign {
    let entry: Int
    let product: Monomial
    let factor: Polynomial
  }

  /// Nil where all stay 0 or more if all are at first. The round is known.
  var negative: Sign? {
    let own = Set(before)
    for (index, polynomial) in (after ?? []).enumerated() {
      var factors: [Monomial: Polynomial] = [:]
      for (monomial, coefficient) in polynomial.terms {
        let product = Monomial(monomial.factors.filter(own.contains))
        factors[product, default: Polynomial()].add(
          coefficient, Monomial(monomial.factors.filter { !own.contains($0) }))
      }
      let sorted = factors.sorted { $0.key.factors.description < $1.key.factors.description }
      for (product, factor) in sorted where !unknowns.interval(of: factor).isNonnegative {
        return Sign(entry: index, product: product, factor: factor)
      }
    }
    return nil
  }

  /// `y[0]`
  func place(_ index: Int) -> String { state.name + SymbolicInterpreter.place(index, in: shape) }
}

extension SymbolicInterpreter {
  /// Unknown where it is too much to compute.
  func value(of term: TypedTerm, _ environment: Environment) -> SymbolicValue {
    begin()
    do { return try interpret(term, environment) } catch { return .unknown }
  }
}

extension TypedModule {
  /// The iterations over reals of a program.
  func rounds(of judgement: Judgement, sumsSoftmax: Bool) -> [AnalysedRound] {
    rounds(in: judgement.term, sumsSoftmax) { interpreter in
      var environment: SymbolicInterpreter.Environment = [:]
      for port in judgement.context {
        environment[port.variable.id] = interpreter.anything(
          port.variable.type, port.variable.name, port.bound?.interval ?? .all)
      }
      return environment
    }
  }

  func rounds(of model: LinkedModel, sumsSoftmax: Bool) -> [AnalysedRound] {
    let bounds = Dictionary(uniqueKeysWithValues: model.inputs.map { ($0.variable.id, $0.bound) })
    return rounds(in: model.judgement.term, sumsSoftmax) { interpreter in
      var environment: SymbolicInterpreter.Environment = [:]
      for link in model.links {
        let variable = link.variable
        environment[variable.id] =
          if case .network(let net, _) = link.datum.kind {
            interpreter.result(ofNet: net, named: variable.name)
          } else {
            interpreter.anything(variable.type, variable.name, (bounds[variable.id] ?? nil)?.interval ?? .all)
          }
      }
      return environment
    }
  }

  func rounds(of definition: Definition) -> [AnalysedRound] { rounds(in: definition.term, true) { _ in [:] } }

  private func rounds(
    in term: TypedTerm, _ sumsSoftmax: Bool,
    _ environment: (SymbolicInterpreter) -> SymbolicInterpreter.Environment
  ) -> [AnalysedRound] {
    let interpreter = SymbolicInterpreter(self)
    interpreter.sumsSoftmax = sumsSoftmax
    var search = RoundSearch(interpreter)
    search.visit(term, environment(interpreter))
    return search.found
  }
}

extension Bound {
  /// Where each entry lies.
  fileprivate var interval: Interval { Rational(written: radius).map { Interval(radius: $0) } ?? .all }
}
