import Driver
import TestSupport
import Testing

@testable import LanguageServer

/// Messages whose parameters are not what they should be.
@Suite struct RandomParameterTests {
  private static let leaves: [JSON] = [
    nil, true, 0, -1, 7, .integer(.max), .integer(.min), .number(1.5), "", "x", .string(Client.uri), "😀", [], [:],
    [nil],
    ["uri": 7], ["line": -1, "character": .integer(.max)], ["line": .integer(.max), "character": 0],
  ]

  private static let whole: JSON = [
    "textDocument": ["uri": .string(Client.uri), "version": 2, "text": "def t = true", "languageId": "cajal"],
    "position": ["line": 0, "character": 5], "newName": "fresh", "uri": .string(Client.uri),
    "context": ["diagnostics": [], "includeDeclaration": true, "only": ["quickfix"]],
    "range": ["start": ["line": 0, "character": 0], "end": ["line": 2, "character": 3]],
    "contentChanges": [
      ["range": ["start": ["line": 0, "character": 1], "end": ["line": 0, "character": 2]], "text": "λ"],
      ["text": "def u = x"],
    ],
    "settings": ["cajal": ["inlayHints": ["degrees": true]]], "capabilities": [:],
    "command": "cajal.none", "arguments": [.string(Client.uri), "t", ["n=1"]],
  ]

  private static let notifications = [
    "textDocument/didOpen", "textDocument/didChange", "textDocument/didSave", "textDocument/didClose",
    "workspace/didChangeConfiguration", "initialized", "$/cancelRequest", "$/setTrace",
  ]

  @Test func everyMessageIsSurvived() {
    withDeepStack {
      var random = SplitMix(seed: 1)
      let client = Client()
      for step in 0..<1_500 {
        if step % 20 == 0 { client.open(Corpus.texts[random.below(Corpus.texts.count)]) }
        let params = (0...random.below(2)).reduce(Self.whole) { json, _ in mutated(json, &random) }
        if random.below(3) == 0 {
          client.notify(Self.notifications[random.below(Self.notifications.count)], params)
          client.server.settle()
        } else {
          let methods = LanguageServer.methods + ["workspace/executeCommand"]
          let answer = client.request(methods[random.below(methods.count)], params)
          #expect(answer["result"] != nil || answer["error"] != nil, "step \(step)")
        }
      }
      #expect(client.request("shutdown", .null)["result"] == .null)
    }
  }

  /// One node is another.
  private func mutated(_ json: JSON, _ random: inout SplitMix) -> JSON {
    switch json {
    case .object(var members) where !members.isEmpty && random.below(6) > 0:
      let key = members.keys.sorted()[random.below(members.count)]
      members[key] = random.below(10) == 0 ? nil : mutated(members[key] ?? .null, &random)
      return .object(members)
    case .array(var entries) where !entries.isEmpty && random.below(4) > 0:
      let index = random.below(entries.count)
      entries[index] = mutated(entries[index], &random)
      return .array(entries)
    default: return Self.leaves[random.below(Self.leaves.count)]
    }
  }
}
