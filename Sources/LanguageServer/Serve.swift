import Foundation

/// Serves a client that writes to one descriptor and reads from another, to the end.
///
/// Messages are handled one after another, in their order, while others are already read: so a request that is taken
/// back while it waits is not begun. Jobs run beside that.
///
/// - Parameter compiler: the path of cajal2c.
/// - Returns: the status to exit with.
public func serve(input: Int32 = STDIN_FILENO, output: Int32 = STDOUT_FILENO, compiler: String) -> Int32 {
  // A client that has gone is seen when it is written to.
  signal(SIGPIPE, SIG_IGN)
  let writer = MessageWriter(output)
  let inbox = Inbox()
  let jobs = DispatchGroup()
  let server = LanguageServer(
    compiler: compiler, pages: ExplanationPages.usualFolder, send: { writer.write($0) },
    start: { id, job in
      jobs.enter()
      Thread.detachNewThread {
        job { inbox.isCancelled(id) }
        jobs.leave()
      }
    })
  let reader = Thread { inbox.read(from: input) }
  // Messages are nested, and the usual stack of a thread is small.
  reader.stackSize = 64 << 20
  reader.start()
  // What runs for a client that has gone is ended.
  defer {
    inbox.cancelAll()
    _ = jobs.wait(timeout: .now() + 2)
  }
  while true {
    switch inbox.take() {
    case .message(let bytes): server.receive(bytes, isCancelled: inbox.isCancelled)
    case .malformedHeader: server.reportMalformedHeader()
    case .end: return server.exitStatus ?? 1
    }
    if let status = server.exitStatus { return status }
    if inbox.isEmpty { server.settle() }
  }
}

/// What comes in, read ahead.
private final class Inbox: @unchecked Sendable {
  enum Item {
    case message([UInt8])
    case malformedHeader, end
  }

  private let condition = NSCondition()
  private var items: [Item] = []
  private var first = 0
  private var cancelled: Set<JSON> = []
  private var areAllCancelled = false
  /// A client that takes back more than this has long had the answers.
  private static let mostCancelled = 10_000

  func read(from descriptor: Int32) {
    var reader = MessageReader()
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = Foundation.read(descriptor, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return put(.end) }
      reader.append(chunk[..<count])
      while true {
        do {
          guard let message = try reader.next() else { break }
          notice(message)
          put(.message(message))
        } catch MessageReader.Problem.malformedHeader { put(.malformedHeader) } catch { return put(.end) }
      }
    }
  }

  /// `$/cancelRequest` counts at once.
  private func notice(_ message: [UInt8]) {
    guard message.count < 1_000, let json = try? JSON(parsing: message), json["method"] == "$/cancelRequest",
      let id = json.at("params", "id")
    else { return }
    condition.withLock {
      if cancelled.count >= Self.mostCancelled { cancelled = [] }
      cancelled.insert(id)
    }
  }

  private func put(_ item: Item) {
    condition.withLock {
      items.append(item)
      condition.signal()
    }
  }

  /// Waits for the next one.
  func take() -> Item {
    condition.withLock {
      while first == items.count { condition.wait() }
      let item = items[first]
      first += 1
      if first > 1_000 {
        items.removeSubrange(..<first)
        first = 0
      }
      return item
    }
  }

  var isEmpty: Bool { condition.withLock { first == items.count } }

  func isCancelled(_ id: JSON) -> Bool { condition.withLock { areAllCancelled || cancelled.contains(id) } }

  func cancelAll() { condition.withLock { areAllCancelled = true } }
}

/// Writes messages whole, from any thread.
private final class MessageWriter: @unchecked Sendable {
  private let descriptor: Int32
  private let lock = NSLock()

  init(_ descriptor: Int32) { self.descriptor = descriptor }

  func write(_ message: JSON) {
    let bytes = framed(message)
    lock.withLock {
      var offset = 0
      while offset < bytes.count {
        let count = bytes[offset...].withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return }
        offset += count
      }
    }
  }
}
