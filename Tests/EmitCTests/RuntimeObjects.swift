import Foundation
import TestSupport
import Testing

/// The runtime as objects: compiled once for each compiler and its flags, in a folder that is left behind.
enum RuntimeObjects {
  private final class Build {
    let lock = NSLock()
    var result: Result<[String], any Error>?
  }

  private static let lock = NSLock()
  nonisolated(unsafe) private static var builds: [[String]: Build] = [:]

  /// Throws where the runtime does not compile without warnings, and records what the compiler said.
  static func paths(compiler: String = "gcc", flags: [String] = ["-O1"]) throws -> [String] {
    let build = lock.withLock {
      let build = builds[[compiler] + flags] ?? Build()
      builds[[compiler] + flags] = build
      return build
    }
    // Others that want the same objects wait for them, and nobody else.
    return try build.lock.withLock {
      let result = build.result ?? Result { try compile(compiler, flags) }
      build.result = result
      return try result.get()
    }
  }

  private static func compile(_ compiler: String, _ flags: [String]) throws -> [String] {
    let folder = NSTemporaryDirectory() + "cajal2c-tests-runtime-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let built = try TestSupport.run(
      compiler,
      Harness.warnings + flags.filter { !$0.hasPrefix("-l") && !$0.hasPrefix("-Wl") } + [
        "-c", "-I", projectRoot + "/Runtime/include",
      ]
        + Harness.runtimeSources, directory: folder)
    guard built.status == 0 else {
      Issue.record("\(compiler) \(flags) says of the runtime\n\(built.errors.prefix(4000))")
      throw CocoaError(.fileNoSuchFile)
    }
    return Harness.runtimeSources.map { source in
      "\(folder)/\(((source as NSString).lastPathComponent as NSString).deletingPathExtension).o"
    }
  }
}
