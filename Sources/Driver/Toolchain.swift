import Foundation

/// The C compiler and the runtime that generated code is built with.
public struct Toolchain: Sendable {
  public let compiler: String
  /// The folder with `include` and `src`.
  public let runtime: String

  public struct Failure: Error, CustomStringConvertible {
    public let description: String
  }

  /// Uses `CC` and `CAJAL_RUNTIME` from the environment; otherwise `cc`, and the folder `Runtime` beside the
  /// executable's folder or in the current one.
  public static func find() throws -> Toolchain {
    let environment = ProcessInfo.processInfo.environment
    let executable = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    let candidates =
      environment["CAJAL_RUNTIME"].map { [$0] }
      ?? [
        executable.deletingLastPathComponent().appendingPathComponent("Runtime").path,
        FileManager.default.currentDirectoryPath + "/Runtime",
      ]
    guard let runtime = candidates.first(where: { FileManager.default.fileExists(atPath: $0 + "/include/cajal.h") })
    else {
      throw Failure(
        description: "the runtime was not found in \(candidates.joined(separator: " or ")); "
          + "set CAJAL_RUNTIME to the folder that holds include/cajal.h")
    }
    return Toolchain(compiler: environment["CC"] ?? "cc", runtime: runtime)
  }

  public init(compiler: String, runtime: String) {
    self.compiler = compiler
    self.runtime = runtime
  }

  /// Builds a shared object from generated C and the runtime's sources.
  public func buildSharedObject(
    _ sources: [String], output: String, blas: Bool, flags: [String] = ["-O2", "-fno-semantic-interposition"]
  ) throws {
    let kernels = try FileManager.default.contentsOfDirectory(atPath: runtime + "/src").filter { $0.hasSuffix(".c") }
    let arguments =
      ["-std=c11", "-fPIC", "-shared", "-Wl,-Bsymbolic", "-fvisibility=hidden", "-DCAJAL_SHARED_OBJECT"] + (blas ? ["-DCAJAL_BLAS"] : [])
      + flags + ["-I", runtime + "/include"] + sources + kernels.sorted().map { runtime + "/src/" + $0 }
      + ["-o", output] + (blas ? ["-lopenblas"] : []) + ["-lm"]
    try run(arguments)
  }

  /// Runs the C compiler; throws its messages when it fails.
  public func run(_ arguments: [String]) throws {
    let result: SubprocessResult
    do { result = try runSubprocess(compiler, arguments) } catch {
      throw Failure(description: "\(compiler) could not be started: \(error)")
    }
    guard result.status == 0 else {
      throw Failure(description: "\(compiler) failed:\n" + result.errors + result.output)
    }
  }
}

/// A new directory for one piece of work, removed with everything in it.
public func withTemporaryDirectory<T>(_ body: (String) throws -> T) throws -> T {
  var template = Array((NSTemporaryDirectory() + "cajal2c.XXXXXX").utf8CString)
  guard mkdtemp(&template) != nil else {
    throw Toolchain.Failure(description: "no temporary directory: \(String(cString: strerror(errno)))")
  }
  let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  defer { try? FileManager.default.removeItem(atPath: path) }
  return try body(path)
}
