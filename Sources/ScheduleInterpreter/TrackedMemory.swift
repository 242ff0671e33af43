/// What a schedule must never do.
public struct ScheduleFault: Error, Hashable, Sendable, CustomStringConvertible {
  public let description: String
  init(_ description: String) { self.description = description }
}

/// Reals, each with the buffer that wrote it last. To read what nobody wrote, or what another buffer has written over,
/// is a fault.
final class TrackedMemory {
  private let name: String
  private var values: [Double]
  private var writers: [Int]
  /// A real that one buffer has written may not be written by another.
  private let isForGood: Bool
  /// Nothing below it was ever written.
  private var lowest = Int.max

  private static let nobody = -1
  /// Whoever reads it may.
  static let caller = -2

  init(_ name: String, size: Int, isForGood: Bool = false) {
    self.name = name
    self.isForGood = isForGood
    values = [Double](repeating: 0, count: size)
    writers = [Int](repeating: TrackedMemory.nobody, count: size)
  }

  var count: Int { values.count }

  func read(_ index: Int, for buffer: Int) throws -> Double {
    guard values.indices.contains(index) else { throw ScheduleFault("reads \(name)[\(index)] of \(count)") }
    let writer = writers[index]
    guard writer == buffer || writer == TrackedMemory.caller else {
      let whose = writer == TrackedMemory.nobody ? "nobody has written" : "buffer \(writer) wrote"
      throw ScheduleFault("buffer \(buffer) reads \(name)[\(index)], which \(whose)")
    }
    return values[index]
  }

  func write(_ value: Double, to index: Int, for buffer: Int) throws {
    guard values.indices.contains(index) else { throw ScheduleFault("writes \(name)[\(index)] of \(count)") }
    if isForGood, writers[index] != buffer, writers[index] != TrackedMemory.nobody {
      throw ScheduleFault("writes \(name)[\(index)], which buffer \(writers[index]) keeps there")
    }
    values[index] = value
    writers[index] = buffer
    lowest = min(lowest, index)
  }

  func forget(_ range: Range<Int>) throws {
    guard range.lowerBound >= 0, range.upperBound <= count else {
      throw ScheduleFault("needs \(name)[\(range)] of \(count)")
    }
    if range.upperBound <= lowest { return }
    for index in range { writers[index] = TrackedMemory.nobody }
  }

  /// Hands everything that was written over to the caller.
  func release() {
    for index in writers.indices where writers[index] != TrackedMemory.nobody { writers[index] = TrackedMemory.caller }
  }
}
