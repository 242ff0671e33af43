import Diagnostics
import Foundation

/// A server of the Language Server Protocol 3.17, without its transport: messages go in by `receive`, and what the
/// server has to say goes out by `send`. Where the text of the protocol is silent, what is least surprising is done.
///
/// It is used from one thread; `send` alone is also called from the threads of jobs.
public final class LanguageServer {
  enum Lifecycle { case created, running, shutDown }

  /// What takes long and is answered later, such as a run of the compiler.
  public typealias Job = @Sendable (_ isCancelled: @escaping @Sendable () -> Bool) -> Void

  private(set) var lifecycle = Lifecycle.created
  private(set) var client = ClientCapabilities()
  private(set) var settings = Settings(nil)
  private(set) var documents: [String: Document] = [:]
  /// Those whose diagnostics are to be sent, and whether the slower ones are looked for too.
  private var unpublished: [String: Bool] = [:]
  let compiler: String
  let pages: ExplanationPages
  let outbox: Outbox
  /// Runs a job for the request with this id.
  let start: (JSON, @escaping Job) -> Void

  /// Set once the client has said `exit`: 0 after `shutdown`, else 1.
  public private(set) var exitStatus: Int32?

  /// - Parameters:
  ///   - compiler: the path of cajal2c, which runs what is asked of a program.
  ///   - pages: a folder for the pages behind messages; nil for none.
  public init(
    compiler: String, pages: String?, send: @escaping @Sendable (JSON) -> Void,
    start: @escaping (JSON, @escaping Job) -> Void = { _, job in job { false } }
  ) {
    self.compiler = compiler
    self.pages = ExplanationPages(folder: pages)
    outbox = Outbox(send: send)
    self.start = start
  }

  // MARK: Messages

  /// - Parameter isCancelled: whether the client has taken back a request with this id.
  public func receive(_ bytes: [UInt8], isCancelled: (JSON) -> Bool = { _ in false }) {
    guard let json = try? JSON(parsing: bytes) else { return outbox.answer(.null, .parse("the message is no JSON")) }
    receive(json, isCancelled: isCancelled)
  }

  public func receive(_ json: JSON, isCancelled: (JSON) -> Bool = { _ in false }) {
    var id = JSON.null
    do {
      switch try Message(json, id: &id) {
      case .response: break
      case .notification(let method, let params): notify(method, params)
      case .request(let id, let method, let params):
        if isCancelled(id), method != "shutdown", method != "initialize" { throw ResponseError.cancelled }
        if let result = try respond(method, params, id) { outbox.answer(id, result) }
      }
    } catch let error as ResponseError { outbox.answer(id, error) } catch {
      outbox.answer(id, ResponseError(code: -32603, message: "\(error)"))
    }
  }

  /// To be called where no message waits: sends the diagnostics of what has changed.
  public func settle() {
    guard lifecycle == .running else { return }
    for (uri, isThorough) in unpublished.sorted(by: { $0.key < $1.key }) {
      guard let document = documents[uri] else { continue }
      publish(document, isThorough ? document.analysis.allDiagnostics : document.analysis.diagnostics)
    }
    unpublished = [:]
  }

  /// The header of a message could not be read.
  public func reportMalformedHeader() { outbox.answer(.null, .parse("the header has no valid Content-Length")) }

  // MARK: Life

  /// Nil where the answer comes later.
  private func respond(_ method: String, _ params: JSON, _ id: JSON) throws -> JSON? {
    switch lifecycle {
    case .created:
      guard method == "initialize" else { throw ResponseError.notInitialized }
      client = ClientCapabilities(params)
      settings = Settings(params["initializationOptions"])
      lifecycle = .running
      return Self.introduction
    case .shutDown: throw ResponseError.invalidRequest("the server has been shut down")
    case .running: break
    }
    switch method {
    case "initialize": throw ResponseError.invalidRequest("the server has been initialized")
    case "shutdown":
      lifecycle = .shutDown
      return .null
    case "workspace/executeCommand":
      try execute(params, id)
      return nil
    default:
      guard let handler = Self.handlers[method] else {
        throw ResponseError.methodNotFound("there is no method \(method)")
      }
      guard let uri = params.at("textDocument", "uri")?.string else {
        throw ResponseError.invalidParams("\(method) names a textDocument")
      }
      // What is not open, or not any more, has no text here.
      guard let document = documents[uri] else { return .null }
      return try handler(self)(document, params)
    }
  }

