import Foundation

/// A buffer that ends at a page that may not be touched. What lies between it and the pages around it is filled with
/// a pattern, so that a write there is seen; a read or a write beyond the last page ends the process (`CrashNote`).
final class GuardedBuffer {
  static let pattern: UInt8 = 0xE5
  let start: UnsafeMutableRawPointer
  let count: Int
  private let mapping: UnsafeMutableRawPointer
  private let mapped: Int

  /// - Parameters:
  ///   - count: in bytes.
  ///   - alignment: of the first byte; with 1, the last byte is the last of its page.
  ///   - offset: behind what is aligned so, where the first byte is.
  init(count: Int, alignment: Int = 1, offset: Int = 0) throws {
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    let room = (count + alignment + offset + page - 1) / page * page
    let mapping = mmap(nil, room + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let mapping, mapping != MAP_FAILED, mprotect(mapping + room, page, PROT_NONE) == 0 else {
      throw LinkedProgram.Failure(description: "no memory for a buffer of \(count) bytes")
    }
    self.mapping = mapping
    mapped = room + page
    self.count = count
    start = mapping + (room - count - offset) / alignment * alignment + offset
    memset(mapping, Int32(GuardedBuffer.pattern), room)
    fillWithNaN()
  }

  deinit { munmap(mapping, mapped) }

  /// Every real, of either size, is a NaN then.
  func fillWithNaN() { memset(start, 0xFF, count) }

  /// Whether nothing was written beside the buffer.
  var isIntact: Bool {
    let end = mapping + mapped - Int(sysconf(Int32(_SC_PAGESIZE)))
    func holdsPattern(_ from: UnsafeMutableRawPointer, _ to: UnsafeMutableRawPointer) -> Bool {
      UnsafeRawBufferPointer(start: from, count: to - from).allSatisfy { $0 == GuardedBuffer.pattern }
    }
    return holdsPattern(mapping, start) && holdsPattern(start + count, end)
  }

  /// The bytes, to compare with later.
  var bytes: [UInt8] { Array(UnsafeRawBufferPointer(start: start, count: count)) }

  func holds(_ bytes: [UInt8]) -> Bool {
    bytes.withUnsafeBytes { $0.count == count && (count == 0 || memcmp($0.baseAddress!, start, count) == 0) }
  }

  func hasSameBytes(_ other: GuardedBuffer) -> Bool { count == other.count && memcmp(start, other.start, count) == 0 }
}

/// The reals of a buffer, or the nodes of tables.
struct Reals {
  enum Element {
    case float, double
    case int32

    var bytes: Int {
      switch self {
      case .float, .int32: 4
      case .double: 8
      }
    }
  }
  let buffer: GuardedBuffer
  let element: Element

  /// Filled with NaN.
  init(_ count: Int, _ element: Element) throws {
    buffer = try GuardedBuffer(count: count * element.bytes)
    self.element = element
  }

  init(_ count: Int, isDouble: Bool) throws { try self.init(count, isDouble ? .double : .float) }

  subscript(_ index: Int) -> Double {
    get {
      let offset = index * element.bytes
      switch element {
      case .double: return buffer.start.load(fromByteOffset: offset, as: Double.self)
      case .float: return Double(buffer.start.load(fromByteOffset: offset, as: Float.self))
      case .int32: return Double(buffer.start.load(fromByteOffset: offset, as: Int32.self))
      }
    }
    nonmutating set {
      let offset = index * element.bytes
      switch element {
      case .double: buffer.start.storeBytes(of: newValue, toByteOffset: offset, as: Double.self)
      case .float: buffer.start.storeBytes(of: Float(newValue), toByteOffset: offset, as: Float.self)
      case .int32: buffer.start.storeBytes(of: Int32(newValue), toByteOffset: offset, as: Int32.self)
      }
    }
  }

  /// Whether the number is as `GuardedBuffer.fillWithNaN` left it.
  func isUntouched(_ index: Int) -> Bool {
    let start = buffer.start + index * element.bytes
    return UnsafeRawBufferPointer(start: start, count: element.bytes).allSatisfy { $0 == 0xFF }
  }
}
