import Foundation

/// Runs `body` on a thread with a stack of 1 GB and waits for it.
///
/// The stages recurse over terms, whose depth the parser limits to `Term.maximumDepth`; the usual stack of 8 MB is too
/// small for that. The memory is only reserved, not used, until a term needs it.
public func withDeepStack<T>(_ body: @escaping () -> T) -> T {
  takeMemoryInLargeSteps()
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

/// Threads other than the first take memory from the system in small steps; one arena with large steps is faster.
/// Foundation does not export glibc's `mallopt`; where there is none, nothing is lost but time.
private func takeMemoryInLargeSteps() {
  typealias Mallopt = @convention(c) (_ parameter: Int32, _ value: Int32) -> Int32
  guard let symbol = dlsym(nil, "mallopt") else { return }
  let mallopt = unsafeBitCast(symbol, to: Mallopt.self)
  let (topPad, arenaMax): (Int32, Int32) = (-2, -8)
  _ = mallopt(arenaMax, 1)
  _ = mallopt(topPad, 64 << 20)
}
