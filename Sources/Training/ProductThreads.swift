import Foundation
import Synchronization

/// OpenBLAS on one thread, since the trainer divides batches among threads of its own.
///
/// Its builds for POSIX threads have one limit for the process, those for OpenMP one for each thread that calls them:
/// there a new thread's products run on all processors until it sets its own.
enum ProductThreads {
  private typealias SetLimit = @convention(c) (CInt) -> Void
  private typealias GetParallel = @convention(c) () -> CInt

  /// The function that sets the limit, where each thread has its own.
  private static let setLimit = Mutex<SetLimit?>(nil)

  /// Sets the limit of this thread, and remembers how other threads set theirs.
  static func limit(in library: UnsafeMutableRawPointer) {
    guard let symbol = dlsym(library, "openblas_set_num_threads") else { return }
    let set = unsafeBitCast(symbol, to: SetLimit.self)
    set(1)
    guard let kind = dlsym(library, "openblas_get_parallel"),
      unsafeBitCast(kind, to: GetParallel.self)() == openMP
    else { return }
    setLimit.withLock { $0 = set }
  }

  /// To be called by a thread before its first product.
  static func limitThisThread() { setLimit.withLock { $0 }?(1) }

  /// What `openblas_get_parallel` answers.
  private static let openMP: CInt = 2
}
