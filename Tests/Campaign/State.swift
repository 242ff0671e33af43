import Driver
import Foundation
import TestSupport

/// What has been done, one line a module, in a file that is only ever appended to: a campaign may be stopped at any
/// time, and goes on where it was. What the repository says was done before comes first.
struct State {
  let path: String
  let ran: Ran?
  private(set) var reports: [Int: ModuleReport] = [:]

  init(path: String, ran: Ran?) {
    self.path = path
    self.ran = ran
    for report in ran?.sums ?? [] where !report.failures.isEmpty { reports[report.module] = report }
    let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    // The last line may be half written.
    for line in text.split(separator: "\n") {
      guard let report = try? JSONDecoder().decode(ModuleReport.self, from: Data(line.utf8)),
        report.module >= ran?.modules ?? 0 || reports[report.module] != nil
      else { continue }
      reports[report.module] = report
    }
  }

  /// Of modules, and sums of several.
  var all: [ModuleReport] {
    (ran?.sums ?? []).filter(\.failures.isEmpty) + reports.values.sorted { $0.module < $1.module }
  }

  mutating func add(_ report: ModuleReport) throws {
    reports[report.module] = report
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    var line = try encoder.encode(report)
    line.append(UInt8(ascii: "\n"))
    if !FileManager.default.fileExists(atPath: path) { try Data().write(to: URL(fileURLWithPath: path)) }
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    defer { try? file.close() }
    try file.seekToEnd()
    try file.write(contentsOf: line)
  }

  /// Modules to run: those that failed under other sources, then those that were never run.
  func next(after started: Set<Int>, code: String) -> Int {
    let stale = reports.values.filter { !$0.failures.isEmpty && $0.code != code && !started.contains($0.module) }
    if let first = stale.map(\.module).min() { return first }
    var module = ran?.modules ?? 0
    while started.contains(module) || reports[module] != nil { module += 1 }
    return module
  }
}

/// The state of the sources: of compiler and runtime as git has them, `+` where they were changed since.
func codeVersion() -> String {
  func git(_ arguments: String...) -> String? {
    guard let result = try? run("git", arguments), result.status == 0 else { return nil }
    return result.output.trimmingCharacters(in: .whitespacesAndNewlines)
  }
  guard let sources = git("rev-parse", "--short=7", "HEAD:Sources"),
    let runtime = git("rev-parse", "--short=7", "HEAD:Runtime"),
    let changes = git("status", "--porcelain", "--", "Sources", "Runtime")
  else { return "unknown" }
  return "\(sources)-\(runtime)" + (changes.isEmpty ? "" : "+")
}
