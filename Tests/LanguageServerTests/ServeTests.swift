import Foundation
import TestSupport
import Testing

@testable import LanguageServer

/// The binary, spoken to by pipes.
@Suite(.serialized) struct ServeTests {
  private func conversation(_ messages: [JSON], raw: [String] = []) throws -> (status: Int32, messages: [JSON]) {
    try withScratch { folder in
      var input = messages.prefix(2).flatMap { framed($0) }
      input += raw.flatMap { Array($0.utf8) }
      input += messages.dropFirst(2).flatMap { framed($0) }
      try Data(input).write(to: URL(fileURLWithPath: folder + "/in"))
      let result = try run(
        "bash", ["-c", "'\(compilerPath)' lsp <in >out"], directory: folder, environment: ["XDG_CACHE_HOME": folder],
        limit: 120)
      var reader = MessageReader()
      reader.append(try Data(contentsOf: URL(fileURLWithPath: folder + "/out")))
      var said: [JSON] = []
      while let message = try reader.next() { said.append(try JSON(parsing: message)) }
      return (result.status, said)
    }
  }

  private func request(_ id: Int, _ method: String, _ params: JSON = .null) -> JSON {
    ["jsonrpc": "2.0", "id": .integer(id), "method": .string(method), "params": params]
  }
  private func notification(_ method: String, _ params: JSON = .null) -> JSON {
    ["jsonrpc": "2.0", "method": .string(method), "params": params]
  }

  private let start: [JSON] = [
    ["jsonrpc": "2.0", "id": 1, "method": "initialize", "params": ["capabilities": [:]]],
    ["jsonrpc": "2.0", "method": "initialized", "params": [:]],
  ]

  private func opening(_ text: String) -> JSON {
    notification(
      "textDocument/didOpen",
      ["textDocument": ["uri": .string(Client.uri), "languageId": "cajal", "version": 1, "text": .string(text)]])
  }

  @Test func serves() throws {
    let (status, said) = try conversation(
      start + [
        opening("def a = tru"),
        request(
          2, "textDocument/hover",
          ["textDocument": ["uri": .string(Client.uri)], "position": ["line": 0, "character": 4]]),
        request(3, "shutdown"), request(4, "textDocument/hover", Client.document), notification("exit"),
      ], raw: ["Nonsense: 1\r\n\r\n", "Content-Length: 3\r\n\r\n{x}"])
    #expect(status == 0)
    #expect(said.first { $0["id"] == 1 }?.at("result", "serverInfo", "name") == "cajal2c")
    #expect(said.first { $0["id"] == 2 }?["result"] != nil)
    #expect(said.filter { $0["id"] == .null }.compactMap { $0.at("error", "code") } == [-32700, -32700])
    #expect(said.first { $0["id"] == 4 }?.at("error", "code") == -32600)
  }

  @Test func nestedMessagesAreNoDanger() throws {
    let nested = [450, 600, 100_000].map { depth in
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    let (status, said) = try conversation(
      start + [request(2, "shutdown"), notification("exit")],
      raw: nested.map { "Content-Length: \($0.utf8.count)\r\n\r\n\($0)" })
    #expect(status == 0)
    #expect(said.filter { $0["id"] == .null }.compactMap { $0.at("error", "code") } == [-32600, -32700, -32700])
  }

  @Test func endsWithOneUnlessItIsShutDown() throws {
    #expect(try conversation(start + [notification("exit")]).status == 1)
    #expect(try conversation(start).status == 1)
    #expect(try conversation([]).status == 1)
  }

  /// An evaluation that would go on for a long time is answered when it is taken back, and others go on meanwhile.
  @Test func cancels() throws { try withScratch { try cancels(temporary: $0) } }

  private func cancels(temporary folder: String) throws {
    let process = Process()
    process.environment = ProcessInfo.processInfo.environment.merging(["TMPDIR": folder]) { $1 }
    let (input, output) = (Pipe(), Pipe())
    process.executableURL = URL(fileURLWithPath: compilerPath)
    process.arguments = ["lsp"]
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    func send(_ messages: [JSON]) { input.fileHandleForWriting.write(Data(messages.flatMap { framed($0) })) }
    var reader = MessageReader()
    func answer(_ id: Int) throws -> JSON {
      while true {
        while let bytes = try reader.next() {
          let message = try JSON(parsing: bytes)
          if message["id"] == .integer(id) { return message }
        }
        let data = output.fileHandleForReading.availableData
        guard !data.isEmpty else { return .null }
        reader.append(data)
      }
    }
    let inner = "iter { 0 | z => succ z } (n)"
    send(
      start + [
        opening("program p (n : Nat) : Nat = \(inner)"),
        request(
          2, "workspace/executeCommand",
          ["command": "cajal.eval", "arguments": [.string(Client.uri), "p", ["n=999999999999"]]]),
        request(3, "textDocument/codeLens", Client.document),
      ])
    #expect(try answer(3)["result"]?.array?.isEmpty == false)
    send([notification("$/cancelRequest", ["id": 2])])
    #expect(try answer(2).at("error", "code") == -32800)
    // One that still runs at the end is ended as well.
    send([
      request(
        5, "workspace/executeCommand",
        ["command": "cajal.eval", "arguments": [.string(Client.uri), "p", ["n=999999999999"]]])
    ])
    send([request(4, "shutdown"), notification("exit")])
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [])
  }
}
