/// Text with ANSI colours, or without.
struct StyledText {
  enum Style { case plain, bold, gutter, error, warning, secondary }

  private let usesColour: Bool
  private(set) var text = ""

  init(usesColour: Bool) { self.usesColour = usesColour }

  mutating func add(_ string: String, _ style: Style = .plain) {
    guard usesColour, let code = Self.code(style) else {
      text += string
      return
    }
    text += "\u{1B}[\(code)m\(string)\u{1B}[0m"
  }

  mutating func newline() { text += "\n" }

  private static func code(_ style: Style) -> String? {
    switch style {
    case .plain: nil
    case .bold: "1"
    case .gutter, .secondary: "1;34"
    case .error: "1;31"
    case .warning: "1;33"
    }
  }
}
