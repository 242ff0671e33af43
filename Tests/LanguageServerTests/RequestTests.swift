import Diagnostics
import Foundation
import TestSupport
import Testing

@testable import LanguageServer

private let text = """
  -- 𝟚 stands for two units.
  horizon 4
  type Img = Real[4,4]
  data Word = End | Letter Bool Word
  def not : Bool -o Bool = fun x => if x then false else true
  program flip (b : Bool, n : Nat) : Bool = iter { b | y => not y } (n)
  program power (g : 𝟚 -o Bool, k : Nat) : Bool = iter { true | z => g z } (k)
  net kernel (i : Img) : Real[3,3] = conv 2 3x3 | relu | dense
  model blur (i : Img) : Img = let c = kernel i in iter { i | s => conv2d c s } (3)
  """

@Suite struct RequestTests {
  private let client: Client

  init() {
    client = Client()
    client.open(text)
  }

  @Test(arguments: [
    ("b : Bool, n", ["b : Bool", "linear: used exactly once", "degree 1, linear", "dimension 2"]),
    ("g : 𝟚", ["g : Bool -o Bool", "degree 3, not linear", "matrices of 2 × 2"]),
    ("flip (", ["program flip (b : Bool, n : Nat) : Bool", "degree 1, linear", "nothing is dropped at horizon 4"]),
    ("c = kernel", ["c : Real[3,3]", "data: used any number of times", "dimension 9"]),
    ("kernel i in", ["net kernel", "conv 2 3x3", "20 parameters"]),
    ("conv 2", ["[1,4,4] -> [2,4,4]", "20 parameters"]),
    ("conv2d", ["conv2d : Real[kh,kw] -o", "conv2d : Real[3,3] -o Real[4,4] -o Real[4,4]"]),
    ("Img)", ["type Img = Real[4,4]", "dimension 16"]),
    ("Letter", ["Letter : Bool -o Word -o Word"]), ("blur", ["model blur", "317 parameters"]),
    ("s => conv", ["s : Real[4,4]", "linear"]), ("true |", [": Bool"]), ("i : Img) : Real", ["i : Img"]),
  ]) func hover(word: String, expected: [String]) throws {
    let value = client.ask("hover", at: word, in: text)?.at("contents", "value")?.string
    for part in expected { #expect(value?.contains(part) == true, "\(word): \(value ?? "nothing")") }
  }

  @Test func definitionsReferencesAndHighlights() {
    let definition = client.ask("definition", at: "not y", in: text)
    #expect(definition?.at("range", "start") == ["line": 4, "character": 4])
    let all = client.ask("references", at: "not y", in: text, ["context": ["includeDeclaration": true]])
    #expect(all?.array?.count == 2)
    let uses = client.ask("references", at: "not y", in: text, ["context": ["includeDeclaration": false]])
    #expect(uses?.array?.map { $0.at("range", "start", "line") } == [5])
    // Two units before it on the line: a character outside of the basic plane.
    #expect(client.ask("definition", at: "g z", in: text)?.at("range", "start") == ["line": 6, "character": 15])
    #expect(client.ask("documentHighlight", at: "y =>", in: text)?.array?.map { $0["kind"] } == [3, 2])
    #expect(client.ask("definition", at: "true", in: text) == .null)
    let shadowing = "def f = fun (x : Bool) => (fun (x : Bool) => x) x"
    client.open(shadowing)
    #expect(client.ask("definition", at: "x) x", in: shadowing)?.at("range", "start", "character") == 32)
  }

  @Test func renaming() throws {
    let edit = client.ask("rename", at: "Img)", in: text, ["newName": "Picture"])
    #expect(applied(edit, to: text) == text.replacingOccurrences(of: "Img", with: "Picture"))
    let prepared = client.ask("prepareRename", at: "kernel", in: text)
    #expect(prepared?["placeholder"] == "kernel")
    for name in ["if", "", "a b", "3", "ℕ", "Nat", "λ", "y'' ", "flip", "iter"] {
      let answer = client.request(
        "textDocument/rename", client.position(of: "not :", in: text, ["newName": .string(name)]))
      #expect(answer.at("error", "code") == -32803, "\(name)")
    }
    // It would be caught by the state of the iteration.
    let caught = client.request("textDocument/rename", client.position(of: "not :", in: text, ["newName": "y"]))
    #expect(caught.at("error", "message")?.string?.contains("means something else") == true)
    // Also where that would be no error: data may be used twice, or not at all.
    let model = "model m (x : Real, y : Real) : Real = let z = x in z + y"
    client.open(model)
    let other = client.request("textDocument/rename", client.position(of: "y :", in: model, ["newName": "z"]))
    #expect(other.at("error", "message")?.string?.contains("means something else") == true)
  }

  @Test func outlineAndFolding() {
    let symbols = client.result("textDocument/documentSymbol", Client.document)?.array
    #expect(
      symbols?.compactMap { $0["name"]?.string }
        == ["horizon", "Img", "Word", "not", "flip", "power", "kernel", "blur"])
    #expect(symbols?[2]["children"]?.array?.compactMap { $0["name"]?.string } == ["End", "Letter"])
    let flat = Client(capabilities: [:])
    flat.open(text)
    #expect(flat.result("textDocument/documentSymbol", Client.document)?.array?.count == 10)
    let folded = Client()
    folded.open("-- a\n-- b\ndef f : Nat -o Nat = fun n => case {\n  0 => 0\n  | succ m => m\n} (n)\n{-\n-}")
    #expect(
      folded.result("textDocument/foldingRange", Client.document) == [
        ["startLine": 0, "endLine": 1, "kind": "comment"], ["startLine": 2, "endLine": 4],
        ["startLine": 2, "endLine": 5], ["startLine": 6, "endLine": 7, "kind": "comment"],
      ])
  }

  @Test func signatures() {
    let help = client.ask("signatureHelp", at: "s } (3)", in: text)
    #expect(help?["activeParameter"] == 1)
    #expect(help?["signatures"]?.array?[0]["label"]?.string?.hasPrefix("conv2d : Real[kh,kw]") == true)
    let named = Client()
    let written = text + "\nprogram again (a : Bool) : Bool = flip (not a) "
    named.open(written)
    let flip = named.result(
      "textDocument/signatureHelp",
      ["textDocument": ["uri": .string(Client.uri)], "position": ["line": 9, "character": 48]])
    #expect(flip?["activeParameter"] == 1)
    #expect(flip?["signatures"]?.array?[0]["label"] == "flip (b : Bool, n : Nat) : Bool")
    #expect(client.ask("signatureHelp", at: "true |", in: text) == .null)
  }

  private func labels(_ client: Client, _ text: String) -> [String] {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    client.open(text)
    let answer = client.result(
      "textDocument/completion",
      [
        "textDocument": ["uri": .string(Client.uri)],
        "position": ["line": .integer(lines.count - 1), "character": .integer(lines.last?.utf16.count ?? 0)],
      ])
    return answer?["items"]?.array?.compactMap { $0["label"]?.string } ?? []
  }

  @Test func completions() {
    let client = Client()
    let inside = labels(client, text + "\nprogram q (alpha : Bool) : Bool = let beta = alpha in (b")
    #expect(Set(["alpha", "beta", "not", "flip", "Letter", "conv2d", "exp", "iter", "λ"]).isSubset(of: inside))
    #expect(!inside.contains("blur") && !inside.contains("maxpool") && !inside.contains("Img"))
    let types = labels(client, text + "\nprogram q (alpha : I")
    #expect(Set(["Img", "Word", "Bool", "ℕ"]).isSubset(of: types) && !types.contains("not"))
    let layers = labels(client, text + "\nnet f (x : Img) : Bool = dense 3 | so")
    #expect(layers.contains("softmax") && layers.contains("conv") && !layers.contains("not"))
    #expect(labels(client, text + "\nde").contains("def"))
    #expect(labels(client, "def f = \\la") == ["λ", "⊸", "ℕ", "𝟚", "⇒"])
    #expect(labels(client, "def f = true -- a comment f").isEmpty)
  }

  @Test func semanticTokensTellDataFromLinear() throws {
    let numbers = client.result("textDocument/semanticTokens/full", Client.document)?["data"]?.array?.compactMap(
      \.integer)
    let tokens = decoded(try #require(numbers), text)
    func modifiers(_ word: String, _ occurrence: Int = 0) -> Int? {
      tokens.filter { $0.text == word }.dropFirst(occurrence).first?.modifiers
    }
    typealias Modifiers = SemanticToken.Modifiers
    #expect(modifiers("b") == (Modifiers.linear.rawValue | Modifiers.declaration.rawValue))
    #expect(modifiers("g", 1) == (Modifiers.linear.rawValue | Modifiers.nonlinear.rawValue))
    #expect(modifiers("c", 1) == Modifiers.data.rawValue)
    #expect(modifiers("s", 1) == Modifiers.linear.rawValue)
    #expect(modifiers("conv2d") == Modifiers.defaultLibrary.rawValue)
    #expect(tokens.first { $0.text == "conv" }?.kind == .keyword)
    #expect(tokens.first { $0.text == "3x3" }?.kind == .number)
    #expect(tokens.first { $0.text == "Letter" }?.kind == .enumMember)
    #expect(tokens.first?.kind == .comment)
  }

  private func decoded(_ numbers: [Int], _ text: String) -> [(text: String, kind: SemanticToken.Kind, modifiers: Int)] {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { Array($0.utf16) }
    var (line, character) = (0, 0)
    return stride(from: 0, to: numbers.count, by: 5).map { index in
      if numbers[index] > 0 { (line, character) = (line + numbers[index], 0) }
      character += numbers[index + 1]
      let units = lines[line][character..<(character + numbers[index + 2])]
      return (
        String(decoding: units, as: UTF16.self), SemanticToken.Kind.allCases[numbers[index + 3]], numbers[index + 4]
      )
    }
  }

  @Test func hintsAreOffUntilAskedFor() {
    #expect(client.result("textDocument/inlayHint", Client.everything) == [])
    let hinting = Client(options: ["inlayHints": ["layerShapes": true]])
    hinting.open(text)
    let labels = hinting.result("textDocument/inlayHint", Client.everything)?.array?.compactMap { $0["label"]?.string }
    #expect(labels == ["[2,4,4]", "[2,4,4]", "[9]"])
    hinting.notify("workspace/didChangeConfiguration", ["settings": ["cajal": ["inlayHints": ["degrees": true]]]])
    let degrees = hinting.result("textDocument/inlayHint", Client.everything)?.array?.compactMap { $0["label"]?.string }
    #expect(
      degrees == ["degree 1, linear", "degree 1, linear", "degree 3, not linear", "degree 1, linear"])
  }

  @Test func lensesRunTheCompiler() throws {
    let lenses = try #require(client.result("textDocument/codeLens", Client.document)?.array)
    let titles = lenses.compactMap { $0.at("command", "title")?.string }
    #expect(
      titles == ["eval b=true n=3", "eval g=fun x => x k=3"]
        + Array(repeating: ["verify", "show C"], count: 3).joined())
    let value = client.result("workspace/executeCommand", lenses[0]["command"] ?? .null)
    #expect(value == "false\n")
    #expect(client.takeMessages().contains { $0["method"] == "window/showMessage" })
    let c = client.result("workspace/executeCommand", lenses[3]["command"] ?? .null)?.string
    #expect(c?.contains("test_flip_forward") == true)
    // A program that has no error itself.
    client.open(text + "\ndef bad = x")
    #expect(client.result("textDocument/codeLens", Client.document)?.array?.count == 2)
    #expect(client.result("workspace/executeCommand", lenses[0]["command"] ?? .null) == "false\n")
    let failing = client.request(
      "workspace/executeCommand", ["command": "cajal.eval", "arguments": [.string(Client.uri), "flip", ["n=maybe"]]])
    #expect(failing.at("error", "code") == -32803)
  }

  @Test func diagnosticsHavePlacesLinksAndCodes() throws {
    try withScratch { folder in
      let client = Client(pages: folder)
      client.open("program p (𝟚𝟚 : Bool) : Bool = true")
      client.open("program p (x : Real) : Real = 𝟚\nprogram q (f : Bool -o Bool -o Bool, x : Bool) : Bool = f x x")
      let found = try #require(client.diagnostics())
      let twice = try #require(found.first { $0["code"] == "E0101" })
      #expect(twice.at("range", "start") == ["line": 1, "character": 60])
      #expect(twice["severity"] == 1 && twice["source"] == "cajal2c")
      #expect(twice["message"]?.string?.contains("help: use `x` once") == true)
      #expect(twice["relatedInformation"]?.array?.count == 2)
      let page = try #require(twice.at("codeDescription", "href")?.string.flatMap { URL(string: $0) })
      #expect(try String(contentsOf: page, encoding: .utf8) == DiagnosticCode.usedTwice.explanation)
      let plain = Client(capabilities: [:])
      plain.open("program q (f : Bool -o Bool -o Bool, x : Bool) : Bool = f x x")
      let only = try #require(plain.diagnostics()?.first)
      #expect(only["relatedInformation"] == nil && only["codeDescription"] == nil)
      #expect(only["message"]?.string?.contains("line 1: used here first") == true)
    }
  }

  @Test func formattingIsThatOfTheCommand() {
    let client = Client()
    let loose = "def  x =true -- 😀\r\ndef y=  false\n"
    client.open(loose)
    let edits = client.result("textDocument/formatting", Client.document)
    #expect(
      applied(["documentChanges": [["edits": edits ?? .null]]], to: loose) == "def x = true -- 😀\ndef y = false\n")
  }
}
