/// The messages of one run, in the order in which they were found.
public struct Diagnostics: Sendable {
  public private(set) var items: [Diagnostic] = []
  public init() {}
  public var hasErrors: Bool { items.contains { $0.severity == .error } }
  public mutating func add(_ diagnostic: Diagnostic) { items.append(diagnostic) }
}
