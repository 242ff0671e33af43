import CajalSyntax
import Diagnostics

/// A term of a model's data zone (LANGUAGE.md, section 6): an input, a net applied to data, or the state of an
/// iteration that a net is applied to.
final class Datum {
  /// Where it does not depend on a state: a term over the model's inputs; terms of equal data are one object.
  /// Otherwise a term of the model's judgement.
  let term: TypedTerm
  /// Equal data that do not depend on a state have one key.
  let key: Int?
  /// The height of its term.
  let depth: Int

  init(term: TypedTerm, key: Int?, depth: Int) {
    self.term = term
    self.key = key
    self.depth = depth
  }

  var type: Type { term.type }
  var dependsOnState: Bool { key == nil }
}

/// What is known about a model's data while its body is checked.
struct DataZone {
  let states: DataStates
  private var networks: [Network: Datum] = [:]
  private var count = 0
  private var links: [Int: (variable: Variable, datum: TypedTerm, first: Span)] = [:]
  /// The names of inputs and links.
  private var names: Set<String> = []

  private struct Network: Hashable {
    let net: Int
    let arguments: [Int]
  }

  init(states: DataStates) { self.states = states }

  private mutating func nextKey() -> Int {
    count += 1
    return count
  }

  mutating func input(_ variable: Variable) -> Datum {
    names.insert(variable.name)
    return Datum(term: TypedTerm(.variable(variable), variable.type, variable.span), key: nextKey(), depth: 1)
  }

  /// A net applied to data none of which depends on a state.
  mutating func network(_ net: Int, _ arguments: [Datum], _ type: Type, _ span: Span) -> Datum {
    let network = Network(net: net, arguments: arguments.compactMap(\.key))
    if let known = networks[network] { return known }
    let depth = 1 + (arguments.map(\.depth).max() ?? 0)
    let datum = Datum(
      term: TypedTerm(.network(net, arguments.map(\.term)), type, span), key: nextKey(), depth: depth)
    networks[network] = datum
    return datum
  }

  /// The variable that is linked to a datum with a key; used at a place.
  mutating func link(_ datum: Datum, _ key: Int, at span: Span, nets: [Net], _ context: inout Context) -> Variable {
    if let known = links[key] {
      if span.start < known.first.start { links[key]?.first = span }
      return known.variable
    }
    let variable: Variable
    switch datum.term.kind {
    case .network(let net, _):
      let name = fresh(nets[net].name.text)
      variable = context.variable(name, datum.type, datum.term.span)
    case .variable(let input): variable = input
    case .definition, .bool, .natural, .literal, .matrix, .primitive, .succ, .lambda, .apply, .conditional, .iterate,
      .constructor, .cases, .fold, .add, .scale:
      preconditionFailure("no datum")
    }
    links[key] = (variable, datum.term, span)
    return variable
  }

  private mutating func fresh(_ name: String) -> String {
    var fresh = name
    var number = 1
    while !names.insert(fresh).inserted {
      number += 1
      fresh = "\(name)\(number)"
    }
    return fresh
  }

  /// All links, in the order in which the text first uses them.
  var allLinks: [Link] {
    let ordered = links.values.sorted { ($0.first.start, $0.variable.id) < ($1.first.start, $1.variable.id) }
    return ordered.map { Link(variable: $0.variable, datum: $0.datum) }
  }
}
