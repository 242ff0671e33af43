import Driver
import Foundation

/// Hands modules to workers until enough programs were run.
final class Coordinator: @unchecked Sendable {
  private let settings: Settings
  private let code = codeVersion()
  private let lock = NSLock()
  private(set) var state: State
  private var started: Set<Int> = []
  private var failure: (any Error)?
  private let start = Date()
  private let doneBefore: Int

  init(_ settings: Settings) {
    self.settings = settings
    state = State(path: settings.statePath, ran: settings.ran)
    doneBefore = state.programs
  }

  /// Seconds after which a worker is taken to hang.
  private static let limit = 900.0

  func run() throws {
    // A worker that ended is told by the pipe, not by a signal.
    signal(SIGPIPE, SIG_IGN)
    let done = DispatchSemaphore(value: 0)
    for _ in 0..<settings.jobs {
      Thread {
        self.serve()
        done.signal()
      }.start()
    }
    for _ in 0..<settings.jobs { done.wait() }
    if let failure { throw failure }
  }

  private func locked<T>(_ body: () throws -> T) rethrows -> T {
    lock.lock()
    defer { lock.unlock() }
    return try body()
  }

  private func nextModule() -> Int? {
    locked {
      guard failure == nil, state.programs + (started.count - finished) * Plan.size / 2 < settings.programs else {
        return nil
      }
      let module = state.next(after: started, code: code)
      started.insert(module)
      return module
    }
  }

  private var finished = 0

  /// One worker after another, each until it ends or there is nothing left to do.
  private func serve() {
    do {
      while let module = nextModule() {
        let worker = try WorkerProcess(settings)
        var next: Int? = module
        while let module = next {
          guard let report = worker.report(of: module, limit: Self.limit) else {
            var report = ModuleReport(module: module, row: "", realBytes: 0, blas: "")
            let plan = Plan(seed: settings.seed, module: module, cycle: Row.cycle(settings.rows))
            (report.row, report.realBytes, report.blas) = (plan.row.name, plan.realBytes, plan.blas.rawValue)
            report.failures = [.init(program: -1, kind: "worker", reason: "the compiler ended, or took too long")]
            try finish(report)
            break
          }
          try finish(report)
          next = nextModule()
        }
        worker.end()
      }
    } catch { locked { failure = error } }
  }

  private func finish(_ report: ModuleReport) throws {
    var report = report
    report.code = code
    try locked {
      try state.add(report)
      finished += 1
      showProgress(report)
    }
    try record(report)
  }

  /// Failures are shown as they come, and written down with all that it takes to find them again.
  private func record(_ report: ModuleReport) throws {
    let plan = Plan(seed: settings.seed, module: report.module, cycle: Row.cycle(settings.rows))
    let toolbox = try Toolbox(folder: settings.folder)
    var told: Set<String> = []
    for failure in report.failures where told.insert("\(failure.program) \(failure.kind)").inserted {
      let name =
        "\(settings.seed)-\(failure.program < 0 ? "module-\(report.module)" : "\(failure.program)")-\(failure.kind)"
      FileHandle.standardError.write(
        Data("\n\(name), \(plan.row.name): \(failure.reason.prefix(200))\n".utf8))
      let text = describe(failure, plan, toolbox, command: settings.command(again: failure.program), code: code)
      try text.write(toFile: "\(toolbox.failures)/\(name).txt", atomically: true, encoding: .utf8)
    }
  }

  private func showProgress(_ report: ModuleReport) {
    let done = state.programs
    let seconds = -start.timeIntervalSinceNow
    let rate = Double(done - doneBefore) / max(seconds, 1)
    let left = Double(max(0, settings.programs - done)) / max(rate, 0.01)
    let text = String(
      format: "\r%d of %d programs, %d failures, %.1f a second, %d min left   ", done, settings.programs,
      state.failures, rate, Int((left / 60).rounded(.up)))
    FileHandle.standardError.write(Data(text.utf8))
  }
}

extension State {
  var programs: Int { all.reduce(0) { $0 + $1.programs + $1.models } }
  var failures: Int { all.reduce(0) { $0 + $1.failures.count } }
}

private final class WorkerProcess {
  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()

  init(_ settings: Settings) throws {
    process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    process.arguments = settings.workerArguments
    process.standardInput = input
    process.standardOutput = output
    try process.run()
  }

  /// nil where the worker ends or takes longer than the limit.
  func report(of module: Int, limit: Double) -> ModuleReport? {
    let process = process
    let watchdog = DispatchWorkItem { kill(process.processIdentifier, SIGKILL) }
    DispatchQueue.global().asyncAfter(deadline: .now() + limit, execute: watchdog)
    defer { watchdog.cancel() }
    guard process.isRunning else { return nil }
    try? input.fileHandleForWriting.write(contentsOf: Data("\(module)\n".utf8))
    var line: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while line.last != UInt8(ascii: "\n") {
      let count = read(output.fileHandleForReading.fileDescriptor, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return nil }
      line += chunk[0..<count]
    }
    return try? JSONDecoder().decode(ModuleReport.self, from: Data(line))
  }

  func end() {
    try? input.fileHandleForWriting.close()
    process.waitUntilExit()
  }
}
