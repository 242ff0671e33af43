/// A structure of cajal.h as a module has it, which may be older than this: it ends earlier then, and the fields behind
/// its end are zero here.
///
/// - Parameters:
///   - size: what the structure says of itself, its `struct_size`.
///   - required: of the bytes that every version has.
/// - Returns: nil where it is shorter than that.
public func structure<T: BitwiseCopyable>(_ pointer: UnsafePointer<T>, size: UInt32, required: Int) -> T? {
  guard Int(size) >= required else { return nil }
  return withUnsafeTemporaryAllocation(of: T.self, capacity: 1) { room in
    let bytes = UnsafeMutableRawBufferPointer(room)
    _ = bytes.initializeMemory(as: UInt8.self, repeating: 0)
    bytes.copyMemory(from: UnsafeRawBufferPointer(start: pointer, count: min(Int(size), MemoryLayout<T>.size)))
    return room[0]
  }
}
