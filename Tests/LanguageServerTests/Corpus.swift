import Diagnostics
import Foundation
import TestSupport

/// Texts with errors and texts without.
enum Corpus {
  /// The examples, the goldens of diagnostics, and every block of the explanations.
  static let texts: [String] = files("Examples") + files("Tests/Goldens/diagnostics") + blocks + hostile

  private static func files(_ folder: String) -> [String] {
    let all = FileManager.default.enumerator(atPath: projectRoot + "/" + folder)?.compactMap { $0 as? String } ?? []
    return all.filter { $0.hasSuffix(".cajal") && !$0.contains("build/") }.sorted().compactMap {
      try? String(contentsOfFile: "\(projectRoot)/\(folder)/\($0)", encoding: .utf8)
    }
  }

  private static let blocks: [String] = DiagnosticCode.allCases.flatMap { code in
    let parts = code.explanation.components(separatedBy: "```")
    return stride(from: 1, to: parts.count, by: 2).map { index in
      parts[index].split(separator: "\n", omittingEmptySubsequences: false).dropFirst().joined(separator: "\n")
    }
  }

  private static let hostile = [
    "", "\n\n", "-- nothing", "{- open", "}}}})))]]]", "program", "def f = 𝟚 ℕ λ ⊸ 😀", "\r\r\n\n\rdef t = true\r",
    "\u{FEFF}def t = true", String(repeating: "(", count: 2_000), "net f (x : Real[4,4]) : Real = conv 1 3x3 |",
    "data A = A A | B\nprogram p (x : A[3]) : Bool = fold { A y => y | B =>", "horizon 0 horizon 3", "def f = \u{0}",
  ]
}
