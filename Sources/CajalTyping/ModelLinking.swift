import CajalSyntax
import Diagnostics

/// A model's body cut in two (LANGUAGE.md, section 6): what is linked, which is its data and the nets applied to what is
/// computed from data alone, and the judgement, whose variables are linked to these.
///
/// Equal links are one. A name that `let` gives to data stays a `let` of the judgement where that uses it; in a link it is
/// written out, so that the terms of links share their parts.
struct ModelLinking {
  private let body: TypedTerm
  private let nets: [Net]
  private(set) var context: Context
  /// The place of a net that is applied to nets too deeply.
  private(set) var tooDeep: Span?

  private let purity: Purity
  /// Of names that stand for data computed from data alone.
  private var values: [Int: TypedTerm] = [:]
  private var usedNames: Set<Int> = []
  /// Of further names for states.
  private var aliases: [Int: Variable] = [:]
  private var writtenOut: [Int: TypedTerm] = [:]
  private var interned = InternedTerms()
  private var linked: [ObjectIdentifier: (variable: Variable, datum: TypedTerm, first: Span)] = [:]
  /// The names of data and links.
  private var names: Set<String>

  /// - Parameter data: the model's inputs and learnt tensors.
  init(_ body: TypedTerm, data: [Variable], nets: [Net], context: Context) {
    self.body = body
    self.nets = nets
    self.context = context
    names = Set(data.map(\.name))
    purity = Purity(of: body, data: data)
  }

  mutating func run() -> TypedTerm { judgement(body) }

  /// In the order in which the text first uses them.
  var links: [Link] {
    let ordered = linked.values.sorted { ($0.first.start, $0.variable.id) < ($1.first.start, $1.variable.id) }
    return ordered.map { Link(variable: $0.variable, datum: $0.datum) }
  }

  // MARK: The judgement

  private mutating func judgement(_ term: TypedTerm) -> TypedTerm {
    switch term.kind {
    case .variable(let variable):
      guard purity.isPure(variable) else {
        return aliases[variable.id].map { TypedTerm(.variable($0), term.type, term.span) } ?? term
      }
      guard let value = values[variable.id] else { return link(term, at: term.span) }
      if isLink(value) { return link(writtenOut(term), at: term.span) }
      usedNames.insert(variable.id)
      return term
    case .network where purity.isPure(term): return link(writtenOut(term), at: term.span)
    case .apply(let function, let value):
      guard case .lambda(let name, let scope) = function.kind, name.isData else { break }
      guard purity.isPure(name) else {
        let value = judgement(value)
        if case .variable(let other) = value.kind, other.isData {
          // Another name for the same state.
          aliases[name.id] = other
          return judgement(scope)
        }
        let body = judgement(scope)
        return TypedTerm(
          .apply(TypedTerm(.lambda(name, body), function.type, function.span), value), term.type, term.span)
      }
      self.name(value, name)
      let body = judgement(scope)
      guard usedNames.contains(name.id) else { return body }
      return TypedTerm(
        .apply(TypedTerm(.lambda(name, body), function.type, function.span), judgement(value)), term.type, term.span)
    case .definition, .bool, .natural, .literal, .matrix, .primitive, .succ, .lambda, .conditional, .iterate,
      .constructor, .cases, .fold, .add, .scale, .concatenate, .scan, .network:
      break
    }
    if term.kind.children.isEmpty { return term }
    return TypedTerm(term.kind.mapping { judgement($0) }, term.type, term.span)
  }

  /// The value of a name is linked itself, under its own name or that of a net.
  private func isLink(_ value: TypedTerm) -> Bool {
    switch value.kind {
    case .variable(let variable): purity.isPure(variable) && (values[variable.id].map(isLink) ?? true)
    case .network: true
    // What a `let` gives is its body.
    case .apply(let function, _):
      if case .lambda(let name, let scope) = function.kind, name.isData { isLink(scope) } else { false }
    case .definition, .bool, .natural, .literal, .matrix, .primitive, .succ, .lambda, .conditional, .iterate,
      .constructor, .cases, .fold, .add, .scale, .concatenate, .scan:
      false
    }
  }

