import LinearMaps

/// A step from a graph to an equal one that costs less.
public struct Pass: Sendable {
  /// The name that `--dump-after` takes.
  public let name: String
  /// Nil where the pass finds nothing to do.
  public let run: @Sendable (Graph) -> Graph?

  public init(_ name: String, _ run: @escaping @Sendable (Graph) -> Graph?) {
    self.name = name
    self.run = run
  }
}

/// A pass broke the graph: a bug in the compiler, and whose.
public struct BrokenPass: Error, CustomStringConvertible {
  public let pass: String
  public let violation: InvalidGraph
  public var description: String { "the graph is not valid after \(pass): \(violation)" }
}
