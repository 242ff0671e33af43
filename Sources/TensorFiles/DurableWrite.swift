import Foundation

/// Why a file was not written, in the system's words.
public struct DurableWriteFailure: Error, CustomStringConvertible {
  public let path: String
  public let message: String

  public var description: String { "cannot write \(path): \(message)" }
}

/// Writes a file so that it is there whole or not at all, also after the power fails.
///
/// The temporary file lies beside it and is called `PATH.XXXXXX`; it is removed if anything goes wrong.
public func writeDurably(_ bytes: [UInt8], to path: String) throws {
  func failure() -> DurableWriteFailure { DurableWriteFailure(path: path, message: String(cString: strerror(errno))) }

  var template = Array("\(path).XXXXXX".utf8CString)
  let descriptor = mkstemp(&template)
  guard descriptor >= 0 else { throw failure() }
  let temporary = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  do {
    defer { close(descriptor) }
    var offset = 0
    while offset < bytes.count {
      let count = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress! + offset, bytes.count - offset) }
      if count < 0 {
        if errno == EINTR { continue }
        throw failure()
      }
      offset += count
    }
    // mkstemp makes a file for its owner alone; a new file has the permissions that the user's mask leaves.
    let mask = umask(0)
    umask(mask)
    guard fchmod(descriptor, 0o666 & ~mask) == 0, fsync(descriptor) == 0, rename(temporary, path) == 0 else {
      throw failure()
    }
  } catch {
    unlink(temporary)
    throw error
  }
  let directory = open(parentFolder(of: path), O_RDONLY | O_DIRECTORY)
  guard directory >= 0 else { return }
  fsync(directory)
  close(directory)
}
