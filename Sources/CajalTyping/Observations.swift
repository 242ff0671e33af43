import CajalSyntax
import Diagnostics

/// What the checker finds out about places of a text, for editors: also in a file with errors.
public final class Observations {
  /// A variable where it is bound.
  public struct Bound {
    public let id: Int
    /// Nil where an error in it has been reported.
    public let variable: Variable?
    /// In the data zone of a model: it may be used any number of times.
    public let isData: Bool
  }

  /// The types of terms that were found to have one.
  public private(set) var types: [Span: Type] = [:]
  /// By the places of their binders.
  public private(set) var variables: [Span: Bound] = [:]
  /// The types of declared values, by their names; of nets, as functions of their parameters.
  public internal(set) var globals: [String: Type] = [:]
  /// The types that the file declares, written out.
  public internal(set) var namedTypes: [String: Type] = [:]
  public internal(set) var horizon = defaultHorizon

  public init() {}

  func note(_ type: Type, at span: Span) { types[span] = type }

  func note(_ binding: Binding) {
    variables[binding.span] = Bound(id: binding.id, variable: binding.variable, isData: binding.isData)
  }
}

extension Checker {
  /// What stands of the whole file once it has been checked.
  func observeGlobals() {
    guard let observations = context.observations else { return }
    observations.horizon = horizon
    observations.namedTypes = globals.aliases.compactMapValues { $0.sized?.type }
    for (name, global) in globals.values {
      var type = global.type
      if global.kind == .net, let result = global.netResult {
        type = global.netParameters.reversed().reduce(result) { whole, parameter in
          whole.flatMap { whole in parameter.map { .function($0, whole) } }
        }
      }
      observations.globals[name] = type
    }
  }
}
