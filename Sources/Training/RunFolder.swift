import Foundation
import TensorFiles

/// Makes a folder and those above it. Returns those that were not there before, outer ones first.
@discardableResult
func makeFolder(_ path: String) throws -> [String] {
  var status = stat()
  if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { return [] }
  let parent = parentFolder(of: path)
  let made = parent == path ? [] : try makeFolder(parent)
  guard mkdir(path, 0o777) == 0 else {
    let number = errno
    for folder in made.reversed() { rmdir(folder) }
    let reason = number == EEXIST ? "there is a file of this name" : String(cString: strerror(number))
    throw TrainingError("cannot make the folder \(path): \(reason)")
  }
  return made + [path]
}

/// The folder of a run, which one process at a time writes to.
final class RunFolder {
  let path: String
  private let lock: Int32
  /// Folders that were made for this run, outer ones first.
  private let made: [String]
  /// Whether there was something of a run in it.
  private let heldRun: Bool

  var checkpoint: String { path + "/checkpoint.safetensors" }
  var weights: String { path + "/model.safetensors" }
  var best: String { path + "/best.safetensors" }
  var outputs: String { path + "/outputs.safetensors" }
  var metrics: String { path + "/metrics.csv" }
  var steps: String { path + "/steps.csv" }
  var configuration: String { path + "/config.json" }
  var page: String { path + "/live.html" }
  var snapshots: String { path + "/snapshots" }

  /// Makes the folder where it is not there. A folder with a run in it is only taken to resume that.
  init(_ path: String, resume: Bool) throws {
    self.path = path
    made = try makeFolder(path)
    do { lock = try Self.lock(path) } catch {
      for folder in made.reversed() { rmdir(folder) }
      throw error
    }
    let files = [
      "checkpoint.safetensors", "model.safetensors", "best.safetensors", "metrics.csv", "steps.csv", "config.json",
    ]
    heldRun = files.contains { FileManager.default.fileExists(atPath: "\(path)/\($0)") }
    if !resume, heldRun {
      Self.release(lock)
      throw TrainingError("\(path) already holds a run: go on with it (--resume), or choose another folder (--out)")
    }
  }

  deinit { Self.release(lock) }

  /// Closing alone does not: a process that was forked and has not become another program yet holds the file too.
  private static func release(_ lock: Int32) {
    flock(lock, LOCK_UN)
    close(lock)
  }

  /// A locked file in the folder.
  private static func lock(_ folder: String) throws -> Int32 {
    let path = folder + "/.lock"
    while true {
      let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
      guard file >= 0 else {
        throw TrainingError("cannot write to the folder \(folder): \(String(cString: strerror(errno)))")
      }
      guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
        close(file)
        throw TrainingError("another process is writing to the run in \(folder)")
      }
      // A process that gave up may have removed the file after it was opened here.
      var (mine, there) = (stat(), stat())
      if fstat(file, &mine) == 0, stat(path, &there) == 0, mine.st_ino == there.st_ino { return file }
      close(file)
    }
  }

  var hasCheckpoint: Bool { FileManager.default.fileExists(atPath: checkpoint) }

  /// After a start that failed: where there was no run before and is no checkpoint, leaves nothing of this one.
  func abandon() {
    guard !heldRun, !hasCheckpoint else { return }
    for file in [best, metrics, steps, configuration, page, path + "/.lock"] { unlink(file) }
    for folder in made.reversed() { rmdir(folder) }
  }

  /// Removes temporary files that a process left which was killed while it wrote.
  func removeLeftovers() {
    for folder in [path, snapshots] {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      for name in names
      where name.range(of: "\\.(safetensors|csv|json|npy|html)\\.[A-Za-z0-9]{6}$", options: .regularExpression) != nil {
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
