import Foundation

/// What the server says, by its form. It may be used from any thread.
struct Outbox: Sendable {
  let send: @Sendable (JSON) -> Void

  func answer(_ id: JSON, _ result: JSON) { send(["jsonrpc": "2.0", "id": id, "result": result]) }

  func answer(_ id: JSON, _ error: ResponseError) {
    send([
      "jsonrpc": "2.0", "id": id, "error": ["code": .integer(error.code), "message": .string(error.message)],
    ])
  }

  func tell(_ method: String, _ params: JSON) { send(["jsonrpc": "2.0", "method": .string(method), "params": params]) }

  /// A request to the client, whose answer is of no interest.
  func request(_ method: String, _ params: JSON) {
    send(["jsonrpc": "2.0", "id": .string(UUID().uuidString), "method": .string(method), "params": params])
  }
}
