import CZlib
import Foundation

/// An array of bytes from an IDX file, the format of MNIST.
public struct IDXFile: Sendable {
  public let dims: [Int]
  public let bytes: [UInt8]

  /// MNIST's largest file has 47 million bytes; a header that claims more than this is taken for damage.
  static let largestCount = 1 << 30

  /// Reads a file, plain or compressed by gzip, and checks that it has `rank` dimensions and ends where it should.
  public init(reading path: String, rank: Int) throws {
    errno = 0
    guard let file = gzopen(path, "rb") else {
      throw TrainingError("\(path): cannot be opened: \(String(cString: strerror(errno == 0 ? ENOMEM : errno)))")
    }
    defer { gzclose(file) }
    gzbuffer(file, 1 << 17)
    let reader = Reader(path: path, file: file)

    // Two zeros, the type of the entries (8: unsigned bytes), the rank; then each dimension in four bytes.
    let magic = try reader.bytes(4, of: "header")
    guard magic[0] == 0, magic[1] == 0 else {
      throw reader.problem("is not an IDX file: it begins with the bytes \(magic[0]) \(magic[1]), not 0 0")
    }
    guard magic[2] == 8 else { throw reader.problem("holds entries of type \(magic[2]), not unsigned bytes (8)") }
    guard magic[3] == rank else { throw reader.problem("has \(magic[3]) dimensions instead of \(rank)") }
    var dims: [Int] = []
    var count = 1
    for index in 0..<rank {
      let dimension = try reader.bytes(4, of: "header").reduce(0) { $0 << 8 | Int($1) }
      guard dimension > 0 else { throw reader.problem("has no entries: dimension \(index + 1) is 0") }
      guard dimension <= Self.largestCount / count else {
        throw reader.problem("claims more than \(Self.largestCount) bytes")
      }
      count *= dimension
      dims.append(dimension)
    }

    // Room is made as entries come: the header alone may claim too much.
    var entries: [UInt8] = []
    while entries.count < count { entries += try reader.bytes(min(1 << 20, count - entries.count), of: "entries") }
    try reader.expectEnd()
    self.dims = dims
    bytes = entries
  }
}

private struct Reader {
  let path: String
  let file: gzFile

  func problem(_ message: String) -> TrainingError { TrainingError("\(path): \(message)") }

  func bytes(_ count: Int, of part: String) throws -> [UInt8] {
    var filled = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialised in
      while filled < count {
        let got = gzread(file, buffer.baseAddress! + filled, UInt32(count - filled))
        if got <= 0 { break }
        filled += Int(got)
      }
      initialised = filled
    }
    guard filled == count else { throw stopped(in: part) }
    return bytes
  }

  /// Reading to the end is also what makes zlib compare the checksum.
  func expectEnd() throws {
    var extra: UInt8 = 0
    let got = gzread(file, &extra, 1)
    if got > 0 { throw problem("goes on after its last entry") }
    var code: Int32 = Z_OK
    _ = gzerror(file, &code)
    if got < 0 || code != Z_OK { throw stopped(in: "checksum") }
  }

  /// Why reading stopped: the stream is damaged, or the system failed; or else the file has ended.
  private func stopped(in part: String) -> TrainingError {
    var code: Int32 = Z_OK
    let text = gzerror(file, &code)
    if code == Z_ERRNO { return problem("cannot be read: \(String(cString: strerror(errno)))") }
    if code != Z_OK, code != Z_BUF_ERROR, let text { return problem("is damaged: \(String(cString: text))") }
    return problem("ends within its \(part)")
  }
}
