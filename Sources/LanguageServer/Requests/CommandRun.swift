import Foundation

/// One run of the compiler on a text that need not be saved.
struct CommandRun: Sendable {
  let compiler: String
  let fileName: String
  let text: [UInt8]

  /// What it prints; where it fails, the error has what it says.
  func result(
    of command: Command, _ name: String, _ settings: [String], isCancelled: @Sendable () -> Bool
  ) -> Result<String, ResponseError> {
    let folder = NSTemporaryDirectory() + "cajal2c-lsp-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: folder) }
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      let stem = fileName.replacing("/", with: "_")
      let file = stem.isEmpty || stem.hasPrefix("-") || !stem.hasSuffix(".cajal") ? "program.cajal" : stem
      try Data(text).write(to: URL(fileURLWithPath: "\(folder)/\(file)"))
      let ended = try run(command.arguments(file, name, settings), in: folder, isCancelled)
      guard let (status, output, errors) = ended else { return .failure(.cancelled) }
      guard status == 0 else { return .failure(.failed(errors.isEmpty ? "it ended with status \(status)" : errors)) }
      return .success(output)
    } catch { return .failure(.failed("\(error)")) }
  }

  private func run(
    _ arguments: [String], in folder: String, _ isCancelled: @Sendable () -> Bool
  ) throws -> (Int32, String, String)? {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: compiler)
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    process.environment = ProcessInfo.processInfo.environment.merging(["NO_COLOR": "1"]) { $1 }
    // Files, which never fill up.
    let (outPath, errorPath) = (folder + "/.out", folder + "/.errors")
    for path in [outPath, errorPath] { _ = FileManager.default.createFile(atPath: path, contents: nil) }
    guard let out = FileHandle(forWritingAtPath: outPath), let errors = FileHandle(forWritingAtPath: errorPath) else {
      return nil
    }
    process.standardOutput = out
    process.standardError = errors
    process.standardInput = FileHandle.nullDevice
    try process.run()
    while process.isRunning {
      if isCancelled() {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        return nil
      }
      usleep(5_000)
    }
    process.waitUntilExit()
    func text(_ path: String) -> String {
      String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
    }
    return (process.terminationStatus, text(outPath), text(errorPath))
  }
}
