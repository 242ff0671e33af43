import CajalSyntax
import CajalTyping

/// Why a judgement was not interpreted.
public enum InterpretationError: Error, Sendable {
  case operationsExhausted(limit: Int)
  /// Functions made from functions, deeper than the stack is sure to hold.
  case nestedTooDeeply(limit: Int)
  /// A vector of this type does not fit.
  case tooLarge(Type)
  /// An alternative is not linear in a binder whose type has more than values.
  case noMatrix(String)
  /// The environment does not fit the context.
  case unsuitableEnvironment(String)

  public var message: String {
    switch self {
    case .operationsExhausted(let limit): "the direct interpreter stopped after \(limit) operations"
    case .nestedTooDeeply(let limit): "the direct interpreter stopped at \(limit) nested applications"
    case .tooLarge(let type): "a vector of type \(type) is too large for the direct interpreter"
    case .noMatrix(let name): "an alternative is not linear in `\(name)`"
    case .unsuitableEnvironment(let message): message
    }
  }
}
