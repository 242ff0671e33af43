import Diagnostics
import Testing

@Suite struct DiagnosticRendererTests {
  /// The span of the n-th occurrence of a piece of the text.
  private func span(_ piece: String, _ occurrence: Int = 1, in text: String) -> Span {
    let (bytes, wanted) = (Array(text.utf8), Array(piece.utf8))
    var seen = 0
    for start in 0...(bytes.count - wanted.count) where Array(bytes[start..<start + wanted.count]) == wanted {
      seen += 1
      if seen == occurrence { return Span(start, start + wanted.count) }
    }
    Issue.record("no such piece: \(piece)")
    return Span(0, 0)
  }

  private func render(_ text: String, _ diagnostic: Diagnostic, width: Int = 100) -> String {
    DiagnosticRenderer(source: Source(name: "file.cajal", text: text), width: width).render(diagnostic)
  }

  @Test func twoPlacesOnOneLine() {
    let text = "def f = fun x => x x"
    let output = render(
      text,
      Diagnostic(
        .usedTwice, "variable `x` is used twice", at: Label(span("x", 3, in: text), "and again here"),
        also: [Label(span("x", 2, in: text), "used here first"), Label(span("x", 1, in: text), "bound here")],
        notes: ["every variable is used exactly once"], help: "use it once"))
    #expect(
      output == """
        error[E0101]: variable `x` is used twice
         --> file.cajal:1:20
          |
        1 | def f = fun x => x x
          |             -    - ^ and again here
          |             |    |
          |             |    used here first
          |             bound here
          |
          = note: every variable is used exactly once
          = help: use it once

        """)
  }

  @Test func placesOnSeveralLines() {
    let text = (1...12).map { "line \($0) here" }.joined(separator: "\n")
    let output = render(
      text,
      Diagnostic(
        .duplicateDeclaration, "declared twice", at: Label(span("line 12", in: text), "again"),
        also: [
          Label(span("here", 1, in: text), "first"), Label(span("here", 3, in: text), "second"),
          Label(span("line 10", in: text), "third"),
        ]))
    #expect(
      output == """
        error[E0303]: declared twice
          --> file.cajal:12:1
           |
         1 | line 1 here
           |        ---- first
         2 | line 2 here
         3 | line 3 here
           |        ---- second
        …
        10 | line 10 here
           | ------- third
        11 | line 11 here
        12 | line 12 here
           | ^^^^^^^ again

        """)
  }

  @Test func aSpanOverSeveralLinesMarksItsFirstAndLast() {
    let text = "def a =\n  if b\n  then c\n  else d  \ndef e = f"
    let output = render(
      text,
      Diagnostic(
        .branchesDiffer, "differ", at: Label(Span(10, span("else d", in: text).end), "this"), severity: .warning))
    #expect(
      output == """
        warning[E0205]: differ
         --> file.cajal:2:3
          |
        2 |   if b
          |   ^^^^
        3 |   then c
        4 |   else d  
          |   ^^^^^^ this

        """)
  }

  @Test func withoutAPlace() {
    let output = render("", Diagnostic(.emptyFile, "nothing\nhere", at: nil, notes: ["one\ntwo"], help: "write"))
    #expect(
      output == """
        error[E0010]: nothing here
        --> file.cajal
          = note: one
                  two
          = help: write

        """)
  }

  @Test func atTheEndOfTheFile() {
    let output = render("def a =\n", Diagnostic(.unexpectedToken, "missing", at: Label(Span(8, 8), "here")))
    #expect(
      output == """
        error[E0005]: missing
         --> file.cajal:2:1
          |
        2 |
          | ^ here

        """)
  }

  @Test func tabsWideAndCombiningCharacters() {
    let text = "\tx\t变量 e\u{301} 😀 y"
    let output = render(
      text,
      Diagnostic(
        .unknownVariable, "unknown", at: Label(span("y", in: text), "this"),
        also: [Label(span("变量", in: text), "that"), Label(span("x", in: text), "")]))
    #expect(
      output == """
        error[E0301]: unknown
         --> file.cajal:1:12
          |
        1 |     x   变量 e\u{301} 😀 y
          |     -   ----      ^ this
          |         |
          |         that

        """)
  }

  @Test func bytesThatAreNotUTF8() {
    let source = Source(name: "f", bytes: [0x61, 0x20, 0xFF, 0xC3, 0x20, 0x00, 0x62])
    let output = DiagnosticRenderer(source: source).render(
      Diagnostic(.unknownVariable, "unknown", at: Label(Span(6, 7), "b")))
    #expect(output.contains("1 | a \u{FFFD}\u{FFFD} \u{FFFD}b\n  |       ^ b\n"))
  }

  @Test func longLinesAreWindowed() {
    let text = String(repeating: "abc ", count: 100) + "HERE" + String(repeating: " xyz", count: 100)
    let output = render(
      text, Diagnostic(.unknownVariable, "unknown", at: Label(span("HERE", in: text), "this")), width: 40)
    #expect(
      output == """
        error[E0301]: unknown
         --> file.cajal:1:401
          |
        1 | …abc abc abc HERE xyz xyz xyz xyz xyz x…
          |              ^^^^ this

        """)
  }

  @Test func hugeLinesAreCutToTheSameWindow() {
    let text = String(repeating: "x", count: 3_000_000)
    for place in [0, 1_500_000, 2_999_999, 3_000_000] {
      let output = render(text, Diagnostic(.unknownVariable, "u", at: Label(Span(place, 3_000_000), "this")))
      let lines = output.split(separator: "\n")
      #expect(lines.allSatisfy { $0.count <= 112 }, "\(output)")
      #expect(lines.last?.contains("^ this") == true)
    }
  }

  @Test func overlappingMarksShowThePrimaryOne() {
    let text = "f (a b c)"
    let output = render(
      text,
      Diagnostic(
        .typeMismatch, "m", at: Label(span("b", in: text), "inner"), also: [Label(span("(a b c)", in: text), "outer")]))
    #expect(
      output == """
        error[E0201]: m
         --> file.cajal:1:6
          |
        1 | f (a b c)
          |   ---^---
          |   |  |
          |   |  inner
          |   outer

        """)
  }

  @Test func linesThatEndInCarriageReturns() {
    let output = render("a\r\nb\r\n", Diagnostic(.unknownVariable, "u", at: Label(Span(3, 4), "b")))
    #expect(output.contains("2 | b\n  | ^ b\n"))
  }

  @Test func spansOutsideTheTextAreMovedIn() {
    for span in [Span(5, 9), Span(100, 200), Span(0, 100)] {
      #expect(render("abc", Diagnostic(.unknownVariable, "u", at: Label(span, "x"))).contains("1 | abc\n"))
    }
  }

  @Test func colours() {
    let source = Source(name: "f", text: "a b")
    let output = DiagnosticRenderer(source: source, usesColour: true).render(
      Diagnostic(.unknownVariable, "u", at: Label(Span(0, 1), "here"), also: [Label(Span(2, 3), "there")], help: "do"))
    let (red, blue, bold, end) = ("\u{1B}[1;31m", "\u{1B}[1;34m", "\u{1B}[1m", "\u{1B}[0m")
    #expect(output.hasPrefix("\(red)error[E0301]\(end)\(bold): u\(end)\n"))
    #expect(output.contains("\(red)^\(end) \(blue)- there\(end)\n"))
    #expect(output.contains("\(blue)  = \(end)\(bold)help\(end): do\n"))
  }

  @Test func severalWithARemark() {
    let source = Source(name: "f", text: "a")
    var diagnostics = Diagnostics()
    #expect(DiagnosticRenderer(source: source).render(diagnostics) == "")
    for _ in 0..<101 { diagnostics.add(Diagnostic(.unknownVariable, "u", at: nil)) }
    diagnostics.add(Diagnostic(.entryMayBeDropped, "w", at: nil))
    let output = DiagnosticRenderer(source: source).render(diagnostics)
    #expect(output.contains("error[E0301]: u\n--> f\n\nerror[E0301]: u\n"))
    #expect(output.contains("warning[W0501]: w\n"), "errors do not crowd out warnings")
    #expect(output.hasSuffix("\n\n… and 1 more error is not shown\n"))
    #expect(diagnostics.summary == "101 errors, 1 warning")
  }

  @Test func mergingKeepsTheCounts() {
    var (all, part) = (Diagnostics(), Diagnostics())
    for _ in 0..<150 { part.add(Diagnostic(.unknownVariable, "u", at: nil)) }
    all.add(Diagnostic(.unknownVariable, "first", at: nil))
    all.add(contentsOf: part)
    #expect(all.errorCount == 151)
    #expect(all.items.count == 100)
  }
}
