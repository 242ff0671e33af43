import CajalSyntax
import Diagnostics
import Foundation
import Testing

@Suite struct DiagnosticJSONTests {
  private let source = Source(name: "dir/fi\"le.cajal", text: "def f = fun x =>\n  λ x x")

  @Test func oneObjectALine() {
    let output = DiagnosticJSON(source: source).render(
      Diagnostic(
        .usedTwice, "variable `x` is used \"twice\"", at: Label(Span(24, 25), "again"),
        also: [Label(Span(22, 23), "first\n")],
        notes: ["why"], help: "do"))
    #expect(
      output == #"""
        {"code":"E0101","column":7,"endByte":25,"endColumn":8,"endLine":2,"file":"dir/fi\"le.cajal","help":"do",\#
        "labels":[{"column":7,"endByte":25,"endColumn":8,"endLine":2,"line":2,\#
        "primary":true,"startByte":24,"text":"again"},\#
        {"column":5,"endByte":23,"endColumn":6,"endLine":2,"line":2,"primary":false,"startByte":22,"text":"first\n"}],\#
        "line":2,"message":"variable `x` is used \"twice\"","notes":["why"],"severity":"error","startByte":24}

        """#)
  }

  @Test func withoutAPlace() {
    let output = DiagnosticJSON(source: source).render(Diagnostic(.entryMayBeDropped, "m", at: nil))
    #expect(
      output == #"""
        {"code":"W0501","file":"dir/fi\"le.cajal","labels":[],"message":"m","notes":[],"severity":"warning"}

        """#)
  }

  @Test func everyLineReadsBack() throws {
    var diagnostics = Diagnostics()
    let source = Source(name: "bad", bytes: Array("def a = \u{1} @ ( \u{2028} \"".utf8) + [0xFF, 0x0A])
    _ = parse(source, diagnostics: &diagnostics)
    for _ in 0..<200 { diagnostics.add(Diagnostic(.unknownVariable, "\u{0} \\ \" \u{1F600}", at: nil)) }
    let lines = DiagnosticJSON(source: source).render(diagnostics).split(separator: "\n")
    #expect(lines.count == diagnostics.items.count + 1)
    for line in lines {
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      #expect(object?["message"] is String)
    }
    #expect(lines.last?.contains(#""severity":"note""#) == true)
  }
}
