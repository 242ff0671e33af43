/// What is wrong with a safetensors file: one message for a user, starting with the file's path.
public struct SafetensorsError: Error, CustomStringConvertible, Sendable {
  public let path: String
  public let message: String

  public init(path: String, _ message: String) {
    self.path = path
    self.message = message
  }

  public var description: String { "\(path): \(message)" }
}

/// A text from a file that may be hostile, quoted for a message: on one line, and not too long.
func quoted(_ text: String) -> String {
  let shown = text.unicodeScalars.prefix(80).map { scalar in
    scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value)
      ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
  }
  return "\"" + shown.joined() + (text.unicodeScalars.count > 80 ? "…" : "") + "\""
}

func shapeText(_ shape: [Int]) -> String { "[" + shape.map(String.init).joined(separator: ", ") + "]" }
