import Foundation
import TensorFiles

/// A CSV file whose rows begin with a step, written in the order of the steps. Rows wait in memory until `flush`.
final class StepTable {
  private let path: String
  private let file: Int32
  private var waiting: [UInt8] = []

  /// Opens a table for rows after `step`: later rows of a file that is there, and a row that is cut off, are removed.
  ///
  /// - Parameter step: nil where the table begins anew.
  init(_ path: String, header: String, after step: Int?) throws {
    self.path = path
    var kept = Array((header + "\n").utf8)
    if let step, let old = try Self.contents(of: path) {
      var rows = old.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      // What follows the last line's end: nothing, or a row that was cut off.
      rows.removeLast()
      for row in rows.dropFirst() {
        let first = String(decoding: row.prefix { $0 != UInt8(ascii: ",") }, as: UTF8.self)
        guard let rowStep = Int(first), rowStep <= step else { break }
        kept += row
        kept.append(UInt8(ascii: "\n"))
      }
    }
    do { try writeDurably(kept, to: path) } catch let failure as DurableWriteFailure {
      throw TrainingError(failure.description)
    }
    file = open(path, O_WRONLY | O_APPEND | O_CLOEXEC)
    guard file >= 0 else { throw TrainingError("cannot write \(path): \(String(cString: strerror(errno)))") }
  }

  deinit { close(file) }

  /// Nil where there is no such file.
  private static func contents(of path: String) throws -> [UInt8]? {
    do { return try readFile(path) } catch {
      if error.isMissing { return nil }
      throw TrainingError(error.description)
    }
  }

  func append(_ row: String) throws {
    waiting += Array(row.utf8)
    waiting.append(UInt8(ascii: "\n"))
    if waiting.count > 1 << 16 { try flush() }
  }

  func flush() throws {
    var offset = 0
    while offset < waiting.count {
      let count = waiting.withUnsafeBytes { write(file, $0.baseAddress! + offset, waiting.count - offset) }
      if count < 0 {
        if errno == EINTR { continue }
        throw TrainingError("cannot write \(path): \(String(cString: strerror(errno)))")
      }
      offset += count
    }
    waiting.removeAll(keepingCapacity: true)
    // Where blocks are only taken when they are written out, this is what finds the disk full.
    guard fsync(file) == 0 else { throw TrainingError("cannot write \(path): \(String(cString: strerror(errno)))") }
  }
}
