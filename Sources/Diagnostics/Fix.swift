/// A change of the text that may put right what a diagnostic is about.
public struct Fix: Hashable, Sendable {
  public enum Change: Hashable, Sendable {
    /// Texts in the place of others, in the order of the file, none over another.
    case edits([Edit])
    /// The file is to have this horizon, whether it declares one or not.
    case horizon(Int)
  }

  public struct Edit: Hashable, Sendable {
    public let span: Span
    public let text: String
    public init(_ span: Span, _ text: String) {
      self.span = span
      self.text = text
    }
  }

  /// In the imperative, without a full stop.
  public let title: String
  public let change: Change

  public init(_ title: String, _ change: Change) {
    self.title = title
    self.change = change
  }

  public static func replace(_ span: Span, by text: String) -> Fix {
    Fix("replace by `\(text)`", .edits([Edit(span, text)]))
  }

  /// What is inserted is shown without the space around it, if nothing else is said.
  public static func insert(_ text: String, at offset: Int, _ title: String? = nil) -> Fix {
    Fix(
      title ?? "insert `\(text.split(separator: " ").joined(separator: " "))`",
      .edits([Edit(Span(offset, offset), text)]))
  }

  public static func remove(_ span: Span, _ title: String) -> Fix { Fix(title, .edits([Edit(span, "")])) }
}
