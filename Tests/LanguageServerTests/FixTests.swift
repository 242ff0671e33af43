import CajalSyntax
import CajalTyping
import Diagnostics
import Driver
import Testing

@testable import LanguageServer

@Suite struct FixTests {
  private func titles(_ text: String) -> [String] {
    actions(text).compactMap { $0["title"]?.string }
  }

  private func actions(_ text: String) -> [JSON] {
    let client = Client()
    client.open(text)
    return client.result("textDocument/codeAction", Client.everything)?.array ?? []
  }

  @Test(arguments: [
    ("def t = true\ndef u = tt'\nprogram p (xs : Bool) : Bool = xz", "program p (xs : Bool) : Bool = xs"),
    ("program p (x : Boool) : Bool = x", "program p (x : Bool) : Bool = x"),
    ("progam p (x : Bool) : Bool = x", "program p (x : Bool) : Bool = x"),
    ("program p (n : Nat) : Nat = loop { n | y => y } (3)", "iter { n | y => y } (3)"),
    ("net f (x : Real[3]) : Real = dens", "= dense"),
    ("program p (n : Nat) : Nat = case { 0 => 0 } (n)", "case { 0 => 0 | succ x1 => _ } (n)"),
    (
      "data T = A | B Bool T | C\nprogram p (t : T[3]) : Bool = fold { A => true } (t)",
      "fold { A => true | B x1 x2 => _ | C => _ } (t)"
    ),
    ("model m (x : Real[2]) : Real[2] = iter { x | y => times y y } (3)", "iter { x | !y => times y y } (3)"),
    ("program m (x : Real[2]) : Real[2] = iter { x | !y => y } (3)", "iter { x | y => y } (3)"),
    ("program p (x : Bool within l1 1) : Bool = x", "program p (x : Bool ) : Bool = x"),
    ("program p (x : Real within l3 1) : Real = x", "within l1 1"),
    ("program p ( ) : Nat = 12", "horizon 13\nprogram p"),
    ("horizon 3\ndef f = fun (x : Bool) -> x", "x : Bool) => x"),
    ("horizon 3\nprogram p ( ) : Nat = 7", "horizon 8\nprogram p ( ) : Nat = 7"),
    ("def f : Bool -> Bool = fun x => x", "def f : Bool -o Bool = fun x => x"),
    ("model m (x : Real, y : Real) : Real = x", "model m (x : Real, _y : Real) : Real = x"),
  ]) func fixes(text: String, expected: String) {
    let results = actions(text).map { applied($0["edit"], to: text) }
    #expect(results.contains { $0.contains(expected) }, "\(results)")
  }

  /// What a fix is for is gone when it is made, in every text of the corpus.
  @Test func fixesHelp() {
    var count = 0
    for text in Corpus.texts {
      let before = withDeepStack { Analysis(TextBuffer(text), uri: "test.cajal").diagnostics }
      for action in actions(text) {
        let diagnostic = action["diagnostics"]?.array?.first
        let changed = applied(action["edit"], to: text)
        #expect(changed != text)
        let after = withDeepStack { Analysis(TextBuffer(changed), uri: "test.cajal").diagnostics }
        func isMeant(_ other: Diagnostic) -> Bool {
          diagnostic?["code"] == .string(other.code.rawValue)
            && diagnostic?["message"]?.string?.hasPrefix(other.message) == true
        }
        #expect(
          before.count(where: isMeant) > after.count(where: isMeant),
          "\(action["title"]?.string ?? "") leaves \(diagnostic?["message"]?.string ?? "") in\n\(changed)")
        count += 1
      }
    }
    #expect(count > 10)
  }

  @Test func onlyQuickFixesInTheRange() {
    let client = Client()
    client.open("def a = tru\n\n\ndef b = fals")
    func count(_ line: Int, only: JSON?) -> Int? {
      var context: [String: JSON] = ["diagnostics": []]
      context["only"] = only
      let place: JSON = ["line": .integer(line), "character": 9]
      return client.result(
        "textDocument/codeAction",
        [
          "textDocument": ["uri": .string(Client.uri)], "context": .object(context),
          "range": ["start": place, "end": place],
        ]
      )?.array?.count
    }
    #expect(count(0, only: nil) == 1 && count(3, only: ["quickfix"]) == 1)
    #expect(count(1, only: nil) == 0 && count(0, only: ["refactor"]) == 0)
  }
}