  private mutating func link(_ datum: TypedTerm, at span: Span) -> TypedTerm {
    let datum = interned.intern(datum)
    let id = ObjectIdentifier(datum)
    if let known = linked[id] {
      if span.start < known.first.start { linked[id]?.first = span }
      return TypedTerm(.variable(known.variable), datum.type, span)
    }
    let variable: Variable
    switch datum.kind {
    case .variable(let own): variable = own
    case .network(let net, _): variable = context.variable(fresh(nets[net].name.text), datum.type, datum.span)
    case .definition, .bool, .natural, .literal, .matrix, .primitive, .succ, .lambda, .apply, .conditional, .iterate,
      .constructor, .cases, .fold, .add, .scale, .concatenate, .scan:
      preconditionFailure("only data and nets are linked")
    }
    linked[id] = (variable, datum, span)
    return TypedTerm(.variable(variable), datum.type, span)
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

  // MARK: Links

  /// Written out where it stands, so that the depth of the text bounds that of the recursion.
  private mutating func name(_ value: TypedTerm, _ name: Variable) {
    values[name.id] = value
    writtenOut[name.id] = writtenOut(value)
  }

  /// A term over the model's data, every name for what is computed from them written out.
  private mutating func writtenOut(_ term: TypedTerm) -> TypedTerm {
    switch term.kind {
    case .variable(let variable):
      return writtenOut[variable.id] ?? interned.intern(term)
    case .apply(let function, let value):
      guard case .lambda(let name, let scope) = function.kind, name.isData, purity.isPure(name) else { break }
      self.name(value, name)
      return writtenOut(scope)
    case .definition, .bool, .natural, .literal, .matrix, .primitive, .succ, .lambda, .conditional, .iterate,
      .constructor, .cases, .fold, .add, .scale, .concatenate, .scan, .network:
      break
    }
    let result = interned.intern(TypedTerm(term.kind.mapping { writtenOut($0) }, term.type, term.span))
    if interned.depth(of: result) > Term.maximumDepth { tooDeep = tooDeep ?? term.span }
    return result
  }
}

/// Which names and nets of a model's body depend on its inputs and learnt tensors alone, and not on states, on binders
/// or on linear variables.
private struct Purity {
  private var variables: Set<Int>
  private var networks: Set<ObjectIdentifier> = []
  /// The number of binders around each other variable in scope.
  private var levels: [Int: Int] = [:]

  init(of body: TypedTerm, data: [Variable]) {
    variables = Set(data.map(\.id))
    _ = visit(body, 0)
  }

  func isPure(_ variable: Variable) -> Bool { variables.contains(variable.id) }
  func isPure(_ network: TypedTerm) -> Bool { networks.contains(ObjectIdentifier(network)) }

  /// The level of the outermost variable in it that is not pure; `Int.max` where there is none.
  private mutating func visit(_ term: TypedTerm, _ level: Int) -> Int {
    switch term.kind {
    case .variable(let variable): return variables.contains(variable.id) ? .max : levels[variable.id] ?? .max
    case .apply(let function, let value):
      guard case .lambda(let name, let scope) = function.kind, name.isData else { break }
      let outermost = visit(value, level)
      if outermost == .max {
        variables.insert(name.id)
        return visit(scope, level)
      }
      return min(outermost, visit(scope, binding: [name], level))
    case .lambda(let variable, let scope): return visit(scope, binding: [variable], level)
    case .iterate(let base, let state, let step, let count):
      return min(visit(base, level), visit(step, binding: [state], level), visit(count, level))
    case .scan(let base, let state, let step, _):
      return min(visit(base, level), visit(step, binding: [state], level))
    case .cases(let operand, let alternatives), .fold(let operand, let alternatives):
      return alternatives.reduce(visit(operand, level)) { min($0, visit($1.body, binding: $1.binders, level)) }
    case .network:
      let outermost = term.kind.children.reduce(Int.max) { min($0, visit($1, level)) }
      if outermost == .max { networks.insert(ObjectIdentifier(term)) }
      return outermost
    case .definition, .bool, .natural, .literal, .matrix, .primitive, .constructor, .succ, .conditional, .add, .scale,
      .concatenate:
      break
    }
    return term.kind.children.reduce(Int.max) { min($0, visit($1, level)) }
  }

  private mutating func visit(_ term: TypedTerm, binding bound: [Variable], _ level: Int) -> Int {
    for variable in bound { levels[variable.id] = level }
    let outermost = visit(term, level + 1)
    for variable in bound { levels[variable.id] = nil }
    return outermost >= level ? .max : outermost
  }
}
