import Foundation

/// Throws where an ELF file (64 bits, little-endian) ends before what its own header says: the loader maps such a file,
/// and the process would end at the first page that is not there. Other files are left to the loader.
func checkNotTruncated(sharedObject path: String) throws {
  guard let file = FileHandle(forReadingAtPath: path) else { return }
  defer { try? file.close() }
  guard let size = try? file.seekToEnd() else { return }

  func bytes(at offset: UInt64, _ count: Int) -> [UInt8]? {
    guard (try? file.seek(toOffset: offset)) != nil, let data = try? file.read(upToCount: count), data.count == count
    else { return nil }
    return [UInt8](data)
  }
  func number(_ bytes: [UInt8], _ at: Int, _ width: Int) -> UInt64 {
    (0..<width).reduce(0) { $0 | UInt64(bytes[at + $1]) << UInt64(8 * $1) }
  }
  func isInside(_ offset: UInt64, _ length: UInt64) -> Bool {
    let (end, overflow) = offset.addingReportingOverflow(length)
    return !overflow && end <= size
  }

  // Magic number, 64 bits, little-endian.
  guard let magic = bytes(at: 0, 6), magic == [0x7f, 0x45, 0x4c, 0x46, 2, 1] else { return }
  let truncated = TrainingError("cannot load the model: \(path) is truncated: build it again")
  guard let header = bytes(at: 0, 64) else { throw truncated }
  let (segments, segmentSize, segmentCount) = (number(header, 32, 8), number(header, 54, 2), number(header, 56, 2))
  guard isInside(segments, segmentSize * segmentCount),
    isInside(number(header, 40, 8), number(header, 58, 2) * number(header, 60, 2))
  else { throw truncated }
  for index in 0..<segmentCount where segmentSize >= 56 {
    guard let segment = bytes(at: segments + index * segmentSize, 56),
      isInside(number(segment, 8, 8), number(segment, 32, 8))
    else { throw truncated }
  }
}
