import Foundation

/// The folder that a file or a folder of this path is in, as POSIX's `dirname` says: `.` where the path names none.
///
/// Foundation's `deletingLastPathComponent` ends the process for some paths (Swift 6.3.1 on Linux).
public func parentFolder(of path: String) -> String {
  path.withCString { path in
    // `dirname` may write to what it is given.
    let copy = strdup(path)
    defer { free(copy) }
    return String(cString: dirname(copy))
  }
}
