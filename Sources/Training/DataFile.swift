import Foundation
import TensorFiles

/// A file with samples: safetensors, NumPy's archives, or CSV, by the end of its name.
struct DataFile {
  let tensors: TensorFile
  /// Where the file is a table.
  private let table: DataTable?

  static let suffixes = ["safetensors", "npz", "csv"]

  /// - Parameters:
  ///   - ports: whose shapes put the columns of a table together.
  ///   - indexed: those whose index may stand for them, whatever their type.
  init(_ path: String, ports: [Port], indexed: Set<String> = []) throws {
    switch (path as NSString).pathExtension.lowercased() {
    case "csv":
      let table = try DataTable(try Self.read(path), path: path)
      self.table = table
      tensors = try table.tensorFile(ports, indexed: indexed)
    case "npz":
      table = nil
      var names: Set<String> = []
      tensors = TensorFile(
        tensors: try ZipArchive(try Self.read(path), path: path).members.map { member in
          let name = member.name.hasSuffix(".npy") ? String(member.name.dropLast(4)) : member.name
          guard names.insert(name).inserted else { throw TrainingError("\(path): two arrays are called `\(name)`") }
          return try NumpyFile.tensor(name, bytes: member.bytes, source: "\(path), \(member.name)")
        }, path: path)
    case "safetensors":
      table = nil
      tensors = try TensorFile(reading: path)
    default: throw TrainingError("\(path): samples are read from files that end in .safetensors, .npz or .csv")
    }
  }

  /// The file `NAME` of a folder, with one of the suffixes; nil where there is none.
  static func find(_ name: String, in folder: String) throws -> String? {
    let found = suffixes.map { "\(folder)/\(name).\($0)" }.filter { FileManager.default.fileExists(atPath: $0) }
    guard found.count <= 1 else {
      throw TrainingError("\(folder) has \(found.joined(separator: " and ")): keep one of them")
    }
    return found.first
  }

  private static func read(_ path: String) throws -> [UInt8] {
    do { return try readFile(path) } catch { throw TrainingError(error.description) }
  }

  /// What holds a tensor, for messages.
  var unit: String { table == nil ? "tensor" : "column" }

  /// How a table spells a tensor's name, for messages about one that is missing.
  var columnsText: String {
    table == nil ? "" : "; the columns of a tensor x are called x[0], x[1] and so on, or x where it is one number"
  }

  /// The columns that no tensor has, for the same.
  func unknownText(_ names: Set<String>) -> String {
    let unknown = table == nil ? [] : tensors.tensors.map(\.name).filter { !names.contains($0) }
    guard let first = unknown.first else { return "" }
    return unknown.count == 1 ? "; `\(first)` is unknown" : "; `\(first)` and \(unknown.count - 1) more are unknown"
  }

  func place(ofSample sample: Int) -> String {
    table.map { "line \($0.line(ofSample: sample))" } ?? "sample \(sample)"
  }
}
