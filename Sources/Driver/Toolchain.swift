import Foundation
import TensorFiles

/// The C compiler and the runtime that generated code is built with, as the Makefile does it.
public struct Toolchain: Sendable {
  /// The compiler and what is always passed to it: `gcc`, or `ccache gcc`.
  public let compiler: [String]
  /// The folder with `include` and `src`.
  public let runtime: String

  /// The Makefile's `CFLAGS`; a test compares the two.
  public static let defaultFlags = ["-std=c11", "-O3", "-march=native", "-Wall", "-Wextra", "-Wpedantic"]
  /// What the Makefile adds for the runtime's sources.
  public static let runtimeFlags = ["-ffp-contract=fast", "-ffunction-sections", "-fdata-sections"]
  /// What it adds for a shared object.
  public static let objectFlags = [
    "-DCAJAL_SHARED_OBJECT", "-fPIC", "-shared", "-fvisibility=hidden", "-Wl,-Bsymbolic", "-Wl,--gc-sections",
  ]

  public struct Failure: Error, CustomStringConvertible {
    public let description: String
    public init(description: String) { self.description = description }
  }

  /// Uses `CC` and `CAJAL_RUNTIME` from the environment; otherwise `gcc`, and the folder `Runtime` beside the
  /// executable's folder, in `share/cajal` there (where `make install` puts it) or in the current one.
  public static func find() throws -> Toolchain {
    let runtime = try findRuntime()
    let environment = ProcessInfo.processInfo.environment
    guard let compiler = shellWords(environment["CC"] ?? "") else {
      throw Failure(description: "CC has a quote that is not closed: \(environment["CC"]!)")
    }
    return Toolchain(compiler: compiler.isEmpty ? ["gcc"] : compiler, runtime: runtime)
  }

  /// The folder with the runtime's sources: what `find` says of it.
  static func findRuntime() throws -> String {
    let environment = ProcessInfo.processInfo.environment
    let executable = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    var candidates = environment["CAJAL_RUNTIME"].map { [$0] } ?? []
    if candidates.isEmpty {
      let above = executable.deletingLastPathComponent()
      candidates = ["Runtime", "share/cajal/Runtime"].map { above.appendingPathComponent($0).path }
      let current = FileManager.default.currentDirectoryPath + "/Runtime"
      if current != candidates[0] { candidates.append(current) }
    }
    guard let runtime = candidates.first(where: { FileManager.default.fileExists(atPath: $0 + "/include/cajal.h") })
    else {
      throw Failure(
        description: "the runtime was not found in \(candidates.joined(separator: " or ")); "
          + "set CAJAL_RUNTIME to the folder that holds include/cajal.h")
    }
    return runtime
  }

  public init(compiler: [String], runtime: String) {
    self.compiler = compiler
    self.runtime = runtime
  }

  public init(compiler: String, runtime: String) { self.init(compiler: [compiler], runtime: runtime) }

  /// Builds a shared object from generated C.
  ///
  /// - Parameter flags: for generated C and the runtime's sources; nil: those of `make`, with the runtime library that
  ///   it built where that is there and not older than its sources.
  public func buildSharedObject(_ sources: [String], output: String, blas: Bool, flags: [String]? = nil) throws {
    let library = flags == nil && compiler == ["gcc"] ? builtLibrary : nil
    let flags = flags ?? Toolchain.defaultFlags
    try withTemporaryDirectory { folder in
      let objects = try library.map { [$0] } ?? compileRuntime(into: folder, blas: blas, flags: flags)
      try run(
        flags + Toolchain.objectFlags + ["-I", runtime + "/include"] + sources
          + ["-o", output] + objects + (blas ? ["-Wl,--as-needed", "-lopenblas"] : []) + ["-lm"])
    }
  }

  private func compileRuntime(into folder: String, blas: Bool, flags: [String]) throws -> [String] {
    try runtimeSources().map { source in
      let object = folder + "/" + ((source as NSString).lastPathComponent as NSString).deletingPathExtension + ".o"
      try run(
        flags + Toolchain.runtimeFlags + (blas ? ["-DCAJAL_BLAS"] : [])
          + ["-I", runtime + "/include", "-fPIC", "-fvisibility=hidden", "-c", source, "-o", object])
      return object
    }
  }

  private func runtimeSources() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: runtime + "/src").filter { $0.hasSuffix(".c") }.sorted()
      .map { runtime + "/src/" + $0 }
  }

  /// `build/libcajal.a` beside the runtime, if it is up to date and of these flags.
  private var builtLibrary: String? {
    let files = FileManager.default
    func changed(_ path: String) -> Date? {
      (try? files.attributesOfItem(atPath: path))?[.modificationDate] as? Date
    }
    let library = parentFolder(of: runtime) + "/build/libcajal.a"
    let madeWith = (compiler + Toolchain.defaultFlags + ["openblas"]).joined(separator: " ") + "\n"
    // Where nothing in the library has become other, `make` leaves it, and writes its flags anew alone.
    guard files.fileExists(atPath: library), let built = changed(library + ".flags"),
      (try? String(contentsOfFile: library + ".flags", encoding: .utf8)) == madeWith
    else { return nil }
    let sources = ["/src", "/include"].flatMap { folder in
      ((try? files.contentsOfDirectory(atPath: runtime + folder)) ?? []).map { runtime + folder + "/" + $0 }
    }
    return sources.allSatisfy { changed($0).map { $0 <= built } ?? false } ? library : nil
  }

  /// Runs the C compiler; throws its messages when it fails.
  public func run(_ arguments: [String]) throws {
    let name = compiler.joined(separator: " ")
    let result: SubprocessResult
    do { result = try runSubprocess(compiler[0], Array(compiler.dropFirst()) + arguments) } catch {
      throw Failure(description: "\(name) could not be started: \(error)\n\(Toolchain.advice)")
    }
    // What env says of a program that is not there.
    if result.status == 127, !compiler[0].hasPrefix("/") {
      throw Failure(description: "there is no C compiler `\(compiler[0])`\n\(Toolchain.advice)")
    }
    guard result.status == 0 else { throw Failure(description: "\(name) failed:\n" + result.errors + result.output) }
  }

  private static let advice =
    "  install gcc or clang, or set CC to the compiler that is there: CC=clang cajal2c verify …"
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
