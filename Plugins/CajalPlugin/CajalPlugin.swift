import Foundation
import PackagePlugin

/// `swift package cajal`: compiles the .cajal files in the folders of C targets, into these folders.
///
/// Of FILE.cajal come FILE.c, include/FILE.h and an entry of include/module.modulemap. Files are written before a build,
/// since a plugin of the build cannot add C to a target: SwiftPM leaves such files out, and says so in a warning only.
@main struct CajalPlugin: CommandPlugin {
  private struct Failure: Error, CustomStringConvertible { let description: String }

  func performCommand(context: PluginContext, arguments: [String]) throws {
    var extractor = ArgumentExtractor(arguments)
    if extractor.extractFlag(named: "help") > 0 {
      print(
        """
        swift package --allow-writing-to-package-directory cajal [--target NAME]... [FLAG...]

        Compiles each FILE.cajal in the folder of a target to FILE.c and include/FILE.h there, and writes
        include/module.modulemap. FILE.safetensors, where it is there, is embedded. Without --target: the targets
        that have .cajal files. The flags go to cajal2c, beside --emit-grad and --blas none. The compiler is
        CAJAL2C, or the cajal2c of PATH.
        """)
      return
    }
    let names = extractor.extractOption(named: "target")
    let compiler = try self.compiler()
    var flags = extractor.remainingArguments
    if !flags.contains("--emit-grad") { flags.append("--emit-grad") }
    if !flags.contains(where: { $0 == "--blas" || $0.hasPrefix("--blas=") }) { flags += ["--blas", "none"] }

    let targets = try folders(of: context.package, named: names)
    guard !targets.isEmpty else {
      throw Failure(description: "no target of this package has a .cajal file in its folder")
    }
    // Everything is compiled before anything is written.
    let work = context.pluginWorkDirectoryURL.appending(path: "cajal")
    try? FileManager.default.removeItem(at: work)
    for target in targets {
      let folder = work.appending(path: target.name)
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      for source in target.sources { try compile(source, into: folder, compiler, flags) }
    }
    for target in targets { try write(target, from: work.appending(path: target.name)) }
  }

  private struct Target {
    let name: String
    let folder: URL
    let sources: [URL]
  }

  /// A folder in which nothing is but .cajal files is no target for SwiftPM yet, and so looked for where targets are.
  private func folders(of package: Package, named names: [String]) throws -> [Target] {
    let sources = URL(fileURLWithPath: package.directoryURL.path).appending(path: "Sources")
    var folders: [String: URL] = [:]
    for name in (try? FileManager.default.contentsOfDirectory(atPath: sources.path)) ?? [] {
      folders[name] = sources.appending(path: name)
    }
    for target in package.targets { folders[target.name] = URL(fileURLWithPath: target.directory.string) }
    if let name = names.first(where: { folders[$0] == nil }) {
      throw Failure(description: "there is no target \(name), and no folder \(sources.appending(path: name).path)")
    }
    return try (names.isEmpty ? folders.keys.sorted() : names).compactMap { name in
      let folder = folders[name]!
      let files = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
      let sources = files.filter { $0.pathExtension == "cajal" }.sorted { $0.path < $1.path }
      if !sources.isEmpty { return Target(name: name, folder: folder, sources: sources) }
      if names.isEmpty { return nil }
      throw Failure(description: "there is no .cajal file in \(folder.path)")
    }
  }

  private func compiler() throws -> URL {
    let environment = ProcessInfo.processInfo.environment
    let places =
      environment["CAJAL2C"].map { [$0] }
      ?? (environment["PATH"] ?? "").split(separator: ":").map { $0 + "/cajal2c" }
    guard let place = places.first(where: { FileManager.default.isExecutableFile(atPath: $0) }) else {
      throw Failure(
        description: environment["CAJAL2C"].map { "CAJAL2C is no program: \($0)" }
          ?? "cajal2c was not found: install it into a folder of PATH, or set CAJAL2C")
    }
    return URL(fileURLWithPath: place)
  }

  private func compile(_ source: URL, into folder: URL, _ compiler: URL, _ flags: [String]) throws {
    let output = folder.appending(path: stem(source) + ".c")
    let weights = source.deletingPathExtension().appendingPathExtension("safetensors")
    var arguments = ["compile"] + flags
    if FileManager.default.fileExists(atPath: weights.path), !flags.contains(where: { $0.hasPrefix("--weights") }) {
      arguments += ["--weights", weights.path]
    }
    // SwiftPM may end before it has read what a process prints; messages it always hands on.
    let messages = folder.appending(path: stem(source) + ".messages")
    try Data().write(to: messages)
    let process = Process()
    process.executableURL = compiler
    process.arguments = arguments + [source.path, "-o", output.path]
    process.standardError = try FileHandle(forWritingTo: messages)
    try process.run()
    process.waitUntilExit()
    let said = try String(decoding: Data(contentsOf: messages), as: UTF8.self)
    guard process.terminationReason == .exit, process.terminationStatus == 0 else {
      throw Failure(description: "\(source.lastPathComponent) does not compile; nothing was written\n\(said)")
    }
    if !said.isEmpty { Diagnostics.warning(said) }
  }

  private func write(_ target: Target, from folder: URL) throws {
    let headers = target.folder.appending(path: "include")
    try FileManager.default.createDirectory(at: headers, withIntermediateDirectories: true)
    for source in target.sources {
      let stem = stem(source)
      try put(Data(contentsOf: folder.appending(path: stem + ".c")), at: target.folder.appending(path: stem + ".c"))
      try put(Data(contentsOf: folder.appending(path: stem + ".h")), at: headers.appending(path: stem + ".h"))
    }
    let lines = target.sources.map { "  header \"\(stem($0)).h\"\n" }.joined()
    let map = "module \(target.name) {\n\(lines)  export *\n}\n"
    try put(Data(map.utf8), at: headers.appending(path: "module.modulemap"))
    print("\(target.name): compiled \(target.sources.map(\.lastPathComponent).joined(separator: ", "))")
  }

  /// A file that is as it should be keeps its time, so that nothing is built again.
  private func put(_ data: Data, at place: URL) throws {
    if (try? Data(contentsOf: place)) == data { return }
    try data.write(to: place, options: .atomic)
  }

  private func stem(_ source: URL) -> String { source.deletingPathExtension().lastPathComponent }
}
