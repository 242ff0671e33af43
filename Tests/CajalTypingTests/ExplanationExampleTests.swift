import CajalTyping
import Diagnostics
import Testing

/// The examples in the long texts of `cajal2c explain` are what they say.
@Suite struct ExplanationExampleTests {
  /// The codes that checking a file can give.
  static let codes: [DiagnosticCode] = [
    .usedTwice, .neverUsed, .usedInOneBranch, .capturedByStep, .notLinear, .typeMismatch, .notAFunction,
    .binderNeedsType, .baseAndStepDiffer, .branchesDiffer, .notReal, .shapesDoNotFit, .needsExpectedType,
    .raggedLiteral, .unknownVariable, .unknownType, .duplicateDeclaration, .duplicateParameter, .recursiveDefinition,
    .recursiveType, .badHorizon, .typeTooLarge, .badBound, .layerDoesNotFit, .notData, .netNotApplied, .notCallable,
    .netTooLarge, .unused, .missingAlternative, .repeatedAlternative, .foreignAlternative, .wrongBinderCount,
    .notFolded, .noDimension, .tableNeedsRows, .noTable, .mutualData, .higherOrderRecursion, .fieldOfRecursiveType,
    .noLeafConstructor, .duplicateBinder, .badNatural, .badRows, .boundedTable, .badRounds, .notConserved,
    .mayBeNegative, .stateIsNotData, .badEntry, .onDataOnly, .dividedByZero,
  ]

  @Test(arguments: codes)
  func examples(code: DiagnosticCode) {
    let isStrict = code == .capturedByStep || code == .notLinear
    let examples = blocks(code.explanation)
    #expect(!examples.isEmpty)
    for (kind, text) in examples {
      let outcome = checked(text, strict: isStrict)
      if kind == "cajal-error" {
        #expect(outcome.codes.contains(code.rawValue), "\(text)\n\(outcome.rendered)")
      } else {
        #expect(outcome.module != nil, "\(text)\n\(outcome.rendered)")
      }
    }
  }

  private func blocks(_ text: String) -> [(kind: String, text: String)] {
    var found: [(kind: String, text: String)] = []
    var open: (kind: String, lines: [Substring])?
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      let bare = line.drop { $0 == " " }
      if bare.hasPrefix("```") {
        if let block = open {
          found.append((block.kind, block.lines.joined(separator: "\n")))
          open = nil
        } else {
          open = (String(bare.dropFirst(3)), [])
        }
      } else {
        open?.lines.append(line)
      }
    }
    return found.filter { $0.kind.hasPrefix("cajal") }
  }
}
