import Diagnostics

/// A text that the client has open, whether it is saved or not.
final class Document {
  let uri: String
  private(set) var version: Int?
  private(set) var buffer: TextBuffer
  /// Of the text as it is now.
  private(set) var analysis: Analysis

  init(uri: String, version: Int?, text: String) {
    self.uri = uri
    self.version = version
    buffer = TextBuffer(text)
    analysis = Analysis(buffer, uri: uri)
  }

  /// Takes the changes of a `didChange` notification, one after another.
  ///
  /// - Throws: `ResponseError`; the text is then as it was.
  func apply(_ changes: [JSON], version: Int?) throws {
    var changed = buffer
    for change in changes {
      guard let text = change["text"]?.string else { throw ResponseError.invalidParams("a change has a text") }
      guard let range = change["range"], range != .null else {
        changed = TextBuffer(text)
        continue
      }
      guard let start = Position(range["start"]), let end = Position(range["end"]) else {
        throw ResponseError.invalidParams("a range has a start and an end")
      }
      changed.replace(start, end, by: text)
    }
    self.version = version
    guard changed != buffer else { return }
    buffer = changed
    analysis = Analysis(buffer, uri: uri)
  }
}

extension Position {
  init?(_ json: JSON?) {
    guard let line = json?["line"]?.integer, let character = json?["character"]?.integer else { return nil }
    self.init(line: line, character: character)
  }
}
