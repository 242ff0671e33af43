import CajalSyntax

/// What the result of a program is where its links are distributions: mixtures of values, with entries that are no less
/// than 0 and add up to 1, those of a function in every column, those of a table as weights of each row and each field
/// (LANGUAGE.md, section 8, Distributions).
public enum ResultDistribution: Hashable, Sendable {
  /// That of the result's value for links that are drawn independently, where no row of a tree has two parents.
  case ofTheValue
  /// One; these variables are drawn anew at each use.
  case redrawn([Variable])
}

/// Which results are distributions.
public struct DistributionAnalysis {
  private let module: TypedModule
  private let terms: MixtureTerms

  public init(_ module: TypedModule) {
    self.module = module
    terms = module.definitions.reduce(into: MixtureTerms()) { $0.append($1.term) }
  }

  /// Nil where nothing is claimed: there are reals, bounds or sums, something may be dropped, or a link or the result is
  /// of a type whose values are no basis.
  public func result(of judgement: Judgement, _ horizon: ProgramHorizon) -> ResultDistribution? {
    guard horizon.drops.isEmpty, terms.types.haveMixtures(judgement.type), judgement.type.asRecursive == nil,
      judgement.context.allSatisfy({ $0.bound == nil && terms.types.haveMixtures($0.variable.type) }),
      terms.keep(judgement.term)
    else { return nil }
    var iterated = IteratedVariables()
    iterated.visit(judgement.term)
    let links = zip(judgement.context, judgement.degrees).filter { port, degree in
      // A table's degree counts its rows.
      port.rows == nil ? !degree.isLinear : iterated.isCaptured(port.variable)
    }
    let binders = iterated.binders.filter { !module.degree(ofBinder: $0).isLinear }
    let redrawn = links.map(\.0.variable) + binders
    return redrawn.isEmpty ? .ofTheValue : .redrawn(redrawn)
  }

  /// Of a model, whose nets are links: each has to end in a softmax over the one vector that it gives.
  public func result(of model: LinkedModel, _ horizon: ProgramHorizon) -> ResultDistribution? {
    model.links.allSatisfy { isMixture($0.datum) } ? result(of: model.judgement, horizon) : nil
  }

  private func isMixture(_ datum: TypedTerm) -> Bool {
    // What is linked to an input is the caller's.
    if case .variable = datum.kind { return true }
    guard case .network(let index, _) = datum.kind, case .activation(.softmax)? = module.nets[index].layers.last?.kind
    else { return false }
    return !module.nets[index].result.isFunction
  }
}

/// What is to be known of types; each declared type is looked into once, however often others have it.
private final class MixtureTypes {
  private var withReals: [DataType: Bool] = [:]

  /// Whether its values are basis vectors, or functions between such: `Bool`, naturals, declared types, and functions of
  /// these that take no function.
  func haveMixtures(_ type: Type) -> Bool {
    switch type {
    case .bool, .nat, .natBelow: true
    case .real: false
    case .data(let type): !haveReals(.data(type))
    case .function(let argument, let result): !argument.isFunction && haveMixtures(argument) && haveMixtures(result)
    }
  }

  /// Whether there are reals anywhere in it, or functions in a declared type.
  func haveReals(_ type: Type) -> Bool {
    switch type {
    case .bool, .nat, .natBelow: return false
    case .real: return true
    case .data(let type):
      if let known = withReals[type] { return known }
      let result = type.constructors.contains { constructor in
        constructor.fields.contains {
          switch $0 {
          case .recursive: false
          case .other(let field): field.isFunction || self.haveReals(field)
          }
        }
      }
      withReals[type] = result
      return result
    case .function(let argument, let result): return haveReals(argument) || haveReals(result)
    }
  }
}

/// The terms that take mixtures to mixtures, by the definitions that they use.
private struct MixtureTerms {
  let types = MixtureTypes()
  private var definitions: [Bool] = []

  mutating func append(_ definition: TypedTerm) { definitions.append(keep(definition)) }

  func keep(_ term: TypedTerm) -> Bool {
    if types.haveReals(term.type) { return false }
    switch term.kind {
    case .definition(let index): return definitions[index]
    // Reals, which the type has shown, and sums: of two mixtures, one of twice the weight.
    case .literal, .matrix, .add, .scale, .concatenate, .scan, .network: return false
    case .variable, .bool, .natural, .primitive, .constructor, .succ, .lambda, .apply, .conditional, .iterate, .cases,
      .fold:
      return term.kind.children.allSatisfy(keep)
    }
  }
}
