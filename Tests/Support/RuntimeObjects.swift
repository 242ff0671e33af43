import Foundation

/// The runtime as objects, for tests of what is linked with it: compiled once for each compiler, OpenBLAS and sanitizers,
/// in a folder that is left behind. What the runtime is under other flags, `make test-runtime` and the rows of
/// Tests/Compilers say.
public enum RuntimeObjects {
  /// What the compiler said of the runtime.
  public struct Refused: Error, CustomStringConvertible {
    public let description: String
  }

  private final class Build {
    let lock = NSLock()
    var result: Result<[String], any Error>?
  }

  private static let lock = NSLock()
  nonisolated(unsafe) private static var builds: [[String]: Build] = [:]

  /// - Parameter flags: of the module; those of sanitizers, and `-DCAJAL_BLAS`, are the runtime's too.
  /// - Throws: where the runtime does not compile without warnings.
  public static func paths(compiler: String = "gcc", flags: [String] = []) throws -> [String] {
    let flags = flags.filter { $0.hasPrefix("-fsanitize") || $0.hasPrefix("-fno-sanitize") || $0 == "-DCAJAL_BLAS" }
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

  /// Optimizing the kernels with sanitizers takes half a minute.
  private static func compile(_ compiler: String, _ flags: [String]) throws -> [String] {
    let sources = try FileManager.default.contentsOfDirectory(atPath: projectRoot + "/Runtime/src").filter {
      $0.hasSuffix(".c")
    }.sorted()
    let folder = NSTemporaryDirectory() + "cajal2c-tests-runtime-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let level = flags.contains { $0.hasPrefix("-fsanitize") } ? "-O0" : "-O1"
    let built = try run(
      compiler,
      [
        "-std=c11", level, "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fPIC", "-c",
        "-I\(projectRoot)/Runtime/include",
      ]
        + flags + sources.map { "\(projectRoot)/Runtime/src/\($0)" }, directory: folder)
    guard built.status == 0 else {
      throw Refused(description: "\(compiler) \(flags) says of the runtime\n\(built.errors.prefix(4000))")
    }
    return sources.map { "\(folder)/\($0.dropLast(2)).o" }
  }
}
