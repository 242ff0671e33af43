import Foundation

/// What a command printed and how it ended.
public struct CommandResult: Sendable {
  public let status: Int32
  public let output: String
  public let errors: String
}

/// The root of the project, found from this file.
public let projectRoot = URL(fileURLWithPath: #filePath)
  .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

/// The compiler as SwiftPM built it, beside the test bundle.
public let compilerPath: String = {
  let bundle = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
  let beside = bundle.appendingPathComponent("cajal2c").path
  return FileManager.default.isExecutableFile(atPath: beside) ? beside : projectRoot + "/.build/debug/cajal2c"
}()

/// Runs a program to its end. A program that has not ended after `limit` seconds is killed: status 124.
public func run(
  _ executable: String, _ arguments: [String], directory: String = projectRoot, input: String = "",
  environment: [String: String] = [:], limit: Double = 120
) throws -> CommandResult {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: executable.hasPrefix("/") ? executable : "/usr/bin/env")
  process.arguments = (executable.hasPrefix("/") ? [] : [executable]) + arguments
  process.currentDirectoryURL = URL(fileURLWithPath: directory)
  process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
  let (output, errors, source) = (Pipe(), Pipe(), Pipe())
  process.standardOutput = output
  process.standardError = errors
  process.standardInput = source
  try process.run()
  source.fileHandleForWriting.write(Data(input.utf8))
  try source.fileHandleForWriting.close()
  let watchdog = DispatchWorkItem { process.terminate() }
  DispatchQueue.global().asyncAfter(deadline: .now() + limit, execute: watchdog)
  // Both pipes are drained at once, so that neither fills up and stops the program.
  nonisolated(unsafe) var errorData = Data()
  let drained = DispatchSemaphore(value: 0)
  let errorHandle = errors.fileHandleForReading
  DispatchQueue.global().async {
    errorData = errorHandle.readDataToEndOfFile()
    drained.signal()
  }
  let outputData = output.fileHandleForReading.readDataToEndOfFile()
  drained.wait()
  process.waitUntilExit()
  watchdog.cancel()
  let killed = process.terminationReason == .uncaughtSignal && process.terminationStatus == SIGTERM
  return CommandResult(
    status: killed ? 124 : process.terminationStatus, output: String(decoding: outputData, as: UTF8.self),
    errors: String(decoding: errorData, as: UTF8.self))
}

/// Runs the compiler.
public func cajal2c(_ arguments: String..., directory: String = projectRoot) throws -> CommandResult {
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
