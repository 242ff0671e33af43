import Foundation
import Synchronization
import TrainingKernels

/// Threads that wait for work and do it together with the one that brings it.
///
/// A training step of a small model brings some three works in a millisecond. A thread that sleeps in between starts
/// tens of microseconds late, and slowly; so these watch out for the next work for a while before they sleep, which
/// those of libdispatch do not.
final class Crew: @unchecked Sendable {
  typealias Work = @Sendable (_ worker: Int) -> Void

  private let helpers: Int
  /// How often a thread looks for what it waits for before it sleeps: for some hundred microseconds. Not at all where
  /// there are more threads than processors, since it would keep others from working.
  private let glances: Int

  private let isTaken = Atomic(false)
  private var isStarted = false
  /// Of the helpers' round; set before the round begins, and left alone until it ends.
  private var work: Work?
  /// How many rounds have begun.
  private let round = Atomic(0)
  /// Helpers that have not yet done the round's work.
  private let busy = Atomic(0)
  private let isDismissed = Atomic(false)
  /// Those who wait for the condition, or are about to.
  private let sleepers = Atomic(0)
  private let condition = NSCondition()

  init(helpers: Int) {
    self.helpers = helpers
    glances = helpers < availableProcessors() ? 1 << 13 : 0
  }

  /// Calls `work` once on this thread, as worker 0, and at the same time on each helper, as workers 1 and up; returns
  /// when all have returned.
  ///
  /// Where the crew is at work already, because `work` itself or another thread calls it, only this thread does it.
  func run(_ work: Work) {
    guard !isTaken.exchange(true, ordering: .acquiring) else { return work(0) }
    defer { isTaken.store(false, ordering: .releasing) }
    start()
    withoutActuallyEscaping(work) { work in
      self.work = work
      busy.store(helpers, ordering: .relaxed)
      round.wrappingAdd(1, ordering: .sequentiallyConsistent)
      wake()
      work(0)
      wait { busy.load(ordering: .sequentiallyConsistent) == 0 }
      self.work = nil
    }
  }

  /// Ends the threads. There must be no work any more.
  func dismiss() {
    isDismissed.store(true, ordering: .sequentiallyConsistent)
    wake()
  }

  private func start() {
    guard !isStarted else { return }
    isStarted = true
    for worker in 1..<helpers + 1 {
      let thread = Thread { [self] in help(worker) }
      thread.stackSize = 8 << 20
      thread.start()
    }
  }

  private func help(_ worker: Int) {
    ProductThreads.limitThisThread()
    var done = 0
    while true {
      wait { round.load(ordering: .sequentiallyConsistent) > done || isDismissed.load(ordering: .relaxed) }
      if isDismissed.load(ordering: .relaxed) { return }
      doWork(worker)
      done += 1
      if busy.wrappingSubtract(1, ordering: .sequentiallyConsistent).newValue == 0 { wake() }
    }
  }

  /// A function of its own, so that no reference to the work is left when it returns.
  @inline(never)
  private func doWork(_ worker: Int) { work!(worker) }

  /// Both this and `wake` change one atomic and then read another, sequentially consistent: so either who waits sees
  /// that it need not, or who wakes sees that somebody sleeps.
  private func wait(until isDone: () -> Bool) {
    for _ in 0..<glances {
      if isDone() { return }
      training_pause()
    }
    condition.lock()
    sleepers.wrappingAdd(1, ordering: .sequentiallyConsistent)
    while !isDone() { condition.wait() }
    sleepers.wrappingSubtract(1, ordering: .sequentiallyConsistent)
    condition.unlock()
  }

  /// To be called after what somebody may wait for has changed.
  private func wake() {
    guard sleepers.load(ordering: .sequentiallyConsistent) > 0 else { return }
    condition.lock()
    condition.broadcast()
    condition.unlock()
  }
}
