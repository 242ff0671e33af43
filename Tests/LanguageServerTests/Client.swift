import Foundation
import TestSupport

@testable import LanguageServer

/// A client in the same process, which keeps what the server says.
final class Client {
  private final class Received: @unchecked Sendable { var messages: [JSON] = [] }

  private let received = Received()
  private(set) var server: LanguageServer
  private var id = 0

  static let capabilities: JSON = [
    "textDocument": [
      "hover": ["contentFormat": ["markdown"]],
      "publishDiagnostics": ["relatedInformation": true, "codeDescriptionSupport": true],
      "codeAction": ["codeActionLiteralSupport": [:]],
      "documentSymbol": ["hierarchicalDocumentSymbolSupport": true],
    ],
    "workspace": ["workspaceEdit": ["documentChanges": true]],
  ]

  /// - Parameter options: nil leaves the server uninitialised.
  init(options: JSON? = .null, capabilities: JSON = Client.capabilities, pages: String? = nil) {
    server = LanguageServer(
      compiler: compilerPath, pages: pages, send: { [received] in received.messages.append($0) })
    if let options {
      _ = request("initialize", ["capabilities": capabilities, "initializationOptions": options])
      notify("initialized", [:])
    }
  }

  /// What has been said since this was last asked.
  func takeMessages() -> [JSON] {
    defer { received.messages = [] }
    return received.messages
  }

  /// The answer, which has a result or an error.
  func request(_ method: String, _ params: JSON, isCancelled: Bool = false) -> JSON {
    id += 1
    let before = received.messages.count
    server.receive(["jsonrpc": "2.0", "id": .integer(id), "method": .string(method), "params": params]) { _ in
      isCancelled
    }
    let answer = received.messages[before...].lastIndex { $0["id"] == .integer(id) && $0["method"] == nil }
    return answer.map { received.messages.remove(at: $0) } ?? .null
  }

  func result(_ method: String, _ params: JSON) -> JSON? { request(method, params)["result"] }

  func notify(_ method: String, _ params: JSON) {
    server.receive(["jsonrpc": "2.0", "method": .string(method), "params": params])
  }

  static let uri = "file:///folder/test.cajal"

  func open(_ text: String, uri: String = Client.uri, version: Int = 1) {
    notify(
      "textDocument/didOpen",
      [
        "textDocument": [
          "uri": .string(uri), "languageId": "cajal", "version": .integer(version), "text": .string(text),
        ]
      ])
  }

  /// The diagnostics that are sent when nothing is left to do, of one document.
  func diagnostics(uri: String = Client.uri) -> [JSON]? {
    server.settle()
    let published = takeMessages().filter {
      $0["method"] == "textDocument/publishDiagnostics" && $0.at("params", "uri") == .string(uri)
    }
    return published.last?.at("params", "diagnostics")?.array
  }

  /// Asks about the place of a word in the text, counted from 0.
  func ask(_ method: String, at word: String, in text: String, _ more: [String: JSON] = [:]) -> JSON? {
    result("textDocument/" + method, position(of: word, in: text, more))
  }

  func position(of word: String, in text: String, _ more: [String: JSON] = [:]) -> JSON {
    let before = text[..<(text.range(of: word)?.lowerBound ?? text.startIndex)]
    let lines = before.split(separator: "\n", omittingEmptySubsequences: false)
    let position: JSON = ["line": .integer(lines.count - 1), "character": .integer(lines.last?.utf16.count ?? 0)]
    return .object(["textDocument": ["uri": .string(Self.uri)], "position": position].merging(more) { $1 })
  }

  static let document: JSON = ["textDocument": ["uri": .string(uri)]]
  static let everything: JSON = [
    "textDocument": ["uri": .string(uri)], "context": ["diagnostics": []],
    "range": ["start": ["line": 0, "character": 0], "end": ["line": 100_000, "character": 0]],
  ]
}

/// A text after the edits of a workspace edit, by their UTF-16 places.
func applied(_ edit: JSON?, to text: String) -> String {
  let edits = edit?["documentChanges"]?.array?.first?["edits"]?.array ?? []
  var buffer = TextBuffer(text)
  for edit in edits.reversed() {
    guard let start = Position(edit.at("range", "start")), let end = Position(edit.at("range", "end")),
      let new = edit["newText"]?.string
    else { continue }
    buffer.replace(start, end, by: new)
  }
  return String(decoding: buffer.bytes, as: UTF8.self)
}
