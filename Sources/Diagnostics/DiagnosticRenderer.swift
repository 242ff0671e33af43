/// Prints diagnostics for people: the message, the source lines with the places underlined, why, and what to do.
///
/// ```
/// error[E0101]: variable `x` is used twice
///  --> file.cajal:1:20
///   |
/// 1 | def f = fun x => x x
///   |                  - ^ and again here
///   |                  |
///   |                  used here first
///   |
///   = note: every variable is used exactly once
///   = help: …
/// ```
public struct DiagnosticRenderer: Sendable {
  public let source: Source
  public var usesColour: Bool
  /// How many columns of a source line are shown.
  public var width: Int

  public init(source: Source, usesColour: Bool = false, width: Int = 100) {
    self.source = source
    self.usesColour = usesColour
    self.width = max(width, 20)
  }

  /// All of them, with an empty line between each two; ends with a line break unless there are none.
  public func render(_ diagnostics: Diagnostics) -> String {
    var parts = diagnostics.items.map(render)
    if let remark = diagnostics.closingRemark { parts.append("… and \(remark)\n") }
    return parts.joined(separator: "\n")
  }

  /// One diagnostic; ends with a line break.
  public func render(_ diagnostic: Diagnostic) -> String {
    let heading: StyledText.Style = diagnostic.severity == .error ? .error : .warning
    var output = StyledText(usesColour: usesColour)
    output.add("\(diagnostic.severity.rawValue)[\(diagnostic.code.rawValue)]", heading)
    output.add(": " + oneLine(diagnostic.message), .bold)
    output.newline()
    let lines = diagnostic.primary.map { excerpt($0, diagnostic.secondary) } ?? []
    let gutter = String(lines.last?.number ?? 0).count
    let margin = String(repeating: " ", count: gutter)
    if let primary = diagnostic.primary {
      let position = source.position(of: primary.span.start)
      output.add(margin + "--> ", .gutter)
      output.add("\(source.name):\(position.line):\(position.column)")
      output.newline()
      render(lines, heading, margin, &output)
    } else {
      output.add("--> ", .gutter)
      output.add(source.name)
      output.newline()
    }
    let advice = diagnostic.notes.map { ("note", $0) } + (diagnostic.help.map { [("help", $0)] } ?? [])
    if diagnostic.primary != nil, !advice.isEmpty {
      output.add(margin + " |", .gutter)
      output.newline()
    }
    for (word, text) in advice {
      output.add(margin + " = ", .gutter)
      output.add(word, .bold)
      let indent = "\n" + margin + String(repeating: " ", count: word.count + 5)
      output.add(": " + text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: indent))
      output.newline()
    }
    return output.text
  }

  private func oneLine(_ text: String) -> String { text.split(separator: "\n").joined(separator: " ") }

  private func render(
    _ lines: [ExcerptLine], _ heading: StyledText.Style, _ margin: String, _ output: inout StyledText
  ) {
    output.add(margin + " |", .gutter)
    output.newline()
    var previous: Int?
    for line in lines {
      if let previous, line.number > previous + 1 {
        if line.number == previous + 2 {
          render(ExcerptLine(number: previous + 1, marks: []), heading, margin, &output)
        } else {
          output.add("…", .gutter)
          output.newline()
        }
      }
      render(line, heading, margin, &output)
      previous = line.number
    }
  }

  /// A source line with the rows of its marks below it.
  private func render(
    _ line: ExcerptLine, _ heading: StyledText.Style, _ margin: String, _ output: inout StyledText
  ) {
    let number = String(line.number)
    let focus = (line.marks.first { $0.isPrimary } ?? line.marks.first)?.start
    let view = LineView(source, line: line.number, focus: focus, width: width)
    output.add(String(repeating: " ", count: margin.count - number.count) + number + " |", .gutter)
    if !view.text.isEmpty { output.add(" " + view.text) }
    output.newline()
    for row in Underlines(line.marks, in: view).rows {
      output.add(margin + " | ", .gutter)
      for piece in row { output.add(piece.text, piece.isPrimary.map { $0 ? heading : .secondary } ?? .plain) }
      output.newline()
    }
  }

  // MARK: Which lines, and what is marked on them

  struct ExcerptLine {
    let number: Int
    var marks: [Mark]
  }

  /// A range of bytes of one line.
  struct Mark {
    let start: Int
    let end: Int
    let isPrimary: Bool
    let text: String
  }

  /// The lines with marks, in order. A span over several lines marks its first and its last, which has its label.
  private func excerpt(_ primary: Label, _ secondary: [Label]) -> [ExcerptLine] {
    var marks: [Int: [Mark]] = [:]
    for (label, isPrimary) in [(primary, true)] + secondary.map({ ($0, false) }) {
      let start = min(label.span.start, source.bytes.count)
      let end = min(label.span.end, source.bytes.count)
      let first = source.position(of: start).line
      let last = source.position(of: max(start, end - 1)).line
      if first == last {
        marks[first, default: []].append(Mark(start: start, end: end, isPrimary: isPrimary, text: label.text))
      } else {
        let tail = source.line(last)
        let margin = tail.firstIndex { $0 != 0x20 && $0 != 0x09 } ?? tail.startIndex
        let head = source.line(first).endIndex
        marks[first, default: []].append(Mark(start: start, end: head, isPrimary: isPrimary, text: ""))
        marks[last, default: []].append(
          Mark(start: min(margin, end), end: end, isPrimary: isPrimary, text: label.text))
      }
    }
    return marks.keys.sorted().map { ExcerptLine(number: $0, marks: marks[$0] ?? []) }
  }
}
