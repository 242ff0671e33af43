import Foundation

/// Memory of a fixed size, aligned as workspaces had best be, zero at first, given back with the object.
public final class Buffer<Element: BitwiseCopyable>: @unchecked Sendable {
  public let base: UnsafeMutablePointer<Element>
  public let count: Int

  static var alignment: Int { 64 }

  /// Buffers of several such pages are aligned to them, and ask for them: a large matrix that is read by columns
  /// touches more small pages than the processor remembers.
  private static var hugePage: Int { 1 << 21 }

  /// Throws a `TrainingError` that names `purpose` where the memory is not there.
  public init(_ count: Int, for purpose: String) throws {
    let (bytes, overflow) = max(count, 1).multipliedReportingOverflow(by: MemoryLayout<Element>.stride)
    var memory: UnsafeMutableRawPointer?
    let isLarge = bytes >= 2 * Self.hugePage
    let alignment = isLarge ? Self.hugePage : Self.alignment
    guard count >= 0, !overflow, posix_memalign(&memory, alignment, bytes) == 0, let memory else {
      throw TrainingError("not enough memory for \(purpose): \(count) times \(MemoryLayout<Element>.stride) bytes")
    }
    #if os(Linux)
      // Only advice: where the kernel does not take it, everything is as it was.
      if isLarge { _ = madvise(memory, bytes, MADV_HUGEPAGE) }
    #endif
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
