import Foundation
import TrainingKernels

/// The processes that do a run together, over MPI; or the one that does it alone.
///
/// What is said to be of all is called by all, in the same order, each on the thread that joined. Reals are only passed
/// on: MPI chooses the order of its sums by their size and the number of processes.
public final class Ranks: @unchecked Sendable {
  /// The number of this process, from 0.
  public let rank: Int
  public let count: Int
  private let mpi: training_mpi?

  /// One process.
  public static let alone = Ranks(nil, rank: 0, count: 1)

  init(_ mpi: training_mpi?, rank: Int, count: Int) {
    self.mpi = mpi
    self.rank = rank
    self.count = count
  }

  /// The first process alone writes and prints.
  public var isFirst: Bool { rank == 0 }

  /// Where the part of each process begins, in order, of so many items; and their end.
  func bounds(of items: Int) -> [Int] { (0...count).map { items * $0 / count } }

  /// The part of this process of so many items.
  func part(of items: Int) -> Range<Int> { items * rank / count..<items * (rank + 1) / count }

  // MARK: Of all

  /// Each process has those elements from `bounds[rank]` to `bounds[rank + 1]`, and gets the others'.
  func share<Element>(_ buffer: Buffer<Element>, _ bounds: [Int]) {
    guard count > 1 else { return }
    mpi!.share(buffer.base, bounds.map { $0 * MemoryLayout<Element>.stride })
  }

  /// What each process has, in their order.
  func gather<Element: BitwiseCopyable>(_ mine: Element) -> [Element] {
    guard count > 1 else { return [mine] }
    var all = Array(repeating: mine, count: count)
    all.withUnsafeMutableBytes { mpi!.share($0.baseAddress, (0...count).map { $0 * MemoryLayout<Element>.stride }) }
    return all
  }

  /// What the first process has.
  func ofFirst<Element: BitwiseCopyable>(_ mine: Element) -> Element {
    guard count > 1 else { return mine }
    var first = mine
    withUnsafeMutableBytes(of: &first) { mpi!.broadcast($0.baseAddress, $0.count, 0) }
    return first
  }

  /// What the process `source` has.
  func broadcast(_ text: String, from source: Int) -> String {
    guard count > 1 else { return text }
    var length = text.utf8.count
    withUnsafeMutableBytes(of: &length) { mpi!.broadcast($0.baseAddress, $0.count, Int32(source)) }
    var bytes = rank == source ? Array(text.utf8) : Array(repeating: 0, count: length)
    bytes.withUnsafeMutableBytes { mpi!.broadcast($0.baseAddress, $0.count, Int32(source)) }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// All get these elements as the process `source` has them.
  func broadcast<Element>(_ buffer: Buffer<Element>, _ range: Range<Int>, from source: Int) {
    guard count > 1 else { return }
    mpi!.broadcast(buffer.base + range.lowerBound, range.count * MemoryLayout<Element>.stride, Int32(source))
  }

  /// Does what may fail on some processes only, without a call to others in it. Where it did, all throw what the first
  /// of them has found.
  func agree<Result>(_ work: () throws -> Result) throws -> Result {
    guard count > 1 else { return try work() }
    let result = Swift.Result { try work() }
    var message: String?
    if case .failure(let error) = result { message = place + "\(error)" }
    guard let failed = gather(message != nil).firstIndex(of: true) else { return try result.get() }
    throw TrainingError(broadcast(message ?? "", from: failed))
  }

  // MARK: Between two

  /// Begins to send or to receive elements; `wait` for the same slot ends that.
  func send<Element>(_ buffer: Buffer<Element>, _ range: Range<Int>, to target: Int, slot: Int) {
    mpi!.send(
      Int32(slot), buffer.base + range.lowerBound, range.count * MemoryLayout<Element>.stride, Int32(target))
  }

  func receive<Element>(_ buffer: Buffer<Element>, count: Int, from source: Int, slot: Int) {
    mpi!.receive(Int32(slot), buffer.base, count * MemoryLayout<Element>.stride, Int32(source))
  }

  func wait(slot: Int) { mpi!.wait(Int32(slot)) }

  // MARK: Of one

  /// Does what this process does while others go on. What it throws is a `LoneFailure` where there are others.
  func apart<Result>(_ work: () throws -> Result) throws -> Result {
    guard count > 1 else { return try work() }
    do { return try work() } catch { throw LoneFailure(error: error, place: place) }
  }

  /// Ends all processes, which wait for this one or will.
  public func abort() -> Never {
    mpi?.abort(1)
    exit(1)
  }

  /// To be called by all, at their end: returns when all have.
  public func end() { mpi?.end() }

  /// What a message of this process begins with.
  private var place: String {
    var name = [CChar](repeating: 0, count: 256)
    return isFirst || gethostname(&name, name.count - 1) != 0 ? "" : "process \(rank) of \(count), on \(text(name)): "
  }

  private func text(_ name: [CChar]) -> String {
    String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

/// What one process met of which the others know nothing: to be reported before it ends them all.
public struct LoneFailure: Error, CustomStringConvertible {
  let error: any Error
  let place: String

  public var description: String { "\(place)\(error)" }
}
