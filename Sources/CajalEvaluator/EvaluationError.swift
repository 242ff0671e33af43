import CajalTyping
import Diagnostics

/// Why a term was not evaluated.
public enum EvaluationError: Error, Sendable {
  /// The limit, and the iteration (or else the term) that was being evaluated.
  case stepsExhausted(limit: Int, Span)
  /// A natural beyond the machine's integers.
  case numberTooLarge(Span)
  case missingValue(name: String, Span)
  /// A value that is not of its variable's type, or that its bound turns into no value.
  case unsuitableValue(String, Span)

  public var diagnostic: Diagnostic {
    switch self {
    case .stepsExhausted(let limit, let span):
      Diagnostic(
        .stepsExhausted, "evaluation did not end within \(limit) steps", at: Label(span, "still running here"),
        notes: ["every well-typed program has a value, but an iteration may take as long as its count is large"],
        help: "allow more steps with `--steps N`")
    case .numberTooLarge(let span):
      Diagnostic(
        .stepsExhausted, "a natural number grew beyond \(Int.max)", at: Label(span, "too large here"),
        help: "use smaller numbers")
    case .missingValue(let name, let span):
      Diagnostic(
        .missingValue, "`\(name)` has no value", at: Label(span, "this variable needs one"),
        help: "give it one with `--set \(name)=…`")
    case .unsuitableValue(let message, let span):
      Diagnostic(.missingValue, message, at: Label(span, "needed here"))
    }
  }
}
