import Foundation
import TensorFiles
import TestSupport
import Testing

@testable import Training

/// What a run does when it is asked to stop, when the disk is full, and when its folder cannot be written to.
/// `make test-faults` does the same at length.
@Suite struct FaultTests: SmallRuns {
  private static func arguments(
    _ folder: String, _ module: String, _ out: String, steps: Int, checkpoint: Int
  ) -> [String] {
    [
      module, "--model", "network", "--data", folder, "--task", "blur", "--batch", "6", "--steps", "\(steps)",
      "--checkpoint-every", "\(checkpoint)", "--eval-every", "7", "--threads", "2", "--out", "\(folder)/\(out)",
      "--resume",
    ]
  }

  /// Runs the trainer by way of a shell that does something first; `"$@"` is the trainer's command line.
  private func shell(
    _ command: String, _ arguments: [String]
  ) throws -> (status: Int32, output: String, errors: String) {
    let result = try run("bash", ["-c", command, "bash", trainerPath] + arguments)
    return (result.status, result.output, result.errors)
  }

  @Test func stoppedAfterEveryStep() throws {
    try withModel { folder, module in
      try train(settings(folder, "whole", module: module, steps: 20), progress: silent)
      var part = settings(folder, "part", module: module, steps: 20)
      part.resume = true
      var stops: [Int] = []
      while stops.count < 30 {
        do {
          try train(part, progress: silent, stop: stopping(after: 1))
          break
        } catch let stopped as StoppedRun {
          #expect(stopped.signal == SIGTERM && stopped.folder == part.out)
          stops.append(stopped.step)
          #expect(try TensorFile(reading: part.out + "/checkpoint.safetensors").metadata["step"] == "\(stopped.step)")
          #expect(contents(part.out + "/model.safetensors") == nil)
        }
      }
      #expect(stops == Array(1..<20))
      try expectSame(folder + "/whole", part.out)
    }
  }

