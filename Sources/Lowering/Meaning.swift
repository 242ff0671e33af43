import CajalSyntax
import Diagnostics
import LinearMaps

/// What a term denotes while it is compiled (LANGUAGE.md, section 4).
///
/// Vectors are values of the graph. Functions are functions *of the compiler*, from meanings to meanings, so that
/// they vanish where they are applied; they become matrices only where they cross an interface.
enum Meaning {
  case vector(Value)
  case function(Function)
  case datum(Datum)
}

/// A function of the compiler. It never leaves the thread that lowers its program; thrown errors carry it, and these
/// have to be `Sendable`.
final class Function: @unchecked Sendable {
  let argument: Type
  let result: Type
  /// The graph in which the function was made: what it captures is known there.
  let home: GraphBuilder
  /// Where to point when the function has no matrix.
  let span: Span
  /// The iteration whose step makes the function nonlinear in its binder, as far as one can be pointed at.
  let culprit: () -> Span?
  /// Applies the function, building in the current graph.
  let rule: (Meaning) throws -> Meaning
  /// The function's matrix, where it is known: a linked function, a literal, or one that was made.
  var matrix: Value?
  /// The linear extension of the values on the basis, where the function itself has no matrix.
  var basisExtension: Value?
  /// Set once the function has turned out not to be linear in its argument.
  var isNonlinear = false
  var applications = 0

  init(
    argument: Type, result: Type, home: GraphBuilder, span: Span, culprit: @escaping () -> Span? = { nil },
    matrix: Value? = nil,
    rule: @escaping (Meaning) throws -> Meaning
  ) {
    self.argument = argument
    self.result = result
    self.home = home
    self.span = span
    self.culprit = culprit
    self.matrix = matrix
    self.rule = rule
  }
}

/// A coefficient of a sum of meanings.
enum Weight {
  case factor(Double)
  /// A value of ℝ.
  case entry(Value)
}

/// Why a term could not be lowered.
enum LoweringError: Error {
  /// A matrix was asked of a function that is not linear in its argument.
  case nonlinear(Function)
  case refused(Diagnostic)
}
