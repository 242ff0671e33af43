import Diagnostics
import Foundation

/// A file that could not be read or written; there is no source text to point at.
public struct FileProblem: Error, Sendable {
  public let diagnostic: Diagnostic
  public init(diagnostic: Diagnostic) { self.diagnostic = diagnostic }
}

extension Source {
  /// The largest file that is read at all.
  public static let maximumBytes = 64 << 20

  /// Reads a source file. Throws `FileProblem` for what is no readable regular file.
  public static func read(path: String) throws -> Source {
    func refuse(_ code: DiagnosticCode, _ reason: String, _ help: String) -> FileProblem {
      FileProblem(diagnostic: Diagnostic(code, "cannot read \(path): \(reason)", at: nil, help: help))
    }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw refuse(.unreadableFile, String(cString: strerror(errno)), "check the path and its permissions")
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw refuse(.unreadableFile, String(cString: strerror(errno)), "check the path and its permissions")
    }
    if status.st_mode & S_IFMT == S_IFDIR {
      throw refuse(.unreadableFile, "it is a directory", "name a .cajal file")
    }
    // Pipes and devices have no size to check first, so the limit holds while reading too.
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = Foundation.read(descriptor, &chunk, chunk.count)
      if count < 0 {
        throw refuse(.unreadableFile, String(cString: strerror(errno)), "check the path and its permissions")
      }
      if count == 0 { break }
      bytes.append(contentsOf: chunk[0..<count])
      if bytes.count > maximumBytes {
        throw refuse(.fileTooLarge, "it is larger than 64 MB", "split the program into several files")
      }
    }
    return Source(name: path, bytes: bytes)
  }

  /// The file's name without directories.
  public var fileName: String { (name as NSString).lastPathComponent }
  /// The file's name without directories and extension.
  public var stem: String { ((name as NSString).lastPathComponent as NSString).deletingPathExtension }
}
