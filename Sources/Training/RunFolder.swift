import Foundation
import TensorFiles

func makeFolder(_ path: String) throws {
  do { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) } catch {
    throw TrainingError("cannot make the folder \(path): \(error.localizedDescription)")
  }
}

/// The folder of a run, which one process at a time writes to.
final class RunFolder {
  let path: String
  private let lock: Int32

  var checkpoint: String { path + "/checkpoint.safetensors" }
  var weights: String { path + "/model.safetensors" }
  var metrics: String { path + "/metrics.csv" }
  var steps: String { path + "/steps.csv" }
  var configuration: String { path + "/config.json" }
  var snapshots: String { path + "/snapshots" }

  /// Makes the folder where it is not there. A folder with a run in it is only taken to resume that.
  init(_ path: String, resume: Bool) throws {
    self.path = path
    try makeFolder(path)
    lock = open(path + "/.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    guard lock >= 0 else {
      throw TrainingError("cannot write to the folder \(path): \(String(cString: strerror(errno)))")
    }
    guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
      close(lock)
      throw TrainingError("another process is writing to the run in \(path)")
    }
    let files = [checkpoint, weights, metrics, steps, configuration]
    if !resume, files.contains(where: { FileManager.default.fileExists(atPath: $0) }) {
      close(lock)
      throw TrainingError("\(path) already holds a run: go on with it (--resume), or choose another folder (--out)")
    }
  }

  deinit { close(lock) }

  var hasCheckpoint: Bool { FileManager.default.fileExists(atPath: checkpoint) }

  /// Removes temporary files that a process left which was killed while it wrote.
  func removeLeftovers() {
    for folder in [path, snapshots] {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      for name in names
      where name.range(of: "\\.(safetensors|csv|json|npy)\\.[A-Za-z0-9]{6}$", options: .regularExpression) != nil {
        unlink("\(folder)/\(name)")
      }
    }
  }

  /// Writes the configuration and the lengths for a reader, as JSON.
  func write(_ configuration: RunConfiguration, _ others: [(String, String)]) throws {
    let fields = configuration.fields.map { ($0.name, $0.value) } + others
    let object = Dictionary(uniqueKeysWithValues: fields)
    let data = try JSONSerialization.data(
      withJSONObject: object, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
    try write([UInt8](data) + [UInt8(ascii: "\n")], to: self.configuration)
  }

  func write(_ bytes: [UInt8], to path: String) throws {
    do { try writeDurably(bytes, to: path) } catch let failure as DurableWriteFailure {
      throw TrainingError(failure.description)
    }
  }
}