  private func notify(_ method: String, _ params: JSON) {
    if method == "exit" { exitStatus = lifecycle == .shutDown ? 0 : 1 }
    guard lifecycle == .running else { return }
    let document = params["textDocument"]
    guard let uri = document?["uri"]?.string else {
      if method == "workspace/didChangeConfiguration" { settings = Settings(params.at("settings", "cajal")) }
      return
    }
    switch method {
    case "textDocument/didOpen":
      guard let text = document?["text"]?.string else { return }
      documents[uri] = Document(uri: uri, version: document?["version"]?.integer, text: text)
      unpublished[uri] = true
    case "textDocument/didChange":
      do {
        try documents[uri]?.apply(params["contentChanges"]?.array ?? [], version: document?["version"]?.integer)
      } catch {
        outbox.tell(
          "window/logMessage", ["type": 1, "message": .string("a change of \(uri) cannot be read: \(error)")])
      }
      if unpublished[uri] == nil { unpublished[uri] = false }
    case "textDocument/didSave": unpublished[uri] = true
    case "textDocument/didClose":
      if documents.removeValue(forKey: uri) != nil { publish(uri: uri, version: nil, []) }
      unpublished[uri] = nil
    default: break
    }
  }

  typealias Handler = @Sendable (LanguageServer) -> (Document, JSON) throws -> JSON

  private static let handlers: [String: Handler] = [
    "textDocument/hover": { $0.hover },
    "textDocument/definition": { $0.definition },
    "textDocument/references": { $0.references },
    "textDocument/documentHighlight": { $0.highlights },
    "textDocument/prepareRename": { $0.prepareRename },
    "textDocument/rename": { $0.rename },
    "textDocument/documentSymbol": { $0.documentSymbols },
    "textDocument/foldingRange": { $0.foldingRanges },
    "textDocument/signatureHelp": { $0.signatureHelp },
    "textDocument/completion": { $0.completion },
    "textDocument/codeAction": { $0.codeActions },
    "textDocument/semanticTokens/full": { $0.semanticTokens },
    "textDocument/semanticTokens/range": { $0.semanticTokens },
    "textDocument/inlayHint": { $0.inlayHints },
    "textDocument/codeLens": { $0.codeLenses },
    "textDocument/formatting": { $0.formatting },
  ]

  /// The methods that are answered, `initialize`, `shutdown` and `workspace/executeCommand` apart.
  public static var methods: [String] { handlers.keys.sorted() }
}

extension LanguageServer {
  func offset(_ document: Document, _ params: JSON) throws -> Int {
    guard let position = Position(params["position"]) else {
      throw ResponseError.invalidParams("a position has a line and a character")
    }
    return document.buffer.offset(of: position)
  }

  /// Nil where the parameters have no range.
  func span(_ document: Document, _ params: JSON) -> Span? {
    guard let start = Position(params.at("range", "start")), let end = Position(params.at("range", "end")) else {
      return nil
    }
    let (a, b) = (document.buffer.offset(of: start), document.buffer.offset(of: end))
    return Span(min(a, b), max(a, b))
  }

  func markup(_ text: String) -> JSON {
    ["kind": client.markdown ? "markdown" : "plaintext", "value": .string(text)]
  }

  /// Lines of Cajal, or of what the compiler prints, set apart from prose.
  func code(_ text: String) -> String {
    let text = text.hasSuffix("\n") ? String(text.dropLast()) : text
    return client.markdown ? "```cajal\n\(text)\n```" : text
  }
}
