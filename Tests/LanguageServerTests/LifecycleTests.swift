import Testing

@testable import LanguageServer

/// By the text of LSP 3.17 and JSON-RPC 2.0.
@Suite struct LifecycleTests {
  private func code(_ answer: JSON) -> Int? { answer.at("error", "code")?.integer }

  @Test func requestsBeforeInitializeAreRefused() {
    let client = Client(options: nil)
    #expect(code(client.request("textDocument/hover", [:])) == -32002)
    #expect(code(client.request("shutdown", .null)) == -32002)
    client.open("def t = true")
    #expect(client.diagnostics() == nil)
    #expect(
      client.request("initialize", ["capabilities": [:]]).at("result", "capabilities", "positionEncoding") == "utf-16")
    #expect(code(client.request("initialize", ["capabilities": [:]])) == -32600)
  }

  @Test func exitTellsWhetherShutdownCameFirst() {
    let client = Client()
    #expect(client.request("shutdown", .null)["result"] == .null)
    #expect(code(client.request("textDocument/hover", Client.document)) == -32600)
    #expect(code(client.request("shutdown", .null)) == -32600)
    #expect(client.server.exitStatus == nil)
    client.notify("exit", .null)
    #expect(client.server.exitStatus == 0)
    for other in [Client(), Client(options: nil)] {
      other.notify("exit", .null)
      #expect(other.server.exitStatus == 1)
    }
  }

  @Test func whatIsNotUnderstoodIsSaid() {
    let client = Client()
    #expect(code(client.request("textDocument/nothing", Client.document)) == -32601)
    #expect(code(client.request("$/nothing", .null)) == -32601)
    #expect(code(client.request("textDocument/hover", .null)) == -32602)
    client.open("def t = true")
    #expect(code(client.request("textDocument/hover", Client.document)) == -32602)
    #expect(code(client.request("textDocument/codeAction", Client.document)) == -32602)
    #expect(code(client.request("workspace/executeCommand", ["command": "rm"])) == -32602)
    #expect(code(client.request("textDocument/hover", Client.document, isCancelled: true)) == -32800)
    _ = client.takeMessages()
    for (bytes, expected) in [
      ("{", -32700), ("", -32700), ("[]", -32600), ("7", -32600), (#"{"id":1}"#, -32600),
      (#"{"method":1,"id":1}"#, -32600),
      (#"{"id":{},"method":"shutdown"}"#, -32600), (#"{"id":null,"method":"shutdown"}"#, -32600),
    ] {
      client.server.receive(Array(bytes.utf8))
      #expect(client.takeMessages().map(code) == [expected], "\(bytes)")
    }
    // Notifications and responses are never answered.
    for text in [
      #"{"method":"$/cancelRequest","params":{"id":7}}"#, #"{"method":"nothing"}"#, #"{"id":1,"result":null}"#,
      #"{"method":"textDocument/didChange","params":{"textDocument":{"uri":"none"}}}"#,
      #"{"method":"textDocument/didOpen","params":{"textDocument":{"uri":7}}}"#,
    ] {
      client.server.receive(Array(text.utf8))
      #expect(client.takeMessages().isEmpty, "\(text)")
    }
  }

  @Test func whatIsNotOpenHasNoAnswers() {
    let client = Client()
    for method in LanguageServer.methods { #expect(client.request(method, Client.document)["result"] == .null) }
    client.open("def t = x")
    #expect(client.diagnostics()?.count == 1)
    client.notify("textDocument/didClose", Client.document)
    #expect(client.diagnostics()?.isEmpty == true)
    #expect(client.request("textDocument/hover", Client.document)["result"] == .null)
  }
}

@Suite struct FramingTests {
  @Test(arguments: [1, 2, 3, 7, 1000]) func messagesComeWholeHoweverTheyAreCut(size: Int) throws {
    let messages: [JSON] = [["a": "ℕ𝟚😀\r\n\u{1}\"\\"], [], ["x": [1, -2.5, true, nil, ["y": "z"]]]]
    var bytes = messages.flatMap { framed($0) }
    bytes += Array("content-length:   2  \r\nContent-Type: x\r\n\r\n{}".utf8)
    var reader = MessageReader()
    var found: [JSON] = []
    while !bytes.isEmpty {
      reader.append(bytes.prefix(size))
      bytes.removeFirst(min(size, bytes.count))
      while let message = try reader.next() { found.append(try JSON(parsing: message)) }
    }
    #expect(found == messages + [[:]])
  }

  @Test func badHeaders() throws {
    var reader = MessageReader()
    reader.append("Nonsense\r\n\r\n".utf8)
    reader.append("Content-Length: -3\r\n\r\nContent-Length: 2\r\n\r\n{}".utf8)
    for _ in 0..<2 { #expect(throws: MessageReader.Problem.malformedHeader) { try reader.next() } }
    #expect(try reader.next() == Array("{}".utf8))
    reader.append("Content-Length: 99999999999\r\n\r\n".utf8)
    #expect(throws: MessageReader.Problem.lost) { try reader.next() }
    var endless = MessageReader()
    endless.append([UInt8](repeating: 0x61, count: 20_000))
    #expect(throws: MessageReader.Problem.lost) { try endless.next() }
  }
}

extension JSON: ExpressibleByFloatLiteral {
  public init(floatLiteral value: Double) { self = .number(value) }
}
