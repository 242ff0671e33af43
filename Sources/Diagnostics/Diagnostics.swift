/// What a stage has to say, in the order in which it says it; at most `limit` errors and `limit` warnings are kept.
public struct Diagnostics: Sendable {
  public static let limit = 100

  public private(set) var items: [Diagnostic] = []
  /// How many were added, those that were not kept included.
  public private(set) var errorCount = 0
  public private(set) var warningCount = 0

  public init() {}

  public var hasErrors: Bool { errorCount > 0 }

  /// Further errors are only counted.
  public var isFull: Bool { errorCount >= Self.limit }

  /// Adds an error that is put together only if it is kept.
  public mutating func addError(_ diagnostic: () -> Diagnostic) {
    if isFull { countError() } else { add(diagnostic()) }
  }

  public mutating func countError() { errorCount += 1 }

  public mutating func add(_ diagnostic: Diagnostic) {
    switch diagnostic.severity {
    case .error:
      errorCount += 1
      if errorCount <= Self.limit { items.append(diagnostic) }
    case .warning:
      warningCount += 1
      if warningCount <= Self.limit { items.append(diagnostic) }
    }
  }

  public mutating func add(contentsOf other: Diagnostics) {
    let errors = errorCount + other.errorCount
    let warnings = warningCount + other.warningCount
    for diagnostic in other.items { add(diagnostic) }
    errorCount = errors
    warningCount = warnings
  }

  /// Orders by place; those about the file as a whole come first. Equal places keep their order.
  public mutating func sortByPlace() {
    func place(_ diagnostic: Diagnostic) -> Int { diagnostic.primary?.span.start ?? -1 }
    let order = items.indices.sorted { (place(items[$0]), $0) < (place(items[$1]), $1) }
    items = order.map { items[$0] }
  }

  /// How many were counted and not kept, in words; nil where all are shown.
  public var closingRemark: String? {
    let errors = max(0, errorCount - Self.limit)
    let warnings = max(0, warningCount - Self.limit)
    let parts = [Self.count(errors, "more error"), Self.count(warnings, "more warning")].compactMap { $0 }
    guard !parts.isEmpty else { return nil }
    let verb = errors + warnings == 1 ? "is" : "are"
    return "\(parts.joined(separator: " and ")) \(verb) not shown"
  }

  /// `2 errors, 1 warning`; nil where there is nothing.
  public var summary: String? {
    let parts = [Self.count(errorCount, "error"), Self.count(warningCount, "warning")].compactMap { $0 }
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }

  private static func count(_ number: Int, _ noun: String) -> String? {
    number == 0 ? nil : "\(number) \(noun)\(number == 1 ? "" : "s")"
  }
}
