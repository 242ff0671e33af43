import Foundation

/// What a program printed and how it ended.
public struct SubprocessResult: Sendable {
  public let status: Int32
  public let output: String
  public let errors: String
}

/// A program that cannot be started, in the system's words: Foundation's error has no text for a user.
public struct SubprocessFailure: Error, CustomStringConvertible, Sendable {
  public let description: String
}

/// Runs a program to its end, and collects what it prints.
///
/// - Parameters:
///   - executable: a path, or a name that is looked up in PATH.
///   - limit: seconds after which the program is killed; its status is 124 then.
public func runSubprocess(
  _ executable: String, _ arguments: [String], directory: String? = nil, environment: [String: String] = [:],
  limit: Double? = nil
) throws -> SubprocessResult {
  if executable.hasPrefix("/"), access(executable, X_OK) != 0 {
    throw SubprocessFailure(description: String(cString: strerror(errno)))
  }
  let process = Process()
  process.executableURL = URL(fileURLWithPath: executable.hasPrefix("/") ? executable : "/usr/bin/env")
  process.arguments = (executable.hasPrefix("/") ? [] : [executable]) + arguments
  if let directory { process.currentDirectoryURL = URL(fileURLWithPath: directory) }
  process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
  let (output, errors) = (Pipe(), Pipe())
  process.standardOutput = output
  process.standardError = errors
  process.standardInput = FileHandle.nullDevice
  try process.run()
  let watchdog = DispatchWorkItem { kill(process.processIdentifier, SIGKILL) }
  if let limit { DispatchQueue.global().asyncAfter(deadline: .now() + limit, execute: watchdog) }
  // Both pipes are drained at once, so that neither fills up and stops the program.
  nonisolated(unsafe) var errorText = ""
  let drained = DispatchSemaphore(value: 0)
  let errorDescriptor = errors.fileHandleForReading.fileDescriptor
  DispatchQueue.global().async {
    errorText = readToEnd(errorDescriptor)
    drained.signal()
  }
  let outputText = readToEnd(output.fileHandleForReading.fileDescriptor)
  drained.wait()
  process.waitUntilExit()
  watchdog.cancel()
  let killed = process.terminationReason == .uncaughtSignal && process.terminationStatus == SIGKILL
  return SubprocessResult(status: killed ? 124 : process.terminationStatus, output: outputText, errors: errorText)
}

/// Foundation's own reading ends the process when a signal interrupts it, as the end of another child may.
private func readToEnd(_ descriptor: Int32) -> String {
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 1 << 16)
  while true {
    let count = read(descriptor, &chunk, chunk.count)
    if count > 0 {
      bytes.append(contentsOf: chunk[0..<count])
    } else if count == 0 || errno != EINTR {
      return String(decoding: bytes, as: UTF8.self)
    }
  }
}
