import Foundation

/// Runs `body` on a thread with a stack of 1 GB and waits for it.
///
/// The stages recurse over terms, whose depth the parser limits to `Term.maximumDepth`; the usual stack of 8 MB is too
/// small for that. The memory is only reserved, not used, until a term needs it.
public func withDeepStack<T>(_ body: @escaping () -> T) -> T {
  nonisolated(unsafe) var result: T?
  nonisolated(unsafe) let body = body
  let done = DispatchSemaphore(value: 0)
  let thread = Thread {
    result = body()
    done.signal()
  }
  thread.stackSize = 1 << 30
  thread.start()
  done.wait()
  return result!
}
