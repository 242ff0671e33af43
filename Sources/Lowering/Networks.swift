import CajalSyntax
import CajalTyping

extension Lowering {
  /// A net applied to all of its arguments.
  func network(
    _ net: Int, _ arguments: [TypedTerm], _ term: TypedTerm, _ environment: Environment
  ) throws -> Meaning {
    throw LoweringError.refused(
      Diagnostic(
        .unfoldsTooFar, "nets are not compiled yet", at: Label(term.span, "the net `\(module.nets[net].name.text)`"),
        help: "use `cajal2c check` for a model"))
  }
}
