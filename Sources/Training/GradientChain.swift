/// Adds the gradients of pieces that several processes have, in the order of the pieces: each process adds its own to
/// the sum of those before, and hands that on; all get the last one's. So the sum has the same bits whatever the
/// number of processes.
///
/// Vectors go in messages of a fixed size, so that all processes of the chain are at work at the same time, and that a
/// vector may be longer than what MPI can count.
final class GradientChain<Real: TrainingReal>: @unchecked Sendable {
  private let ranks: Ranks
  private let workers: Workers
  private let count, chunk, message: Int
  /// The sum of those before, of this message and of the next one.
  private let received: [Buffer<Real>]

  private static var sendSlot: Int { 2 }

  /// - Parameters:
  ///   - count: the length of the gradients.
  ///   - chunk: what a thread adds at a time.
  init(_ ranks: Ranks, _ workers: Workers, count: Int, chunk: Int) throws {
    self.ranks = ranks
    self.workers = workers
    self.count = count
    self.chunk = chunk
    message = 16 * chunk
    let length = ranks.isFirst ? 0 : min(count, message)
    received = try (0..<2).map { _ in try Buffer(length, for: "gradients") }
  }

  /// Of all processes.
  ///
  /// - Parameters:
  ///   - gradient: where the sum is to be; of a process that has parts the first of them.
  ///   - parts: the gradients that this process has, in order.
  ///   - owners: the processes that have some, in order; at least one.
  ///   - visit: is shown each chunk of the sum; calls may be at the same time.
  func sum(
    into gradient: Buffer<Real>, _ parts: [Buffer<Real>], owners: [Int],
    visit: @Sendable (_ chunk: Int, _ range: Range<Int>) -> Void
  ) {
    if ranks.count == 1 {
      workers.runChunks(of: count, size: chunk) { chunk, range in
        let to = gradient.base + range.lowerBound
        for part in parts.dropFirst() { Real.add(range.count, part.base + range.lowerBound, to: to) }
        visit(chunk, range)
      }
      return
    }
    if let place = owners.firstIndex(of: ranks.rank) {
      add(
        parts, from: place > 0 ? owners[place - 1] : nil, to: place + 1 < owners.count ? owners[place + 1] : nil)
    }
    for number in 0..<messages {
      let range = range(of: number)
      ranks.broadcast(gradient, range, from: owners.last!)
      workers.runChunks(of: range.count, size: chunk) { index, part in
        visit(
          range.lowerBound / chunk + index, range.lowerBound + part.lowerBound..<range.lowerBound + part.upperBound)
      }
    }
  }

  private var messages: Int { chunkCount(of: count, size: message) }

  private func range(of number: Int) -> Range<Int> { number * message..<min((number + 1) * message, count) }

  /// The links of the chain on both sides of this process; nil where there is none.
  private func add(_ parts: [Buffer<Real>], from before: Int?, to after: Int?) {
    func receive(_ number: Int) {
      guard let before, number < messages else { return }
      ranks.receive(received[number % 2], count: range(of: number).count, from: before, slot: number % 2)
    }
    receive(0)
    for number in 0..<messages {
      let range = range(of: number)
      receive(number + 1)
      if before != nil { ranks.wait(slot: number % 2) }
      let sum = received[number % 2]
      workers.runChunks(of: range.count, size: chunk) { _, part in
        let at = range.lowerBound + part.lowerBound
        let to = parts[0].base + at
        // The sum of two is the same in either order.
        if before != nil { Real.add(part.count, sum.base + part.lowerBound, to: to) }
        for other in parts.dropFirst() { Real.add(part.count, other.base + at, to: to) }
      }
      guard let after else { continue }
      ranks.wait(slot: Self.sendSlot + number % 2)
      ranks.send(parts[0], range, to: after, slot: Self.sendSlot + number % 2)
    }
    guard after != nil else { return }
    for slot in 0..<2 { ranks.wait(slot: Self.sendSlot + slot) }
  }
}
