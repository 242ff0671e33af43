import Diagnostics
import Testing

@Suite struct ExplanationTests {
  /// The contents of the code blocks with a mark.
  private func blocks(_ code: DiagnosticCode, _ mark: String) -> [String] {
    var blocks: [String] = []
    var current: String?
    for line in code.explanation.split(separator: "\n", omittingEmptySubsequences: false) {
      if let open = current {
        if line == "```" {
          blocks.append(open)
          current = nil
        } else {
          current = open + line + "\n"
        }
      } else if line == "```" + mark {
        current = ""
      }
    }
    #expect(current == nil, "\(code.rawValue) has an open block")
    return blocks
  }

  @Test(arguments: DiagnosticCode.allCases)
  func everyCodeIsExplained(_ code: DiagnosticCode) {
    #expect(!code.title.isEmpty)
    #expect(code.explanation.hasPrefix("# \(code.rawValue): \(code.title)\n\n"))
    #expect(code.explanation.hasSuffix("\n"))
    #expect(code.explanation.count > 200)
    #expect(code.explanation.split(separator: "\n").allSatisfy { $0.count <= 92 }, "\(code.rawValue)")
  }

  @Test(arguments: DiagnosticCode.allCases)
  func correctExamplesRead(_ code: DiagnosticCode) {
    let examples = blocks(code, "cajal")
    #expect(!examples.isEmpty)
    for example in examples {
      let (tree, found, diagnostics) = read(example)
      #expect(found == [], "\(diagnostics.items.map(\.message))")
      #expect(!tree.declarations.isEmpty)
    }
  }

  /// What the parser reports by itself.
  private let codesOfTheParser: Set<DiagnosticCode> = [
    .unexpectedCharacter, .unterminatedComment, .malformedNumber, .unexpectedToken, .emptyFile, .raggedLiteral,
    .badHorizon, .badBound,
  ]

  @Test(arguments: DiagnosticCode.allCases)
  func erroneousExamplesShowTheirError(_ code: DiagnosticCode) {
    let examples = blocks(code, "cajal-error")
    for example in examples {
      let codes = Set(read(example).diagnostics.items.map(\.code))
      #expect(codes == (codesOfTheParser.contains(code) ? [code] : []), "\(example)")
    }
    if codesOfTheParser.contains(code) { #expect(!examples.isEmpty) }
  }

  @Test func codesAreDistinctAndWellFormed() {
    let codes = DiagnosticCode.allCases.map(\.rawValue)
    #expect(Set(codes).count == codes.count)
    #expect(codes.allSatisfy { $0.count == 5 && ($0.first == "E" || $0.first == "W") })
    #expect(Set(DiagnosticCode.allCases.map(\.title)).count == codes.count)
  }
}
