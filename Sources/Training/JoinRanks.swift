import Foundation
import TrainingKernels

extension Ranks {
  /// The file beside the trainer that has MPI's part of it.
  static let libraryName = "libcajal-mpi.so"

  /// Joins the processes that a launcher started with this one.
  ///
  /// MPI is loaded where there are several, or `choice` asks for it; `choice` false: each process is a run of its own.
  /// Throws where it is not there, since several processes would do the same run.
  public static func join(_ choice: Bool?) throws -> Ranks {
    let launcher = Launcher(environment: ProcessInfo.processInfo.environment)
    guard choice ?? ((launcher?.processes ?? 1) > 1) else { return .alone }
    let path = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
      .appendingPathComponent(libraryName).path
    let mpi = try load(path, launcher)
    var (rank, count): (Int32, Int32) = (0, 1)
    mpi.start(&rank, &count)
    let ranks = Ranks(mpi, rank: Int(rank), count: Int(count))
    if let launcher, launcher.processes != ranks.count {
      ranks.end()
      throw TrainingError(
        "the launcher started \(launcher.processes) processes, and \(path) finds \(count): it is built for another MPI "
          + "than the launcher's (make MPI=1 MPICC=…)")
    }
    return ranks
  }

  private static func load(_ path: String, _ launcher: Launcher?) throws -> training_mpi {
    guard FileManager.default.fileExists(atPath: path) else {
      let who = launcher.map { "one of \($0.processes) processes that a launcher of MPI started" } ?? "to use MPI"
      throw TrainingError(
        "this is \(who), and \(path) is missing: build it with `make MPI=1`. --no-mpi makes each process a run of its "
          + "own, in a folder of its own.")
    }
    guard let handle = dlopen(path, RTLD_NOW | RTLD_LOCAL) else {
      throw TrainingError("cannot load MPI: \(String(cString: dlerror()))")
    }
    guard let symbol = dlsym(handle, TRAINING_MPI_SYMBOL),
      let table = unsafeBitCast(symbol, to: (@convention(c) () -> UnsafePointer<training_mpi>?).self)(),
      table.pointee.version == UInt32(TRAINING_MPI_VERSION)
    else { throw TrainingError("\(path) is of another version of the trainer: build it again, with `make MPI=1`") }
    return table.pointee
  }
}