  @Test func aStopBeforeTheFirstStep() throws {
    try withModel { folder, module in
      let stop = StopSource(begin: {}, signal: { SIGINT })
      var settings = settings(folder, "run", module: module, steps: 20)
      for _ in 0..<2 {
        let stopped = #expect(throws: StoppedRun.self) { try train(settings, progress: silent, stop: stop) }
        #expect(
          stopped?.description
            == "stopped by SIGINT; the checkpoint of step 0 is in \(settings.out): --resume goes on from it")
        settings.resume = true
      }
    }
  }

  @Test(arguments: [(SIGTERM, "SIGTERM"), (SIGINT, "SIGINT"), (SIGHUP, "SIGHUP")])
  func aSignalStopsARun(signal: Int32, name: String) throws {
    // A shell starts what goes on in the background with some of them ignored, and that is inherited.
    Foundation.signal(signal, SIG_DFL)
    try withModel { folder, module in
      let process = Process()
      process.executableURL = URL(fileURLWithPath: trainerPath)
      process.arguments = Self.arguments(folder, module, "run", steps: 100_000_000, checkpoint: 1_000_000)
      process.standardOutput = FileHandle.nullDevice
      let errors = Pipe()
      process.standardError = errors
      try process.run()
      let checkpoint = folder + "/run/checkpoint.safetensors"
      while process.isRunning, contents(checkpoint) == nil { usleep(1000) }
      usleep(30_000)
      kill(process.processIdentifier, signal)
      process.waitUntilExit()
      #expect(process.terminationReason == .exit && process.terminationStatus == 128 + signal)
      let step = try #require(Int(TensorFile(reading: checkpoint).metadata["step"] ?? ""))
      let said = String(decoding: errors.fileHandleForReading.availableData, as: UTF8.self)
      #expect(
        said == "cajal-train: stopped by \(name); the checkpoint of step \(step) is in \(folder)/run: "
          + "--resume goes on from it\n")
      for out in ["run", "whole"] {
        let result = try run(
          trainerPath, Self.arguments(folder, module, out, steps: step + 5, checkpoint: 1_000_000))
        try #require(result.status == 0, "\(result.errors)")
      }
      try expectSame(folder + "/whole", folder + "/run")
    }
  }

  /// No file may become longer than so many kB: as with a full disk, a write fails, of one file or of another.
  @Test func aFileThatCannotGrow() throws {
    try withModel { folder, module in
      func arguments(_ out: String) -> [String] { Self.arguments(folder, module, out, steps: 100, checkpoint: 10) }
      try #require(try shell("exec \"$@\"", arguments("whole")).status == 0)
      var failed: Set<String> = []
      for limit in 1...6 {
        let out = "limit\(limit)"
        let result = try shell("ulimit -f \(limit); exec \"$@\"", arguments(out))
        if result.status == 0 { continue }
        #expect(result.status == 1 && result.errors.contains("File too large"), "\(result.errors)")
        for file in ["checkpoint.safetensors", "steps.csv", "metrics.csv"]
        where result.errors.hasPrefix("cajal-train: \(folder)/\(out)/\(file): ")
          || result.errors.hasPrefix("cajal-train: cannot write \(folder)/\(out)/\(file): ")
        {
          failed.insert(file)
        }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(out)")) ?? []
        #expect(names.allSatisfy { $0.wholeMatch(of: /.*\.[A-Za-z0-9]{6}/) == nil }, "\(names)")
        if let step = try? TensorFile(reading: "\(folder)/\(out)/checkpoint.safetensors").metadata["step"] {
          let kept = "The checkpoint of step \(step) is kept in \(folder)/\(out): --resume goes on from it."
          #expect(result.errors.contains(kept))
        } else {
          #expect(names.isEmpty)
        }
        try #require(try shell("exec \"$@\"", arguments(out)).status == 0)
        try expectSame(folder + "/whole", "\(folder)/\(out)")
      }
      #expect(failed == ["checkpoint.safetensors", "steps.csv"])
    }
  }

  /// Where this process may not write, or, as root, on a file system that is mounted for reading.
  @Test func aFolderThatCannotBeWrittenTo() throws {
    try withModel { folder, module in
      let out = folder + "/locked"
      try FileManager.default.createDirectory(atPath: out, withIntermediateDirectories: true)
      let arguments = Self.arguments(folder, module, "locked", steps: 5, checkpoint: 5)
      let isRoot = geteuid() == 0
      let mount = "mount -t tmpfs -o ro none \(out)"
      if isRoot, try run("unshare", ["-m", "sh", "-c", mount]).status != 0 { return }
      chmod(out, 0o555)
      defer { chmod(out, 0o755) }
      for more in [[], ["--out", out + "/inner/run"]] {
        let result =
          try isRoot
          ? shell("exec unshare -m sh -c '\(mount) && exec \"$@\"' sh \"$@\"", arguments + more)
          : shell("exec \"$@\"", arguments + more)
        #expect(
          result.status == 1 && result.output.isEmpty
            && result.errors.contains(isRoot ? "Read-only file system" : "Permission denied"), "\(result)")
        #expect(result.errors.hasPrefix("cajal-train: cannot "))
      }
    }
  }

  /// What is printed never gets into a file of the run, and its loss is said at the end.
  @Test func standardOutputThatIsClosedOrFull() throws {
    try withModel { folder, module in
      func arguments(_ out: String) -> [String] { Self.arguments(folder, module, out, steps: 30, checkpoint: 10) }
      #expect(try shell("exec \"$@\"", arguments("whole")).status == 0)
      #expect(try shell("exec \"$@\" <&- >&- 2>&-", arguments("closed")).status == 0)
      try expectSame(folder + "/whole", folder + "/closed")
      guard FileManager.default.fileExists(atPath: "/dev/full") else { return }
      let full = try shell("exec \"$@\" >/dev/full", arguments("full"))
      #expect(full.status == 1)
      #expect(full.errors == "cajal-train: cannot write to standard output: No space left on device\n")
      try expectSame(folder + "/whole", folder + "/full")
      #expect(try shell("exec \"$@\" >/dev/full", ["--help"]).status == 1)
      #expect(try shell("exec \"$@\" 2>/dev/full", ["evaluate"]).status == 2)
    }
  }
}
