import CajalSyntax

/// Prints a checked module as derivations: under each term, indented, the terms of its rule's premises, all with
/// their types.
public struct JudgementPrinter: Sendable {
  public let module: TypedModule
  /// Terms below this depth are printed no further to the right: the text stays linear in the term.
  private static let maximumIndentation = 40

  public init(_ module: TypedModule) { self.module = module }

  /// All definitions, programs, nets and models.
  public func print() -> String {
    var output = "horizon \(module.horizon)\n"
    let programs = Set(module.programs.map(\.name.text))
    for definition in module.definitions where !programs.contains(definition.name) {
      output += "\n" + print(definition)
    }
    for program in module.programs { output += "\n" + print(program) }
    for net in module.nets { output += "\n" + print(net) }
    for learnt in module.learnt {
      let start = learnt.initial.map { " = \(PrettyPrinter.text(of: $0))" } ?? ""
      output += "\nparam \(learnt.name.text) : \(Type.real(learnt.shape))\(start)\n"
    }
    for model in module.models { output += "\n" + print(model) }
    return output
  }

  public func print(_ definition: Definition) -> String {
    var output = "def \(definition.name) : \(definition.term.type)\n"
    append(definition.term, "", 1, &output)
    return output
  }

  public func print(_ judgement: Judgement) -> String {
    "program \(judgement.signature)\n" + derivation(judgement.term)
  }

  func derivation(_ term: TypedTerm) -> String {
    var output = ""
    append(term, "", 1, &output)
    return output
  }

  /// One line for each port, then one for each bound variable that is not linear.
  public func describeDegrees(_ judgement: Judgement) -> [String] {
    let ports = zip(judgement.context, judgement.degrees).map { port, degree in
      ("\(port.variable.name) : \(port.typeText)", port, degree)
    }
    return describeDegrees(of: judgement.term, ports)
  }

  func describeDegrees(
    of term: TypedTerm, _ ports: [(text: String, port: Port, degree: Degree)]
  ) -> [String] {
    var iterated = IteratedVariables()
    iterated.visit(term)
    var rows: [(variable: String, degree: String)] = []
    for (text, port, degree) in ports {
      let why = port.bound != nil ? "bounded" : port.rows != nil ? "a table" : iterated.why(port.variable)
      rows.append((text, describe(degree, why)))
    }
    for binder in iterated.binders where !binder.isData {
      let degree = module.degree(ofBinder: binder)
      guard !degree.isLinear else { continue }
      rows.append(("\(binder.name) : \(binder.type), bound inside", describe(degree, iterated.why(binder))))
    }
    let width = rows.map { $0.variable.count }.max() ?? 0
    return rows.map { row in
      row.variable + String(repeating: " ", count: width - row.variable.count + 3) + row.degree
    }
  }

  /// What `check` says of a result that is a distribution.
  public func describe(_ result: ResultDistribution) -> String {
    switch result {
    case .ofTheValue: return "result: the distribution, of links that are distributions"
    case .redrawn(let variables):
      let names = variables.map { "`\($0.name)`" }.joined(separator: ", ")
      let are = variables.count == 1 ? "is" : "are"
      return "result: a distribution, of links that are; \(names) \(are) drawn anew at each use"
    }
  }

  private func describe(_ degree: Degree, _ why: String) -> String {
    if degree.isLinear { return "degree \(degree.bound), linear" }
    return (degree.bound == .max ? "no bound on the degree" : "degree \(degree.bound)") + ", not linear (\(why))"
  }

  // MARK: Derivations

  private func append(_ term: TypedTerm, _ role: String, _ depth: Int, _ output: inout String) {
    output += String(repeating: "  ", count: min(depth, Self.maximumIndentation))
    if !role.isEmpty { output += "(\(role)) " }
    output += "\(head(term)) : \(term.type)\n"
    for (role, child) in zip(roles(term), term.kind.children) { append(child, role, depth + 1, &output) }
  }

  /// A leaf as it is written, and otherwise the word of the rule, with the variable that it binds.
  private func head(_ term: TypedTerm) -> String {
    switch term.kind {
    case .variable, .definition, .bool, .natural, .literal, .matrix, .constructor:
      term.concreteSyntax(definitions: module.definitions, nets: module.nets)
    case .primitive(let primitive): primitive.name
    case .succ: "succ"
    case .lambda(let variable, _): "fun \(variable.name)"
    case .apply: "apply"
    case .conditional: "if"
    case .iterate(_, let state, _, _): "iter \(state.name)"
    case .cases: "case"
    case .fold: "fold"
    case .add: "+"
    case .scale(let factor, _):
      factor.denominator == 1 ? "\(factor.numerator) *" : "/ \(factor.denominator)"
    case .concatenate: "concat"
    case .scan(_, let state, _, let rounds): "scan \(state.name), \(rounds) rounds"
    case .network(let net, _): "net \(module.nets[net].name.text)"
    }
  }

  private func roles(_ term: TypedTerm) -> [String] {
    switch term.kind {
    case .variable, .definition, .bool, .natural, .literal, .matrix, .primitive, .constructor: []
    case .succ, .lambda, .scale: [""]
    case .apply: ["function", "argument"]
    case .conditional: ["condition", "then", "else"]
    case .iterate: ["base", "step", "count"]
    case .cases(let operand, let alternatives), .fold(let operand, let alternatives):
      alternatives.indices.map { index in
        PrettyPrinter.text(of: alternatives[index].pattern(index, of: operand.type))
      } + ["operand"]
    case .add: ["", ""]
    case .network(_, let arguments): arguments.map { _ in "argument" }
    case .concatenate(let parts): parts.map { _ in "" }
    case .scan: ["base", "step"]
    }
  }
}
