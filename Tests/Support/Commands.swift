import Driver
import Foundation

/// The root of the project, found from this file.
public let projectRoot = URL(fileURLWithPath: #filePath)
  .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

/// The compiler as SwiftPM built it, beside the test bundle.
public let compilerPath: String = {
  let bundle = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
  let beside = bundle.appendingPathComponent("cajal2c").path
  return FileManager.default.isExecutableFile(atPath: beside) ? beside : projectRoot + "/.build/debug/cajal2c"
}()

/// Runs a program to its end, in the project's root if nothing else is said. The limit only keeps a hang from lasting.
public func run(
  _ executable: String, _ arguments: [String], directory: String = projectRoot, environment: [String: String] = [:],
  limit: Double = 600
) throws -> SubprocessResult {
  try runSubprocess(executable, arguments, directory: directory, environment: environment, limit: limit)
}

/// Runs the compiler.
public func cajal2c(_ arguments: String..., directory: String = projectRoot) throws -> SubprocessResult {
  try run(compilerPath, arguments, directory: directory, environment: ["NO_COLOR": "1"])
}

/// A directory that is removed with everything in it.
public func withScratch<T>(_ body: (String) throws -> T) throws -> T {
  let path = NSTemporaryDirectory() + "cajal2c-tests-" + UUID().uuidString
  try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: path) }
  return try body(path)
}

/// Writes a text file and returns its path.
@discardableResult
public func write(_ text: String, to path: String) throws -> String {
  try text.write(toFile: path, atomically: true, encoding: .utf8)
  return path
}

/// Those of the given programs that this machine has. gcc is needed to build anything, so it is never left out.
public func installed(_ compilers: String...) -> [String] {
  let path = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
  return compilers.filter { name in
    name == "gcc" || path.contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(name)") }
  }
}
