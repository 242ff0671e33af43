import Foundation
import Synchronization
import Testing

@testable import Training

/// More threads than processors, which do not watch out but sleep, are among these.
@Suite struct WorkersTests {
  /// How often each item was done, and the workers that were at work at the same time.
  private final class Log: @unchecked Sendable {
    let counts: [Count]
    init(_ count: Int) { counts = (0..<count).map { _ in Count() } }
    final class Count: Sendable {
      let value = Atomic(0)
    }
    func add(_ item: Int) { counts[item].value.wrappingAdd(1, ordering: .relaxed) }
    var all: [Int] { counts.map { $0.value.load(ordering: .relaxed) } }
  }

  @Test(arguments: [1, 2, 3, 16]) func everyItemIsDoneOnce(threads: Int) {
    let workers = Workers(threads: threads)
    for count in [0, 1, 2, 3, 100] {
      let log = Log(count)
      workers.run(count) { item, _ in log.add(item) }
      #expect(log.all == Array(repeating: 1, count: count))
    }
  }

  @Test(arguments: [2, 16]) func whatOneRoundWritesTheNextOneReads(threads: Int) {
    let workers = Workers(threads: threads)
    let count = 64
    let from = try! Buffer<Int>(count, for: "a test")
    let to = try! Buffer<Int>(count, for: "a test")
    for round in 1...2000 {
      // From time to time long enough for the others to fall asleep.
      if round % 500 == 0 { Thread.sleep(forTimeInterval: 0.01) }
      workers.run(count) { item, _ in to[item] = from[(item + 1) % count] + 1 }
      workers.run(count) { item, _ in from[item] = to[item] }
    }
    #expect(from.elements.allSatisfy { $0 == 2000 })
  }

  @Test func aWorkerIsNeverTwoAtATime() {
    let workers = Workers(threads: 3)
    let log = Log(3)
    let wrong = Atomic(0)
    for _ in 0..<200 {
      workers.run(12) { _, worker in
        let atWork = log.counts[worker].value.wrappingAdd(1, ordering: .relaxed).newValue
        if atWork != 1 { wrong.wrappingAdd(1, ordering: .relaxed) }
        Thread.sleep(forTimeInterval: 1e-5)
        log.counts[worker].value.wrappingSubtract(1, ordering: .relaxed)
      }
    }
    #expect(wrong.load(ordering: .relaxed) == 0)
  }

  @Test func severalThreadsWorkAtTheSameTime() {
    let workers = Workers(threads: 2)
    let arrived = Atomic(0)
    // Each waits for the other: one thread alone would never end.
    workers.run(2) { _, _ in
      arrived.wrappingAdd(1, ordering: .sequentiallyConsistent)
      while arrived.load(ordering: .sequentiallyConsistent) < 2 { Thread.sleep(forTimeInterval: 1e-5) }
    }
    #expect(arrived.load(ordering: .relaxed) == 2)
  }

  @Test func workMayBringWork() {
    let workers = Workers(threads: 2)
    let log = Log(8 * 8)
    workers.run(8) { outer, _ in workers.run(8) { inner, _ in log.add(8 * outer + inner) } }
    #expect(log.all == Array(repeating: 1, count: 64))
  }

  @Test func threadsEndWithTheirWorkers() {
    func threads() throws -> Int { try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count }
    guard let before = try? threads() else { return }
    for _ in 0..<200 { Workers(threads: 4).run(4) { _, _ in } }
    // Others that run at the same time start threads too, but not hundreds.
    var left = Int.max
    for _ in 0..<500 where left > before + 100 {
      Thread.sleep(forTimeInterval: 0.01)
      left = (try? threads()) ?? 0
    }
    #expect(left <= before + 100)
  }
}
