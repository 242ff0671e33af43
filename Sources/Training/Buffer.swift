import Foundation

/// Memory of a fixed size, aligned as workspaces have to be, zero at first, given back with the object.
public final class Buffer<Element: BitwiseCopyable>: @unchecked Sendable {
  public let base: UnsafeMutablePointer<Element>
  public let count: Int

  static var alignment: Int { 64 }

  /// Throws a `TrainingError` that names `purpose` where the memory is not there.
  public init(_ count: Int, for purpose: String) throws {
    let (bytes, overflow) = max(count, 1).multipliedReportingOverflow(by: MemoryLayout<Element>.stride)
    var memory: UnsafeMutableRawPointer?
    guard count >= 0, !overflow, posix_memalign(&memory, Self.alignment, bytes) == 0, let memory else {
      throw TrainingError("not enough memory for \(purpose): \(count) times \(MemoryLayout<Element>.stride) bytes")
    }
    memset(memory, 0, bytes)
    base = memory.bindMemory(to: Element.self, capacity: max(count, 1))
    self.count = count
  }

  deinit { free(base) }

  public subscript(index: Int) -> Element {
    get { base[index] }
    set { base[index] = newValue }
  }

  public var elements: UnsafeBufferPointer<Element> { UnsafeBufferPointer(start: base, count: count) }
}
