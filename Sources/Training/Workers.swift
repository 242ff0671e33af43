import Synchronization

/// Runs independent pieces of work on up to `threads` threads.
///
/// Which thread does which piece is left open, so pieces write to places of their own, and what is computed does not
/// depend on the number of threads.
public final class Workers: Sendable {
  public let threads: Int
  private let crew: Crew

  public init(threads: Int) {
    self.threads = max(threads, 1)
    crew = Crew(helpers: self.threads - 1)
  }

  deinit { crew.dismiss() }

  /// Calls `work` for every item from 0 to `count`; `worker`, below `threads`, is the same for no two calls at a time.
  public func run(_ count: Int, _ work: @Sendable (_ item: Int, _ worker: Int) -> Void) {
    guard threads > 1, count > 1 else {
      for item in 0..<count { work(item, 0) }
      return
    }
    let next = Atomic(0)
    crew.run { worker in
      while true {
        let item = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard item < count else { return }
        work(item, worker)
      }
    }
  }

  /// Calls `work` for ranges of a fixed size that cover 0 to `count`.
  public func runChunks(of count: Int, size: Int, _ work: @Sendable (_ chunk: Int, _ range: Range<Int>) -> Void) {
    run(chunkCount(of: count, size: size)) { chunk, _ in work(chunk, chunk * size..<min((chunk + 1) * size, count)) }
  }
}

func chunkCount(of count: Int, size: Int) -> Int { (count + size - 1) / size }
