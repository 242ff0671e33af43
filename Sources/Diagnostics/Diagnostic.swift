public enum Severity: String, Sendable { case error, warning }

/// A place with a few words on it ("used here first").
public struct Label: Sendable {
  public let span: Span
  public let text: String
  public init(_ span: Span, _ text: String) {
    self.span = span
    self.text = text
  }
}

/// One message to the user: what is wrong, where, why, and what to do.
public struct Diagnostic: Sendable {
  public let code: DiagnosticCode
  public let severity: Severity
  public let message: String
  /// The place the message is about; nil for one about the file as a whole.
  public let primary: Label?
  public let secondary: [Label]
  /// Why: a rule of the language, with what was expected and found.
  public let notes: [String]
  /// What to do.
  public let help: String?
  /// What to do, as far as a program can do it: each is one way.
  public let fixes: [Fix]

  public init(
    _ code: DiagnosticCode, _ message: String, at primary: Label?, also secondary: [Label] = [], notes: [String] = [],
    help: String? = nil, fixes: [Fix] = [], severity: Severity? = nil
  ) {
    self.code = code
    self.severity = severity ?? code.defaultSeverity
    self.message = message
    self.primary = primary
    self.secondary = secondary
    self.notes = notes
    self.help = help
    self.fixes = fixes
  }
}
