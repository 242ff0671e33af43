import Driver
import Foundation
import TestSupport
import Testing

@testable import LanguageServer

/// The text as a client sees it: UTF-16 units, edited by another way than the server's.
private struct UnitText {
  var units: [UInt16]

  init(_ text: String) { units = Array(text.utf16) }

  var text: String { String(decoding: units, as: UTF16.self) }

  private func index(_ line: Int, _ character: Int) -> Int {
    var (index, left) = (0, line)
    while left > 0 {
      guard index < units.count else { return units.count }
      if units[index] == 0x0A || (units[index] == 0x0D && !(index + 1 < units.count && units[index + 1] == 0x0A)) {
        left -= 1
      }
      index += 1
    }
    var count = 0
    while count < character, index < units.count, units[index] != 0x0A, units[index] != 0x0D {
      (index, count) = (index + 1, count + 1)
    }
    let isInPair = index > 0 && index < units.count && units[index] & 0xFC00 == 0xDC00
    return isInPair ? index - 1 : index
  }

  mutating func replace(_ start: (Int, Int), _ end: (Int, Int), by text: String) {
    let (a, b) = (index(start.0, start.1), index(end.0, end.1))
    units.replaceSubrange(min(a, b)..<max(a, b), with: text.utf16)
  }
}

/// `CAJAL_LSP_EDITS=10000` makes so many edits; usually there are fewer.
@Suite struct RandomEditTests {
  private static let pieces = [
    "x", " ", "\n", "\r\n", "\r", "λ", "ℕ", "𝟚", "😀", "(", ")", "{", "}", "[", "]", "|", "=>", "=", ":", "-o", "--",
    "{-", "-}",
    "!", "program p (x : Bool) : Bool = x\n", "def f = fun (y : Nat) => y\n", "iter { x | y => y } (3)", "net ",
    "model ",
    "data T = A | B T\n", "conv 8 5x5", "dense", "within l1 1", "0.5", "7", "true", "if ", "then ", "else ", "let z = ",
    " in ",
    "horizon 4\n", "case { 0 => 0 | succ m => m } (n)", "é", "e\u{301}",
  ]

  private static let edits = ProcessInfo.processInfo.environment["CAJAL_LSP_EDITS"].flatMap { Int($0) } ?? 300

  private static let questions = LanguageServer.methods

  @Test func noAnswerIsStale() {
    withDeepStack { run(Self.edits) }
  }

  private func run(_ count: Int) {
    var random = SplitMix(seed: 317)
    var client = Client(options: ["inlayHints": true])
    var model = UnitText("")
    for step in 0..<count {
      if step % 25 == 0 {
        client = Client(options: ["inlayHints": true])
        model = UnitText(Corpus.texts[random.below(Corpus.texts.count)])
        client.open(model.text, version: 0)
      }
      let changes = (0..<(1 + random.below(3))).map { _ in change(&model, &random) }
      client.notify(
        "textDocument/didChange",
        [
          "textDocument": ["uri": .string(Client.uri), "version": .integer(step + 1)],
          "contentChanges": .array(changes),
        ])
      let text = String(decoding: client.server.documents[Client.uri]?.buffer.bytes ?? [], as: UTF8.self)
      guard text == model.text else {
        Issue.record("step \(step): the texts differ:\n\(text)\n---\n\(model.text)")
        return
      }
      if step % 3 == 0 { compare(client, text, step, &random) }
    }
  }

  private func change(_ model: inout UnitText, _ random: inout SplitMix) -> JSON {
    let piece = (0..<random.below(3)).map { _ in Self.pieces[random.below(Self.pieces.count)] }.joined()
    if random.below(40) == 0 {
      model = UnitText(piece)
      return ["text": .string(piece)]
    }
    // Some lie beyond the ends.
    let start = (random.below(12), random.below(60))
    let end = random.below(3) > 0 ? (start.0, start.1 + random.below(6)) : (start.0 + random.below(3), random.below(60))
    model.replace(start, end, by: piece)
    func place(_ place: (Int, Int)) -> JSON { ["line": .integer(place.0), "character": .integer(place.1)] }
    return ["range": ["start": place(start), "end": place(end)], "text": .string(piece)]
  }

  /// The answers are those of a server that has seen nothing but this text.
  private func compare(_ client: Client, _ text: String, _ step: Int, _ random: inout SplitMix) {
    let fresh = Client(options: ["inlayHints": true])
    fresh.open(text, version: step + 1)
    // What is slower is looked for in what has been opened, and this has been edited.
    client.notify("textDocument/didSave", Client.document)
    #expect(client.diagnostics() == fresh.diagnostics(), "step \(step)")
    let place: JSON = ["line": .integer(random.below(10)), "character": .integer(random.below(40))]
    let params: JSON = [
      "textDocument": ["uri": .string(Client.uri)], "position": place, "newName": "fresh",
      "context": ["includeDeclaration": true, "diagnostics": []],
      "range": ["start": ["line": 0, "character": 0], "end": place],
    ]
    for method in Self.questions {
      var (mine, other) = (client.request(method, params), fresh.request(method, params))
      if case .object(var members) = mine {
        members["id"] = nil
        mine = .object(members)
      }
      if case .object(var members) = other {
        members["id"] = nil
        other = .object(members)
      }
      #expect(mine == other, "step \(step): \(method)")
      #expect(mine["result"] != nil || mine.at("error", "code") == -32803, "step \(step): \(method): \(mine)")
    }
  }

  /// Every request over the whole corpus, at places all over the text.
  @Test func everyRequestOverTheCorpus() {
    withDeepStack {
      for text in Corpus.texts {
        let client = Client(options: ["inlayHints": true])
        client.open(text)
        #expect(client.diagnostics() != nil)
        let isLong = Self.edits > 1_000
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).prefix(isLong ? 100 : 6)
        for (line, content) in lines.enumerated() {
          for character in stride(from: 0, through: min(content.utf16.count, 120), by: isLong ? 7 : 41) {
            let place: JSON = ["line": .integer(line), "character": .integer(character)]
            let params: JSON = [
              "textDocument": ["uri": .string(Client.uri)], "position": place, "newName": "fresh",
              "context": ["includeDeclaration": true, "diagnostics": []], "range": ["start": place, "end": place],
            ]
            for method in Self.questions {
              let answer = client.request(method, params)
              #expect(
                answer["result"] != nil || answer.at("error", "code") == -32803,
                "\(method) at \(place): \(answer)\n\(text)")
            }
          }
        }
      }
    }
  }

  @Test func severalDocumentsAreApart() {
    let client = Client()
    client.open("def a = x", uri: "file:///a.cajal")
    client.open("def b = true", uri: "untitled:b")
    #expect(client.diagnostics(uri: "file:///a.cajal")?.count == 1)
    client.notify(
      "textDocument/didChange",
      [
        "textDocument": ["uri": "untitled:b", "version": 2],
        "contentChanges": [
          ["range": ["start": ["line": 0, "character": 8], "end": ["line": 0, "character": 12]], "text": "y"]
        ],
      ])
    client.server.settle()
    let published = client.takeMessages().map { $0.at("params", "uri") }
    #expect(published == ["untitled:b"])
  }
}
