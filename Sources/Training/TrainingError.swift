/// What keeps a run from starting or going on, as a message for its user: what is wrong and what to do.
public struct TrainingError: Error, CustomStringConvertible, Sendable {
  public let description: String

  public init(_ description: String) { self.description = description }
}
