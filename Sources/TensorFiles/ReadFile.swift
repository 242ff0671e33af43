import Foundation

/// Why a file was not read, in the system's words.
public struct FileReadFailure: Error, CustomStringConvertible, Sendable {
  public let path: String
  public let message: String
  /// There is no such file.
  public let isMissing: Bool

  public var description: String { "cannot read \(path): \(message)" }
}

/// All bytes of a file. Foundation's errors have no text for a user in many cases.
public func readFile(_ path: String) throws(FileReadFailure) -> [UInt8] {
  func failure(_ number: Int32) -> FileReadFailure {
    FileReadFailure(path: path, message: String(cString: strerror(number)), isMissing: number == ENOENT)
  }

  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { throw failure(errno) }
  defer { close(descriptor) }
  var bytes: [UInt8] = []
  var status = stat()
  if fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG { bytes.reserveCapacity(Int(status.st_size)) }
  var chunk = [UInt8](repeating: 0, count: 1 << 18)
  while true {
    let count = read(descriptor, &chunk, chunk.count)
    if count < 0 {
      if errno == EINTR { continue }
      throw failure(errno)
    }
    if count == 0 { return bytes }
    bytes.append(contentsOf: chunk[0..<count])
  }
}
