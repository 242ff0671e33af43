import Diagnostics
import Foundation

/// Writes files so that each is there whole or not at all: all of them are written and synchronised under temporary
/// names in their own directories before the first is renamed.
///
/// - Parameter keepingPermissions: those of the files that are replaced; otherwise they are those of new files.
/// - Throws: `FileProblem`, having removed the temporary files.
public func writeAtomically(
  _ files: [(path: String, contents: String)], keepingPermissions: Bool = false
) throws {
  var written: [(temporary: String, path: String)] = []
  do {
    for (path, contents) in files {
      let temporary = try writeTemporary(path, contents, keepingPermissions)
      written.append((temporary, path))
    }
    for (temporary, path) in written where rename(temporary, path) != 0 { throw problem(path, errno) }
  } catch {
    for (temporary, _) in written { unlink(temporary) }
    throw error
  }
}

private func problem(_ path: String, _ number: Int32) -> FileProblem {
  FileProblem(
    diagnostic: Diagnostic(
      .unwritableFile, "cannot write \(path): \(String(cString: strerror(number)))", at: nil,
      help: "check that its directory exists and can be written to; nothing was changed"))
}

private func writeTemporary(_ path: String, _ contents: String, _ keepingPermissions: Bool) throws -> String {
  var status = stat()
  let exists = stat(path, &status) == 0
  if exists, status.st_mode & S_IFMT == S_IFDIR { throw problem(path, EISDIR) }
  var template = Array("\(path).XXXXXX".utf8CString)
  let descriptor = mkstemp(&template)
  guard descriptor >= 0 else { throw problem(path, errno) }
  let temporary = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  do {
    try write(contents, to: descriptor, path)
    // mkstemp makes a file for its owner alone; a new file has the permissions that the user's mask leaves.
    let mask = umask(0)
    umask(mask)
    let mode = exists && keepingPermissions ? status.st_mode & 0o7777 : 0o666 & ~mask
    guard fchmod(descriptor, mode) == 0, fsync(descriptor) == 0 else { throw problem(path, errno) }
  } catch {
    close(descriptor)
    unlink(temporary)
    throw error
  }
  guard close(descriptor) == 0 else {
    unlink(temporary)
    throw problem(path, errno)
  }
  return temporary
}

private func write(_ contents: String, to descriptor: Int32, _ path: String) throws {
  var contents = contents
  try contents.withUTF8 { bytes in
    var offset = 0
    while offset < bytes.count {
      let count = Foundation.write(descriptor, bytes.baseAddress! + offset, bytes.count - offset)
      if count < 0 {
        if errno == EINTR { continue }
        throw problem(path, errno)
      }
      offset += count
    }
  }
}
