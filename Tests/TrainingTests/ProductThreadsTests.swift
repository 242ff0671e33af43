import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Training

/// On a library that has the functions by which OpenBLAS is asked, each thread with a limit of its own, as in its builds
/// for OpenMP.
@Suite struct ProductThreadsTests {
  private static let library = """
    static __thread int limit = 8;
    void openblas_set_num_threads(int threads) { limit = threads; }
    int openblas_get_parallel(void) { return 2; }
    int limit_of_this_thread(void) { return limit; }
    """

  @Test func everyThreadSetsItsOwnLimit() throws {
    try withScratch { folder in
      let source = try write(Self.library, to: folder + "/blas.c")
      let built = try run("gcc", ["-shared", "-fPIC", "-O1", source, "-o", folder + "/blas.so"])
      #expect(built.status == 0, "\(built.errors)")
      let handle = try #require(dlopen(folder + "/blas.so", RTLD_NOW))
      let symbol = try #require(dlsym(handle, "limit_of_this_thread"))
      typealias Limit = @convention(c) () -> CInt
      let limit = unsafeBitCast(symbol, to: Limit.self)

      #expect(limit() == 8)
      ProductThreads.limit(in: handle)
      #expect(limit() == 1)
      // Without a crew, a thread has what the library gave it.
      let others = Atomic(0)
      let isDone = DispatchSemaphore(value: 0)
      Thread {
        others.store(Int(limit()), ordering: .relaxed)
        isDone.signal()
      }.start()
      isDone.wait()
      #expect(others.load(ordering: .relaxed) == 8)

      let workers = Workers(threads: 3)
      let helped = Atomic(0)
      let wrong = Atomic(0)
      for _ in 0..<50 {
        workers.run(6) { _, worker in
          // Long enough for the helpers to take part.
          Thread.sleep(forTimeInterval: 1e-4)
          if worker > 0 { helped.wrappingAdd(1, ordering: .relaxed) }
          if limit() != 1 { wrong.wrappingAdd(1, ordering: .relaxed) }
        }
      }
      #expect(helped.load(ordering: .relaxed) > 0)
      #expect(wrong.load(ordering: .relaxed) == 0)
    }
  }
}
