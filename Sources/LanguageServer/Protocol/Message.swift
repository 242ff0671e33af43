/// What is answered in the place of a result.
public struct ResponseError: Error {
  public let code: Int
  public let message: String

  // The numbers of JSON-RPC 2.0 and LSP 3.17.
  static func parse(_ text: String) -> ResponseError { ResponseError(code: -32700, message: text) }
  static func invalidRequest(_ text: String) -> ResponseError { ResponseError(code: -32600, message: text) }
  static func methodNotFound(_ text: String) -> ResponseError { ResponseError(code: -32601, message: text) }
  static func invalidParams(_ text: String) -> ResponseError { ResponseError(code: -32602, message: text) }
  static let notInitialized = ResponseError(code: -32002, message: "the server has not been initialized")
  static let cancelled = ResponseError(code: -32800, message: "cancelled")
  static func failed(_ text: String) -> ResponseError { ResponseError(code: -32803, message: text) }
}

/// A message of a client, by its form.
enum Message {
  case request(id: JSON, method: String, params: JSON)
  case notification(method: String, params: JSON)
  /// An answer to a request of this server's.
  case response

  /// - Throws: `ResponseError`; `id` is what it is to be sent with.
  init(_ json: JSON, id: inout JSON) throws {
    guard case .object(let members) = json else { throw ResponseError.invalidRequest("a message is an object") }
    switch members["id"] {
    case .string?, .integer?: id = members["id"]!
    case nil: break
    // A response to a message that could not be read has null.
    case .null? where members["method"] == nil: break
    default: throw ResponseError.invalidRequest("an id is a number or a string")
    }
    guard let method = members["method"] else {
      guard members["result"] != nil || members["error"] != nil else {
        throw ResponseError.invalidRequest("a message has a method, or a result, or an error")
      }
      self = .response
      return
    }
    guard case .string(let name) = method else { throw ResponseError.invalidRequest("a method is a string") }
    let params = members["params"] ?? .null
    self =
      members["id"] == nil
      ? .notification(method: name, params: params) : .request(id: id, method: name, params: params)
  }
}
