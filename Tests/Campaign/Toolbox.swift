import Driver
import Foundation
import TestSupport

/// Where the campaign's files are, and what is built once for all modules.
struct Toolbox: Sendable {
  let folder: String

  var client: String { folder + "/client" }
  var failures: String { folder + "/failures" }

  /// As the Makefile builds it, in flags that any of our modules is built with.
  private static let common = ["-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror"]
  private static let include = ["-I", projectRoot + "/Runtime/include"]

  init(folder: String) throws {
    self.folder = folder
    try FileManager.default.createDirectory(atPath: folder + "/failures", withIntermediateDirectories: true)
  }

  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// Runs a program to its end; throws what it says where it fails.
  @discardableResult
  private func call(_ program: String, _ arguments: [String], limit: Double = 300) throws -> SubprocessResult {
    let result = try run(
      program, arguments, environment: ["OPENBLAS_NUM_THREADS": "1", "LC_ALL": "C"], limit: limit)
    guard result.status == 0 else {
      let reason = result.status == 124 ? "killed after \(Int(limit)) seconds" : "exit \(result.status)"
      throw Failure(description: "\(program), \(reason):\n\((result.errors + result.output).prefix(3000))")
    }
    return result
  }

  func buildClient() throws {
    try call(
      "gcc",
      Self.common + ["-O2"] + Self.include + [projectRoot + "/Tests/Campaign/client.c", "-o", client, "-ldl", "-lm"])
  }

  private func library(_ row: Row) -> String {
    folder + "/runtime/" + row.name.map { $0.isLetter || $0.isNumber ? String($0) : "_" }.joined() + "/libcajal.a"
  }

  /// The runtime library by a row's compiler and flags, where it is older than a source.
  func buildRuntime(_ row: Row) throws {
    let library = library(row)
    if let built = Self.date(library), try Self.runtimeFiles().allSatisfy({ Self.date($0).map { $0 < built } ?? false })
    {
      return
    }
    let objects = String(library.dropLast("/libcajal.a".count))
    try? FileManager.default.removeItem(atPath: objects)
    try FileManager.default.createDirectory(atPath: objects, withIntermediateDirectories: true)
    let sources = try FileManager.default.contentsOfDirectory(atPath: projectRoot + "/Runtime/src")
      .filter { $0.hasSuffix(".c") }.sorted()
    for source in sources {
      try call(
        row.compiler,
        Self.common + row.flags + [
          "-ffp-contract=fast", "-ffunction-sections", "-fdata-sections", "-DCAJAL_BLAS", "-fPIC",
          "-fvisibility=hidden",
        ] + Self.include
          + ["-c", "\(projectRoot)/Runtime/src/\(source)", "-o", "\(objects)/\(source).o"])
    }
    try call("ar", ["rcs", library] + sources.map { "\(objects)/\($0).o" })
  }

  private static func date(_ path: String) -> Date? {
    (try? FileManager.default.attributesOfItem(atPath: path))?[.modificationDate] as? Date
  }

  private static func runtimeFiles() throws -> [String] {
    try ["/Runtime/src", "/Runtime/include"].flatMap { folder in
      try FileManager.default.contentsOfDirectory(atPath: projectRoot + folder).map { projectRoot + folder + "/" + $0 }
    }
  }

  /// `make x.so`, with the row's compiler and flags.
  func build(_ source: String, into object: String, row: Row) throws {
    try call(
      row.compiler,
      Self.common + row.flags + ["-DCAJAL_SHARED_OBJECT", "-fPIC", "-shared", "-fvisibility=hidden"] + Self.include
        + [
          source, "-o", object, "-Wl,-z,defs", "-Wl,--gc-sections", library(row), "-Wl,--as-needed", "-lopenblas",
          "-lm",
        ])
  }

  /// What the client prints, line by line.
  func ask(_ object: String, _ requests: String) throws -> [Substring] {
    try call(client, [object, requests]).output.split(separator: "\n")
  }
}
