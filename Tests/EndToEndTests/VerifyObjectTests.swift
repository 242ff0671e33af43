import Driver
import Foundation
import TestSupport
import Testing

/// Which machine code `verify` compares, and what it says of an object that is not the file's.
@Suite struct VerifyObjectTests {
  private static let text = """
    horizon 4
    program flip (n : Nat) : Bool = iter { true | y => if y then false else true } (n)
    net steps (x : Real[3]) : Nat = dense
    model count (x : Real[3]) : Nat = steps x
    """

  private func object(_ folder: String, _ options: [String] = [], change: (String) -> String = { $0 }) throws -> String
  {
    let file = folder + "/p.cajal"
    if !FileManager.default.fileExists(atPath: file) { try write(Self.text, to: file) }
    let all = ["--emit-grad", "--blas", "none"] + options
    let emitted = try run(compilerPath, [file, "-o", folder + "/p.c"] + all)
    #expect(emitted.status == 0, "\(emitted.errors)")
    try write(change(try String(contentsOfFile: folder + "/p.c", encoding: .utf8)), to: folder + "/p.c")
    let toolchain = Toolchain(compiler: "gcc", runtime: projectRoot + "/Runtime")
    try toolchain.buildSharedObject([folder + "/p.c"], output: folder + "/p.so", blas: false)
    return folder + "/p.so"
  }

  private func verify(_ folder: String, _ arguments: [String], environment: [String: String] = [:]) throws
    -> SubprocessResult
  {
    try run(
      compilerPath, ["verify", folder + "/p.cajal", "--limit", "20"] + arguments, directory: folder,
      environment: environment.merging(["NO_COLOR": "1", "CAJAL_RUNTIME": projectRoot + "/Runtime"]) { a, _ in a })
  }

  /// Its horizon and reals are the object's, and nothing is built.
  @Test(arguments: [[], ["--horizon", "6", "--real", "double"], ["--type-preserving"]])
  func theObjectIsVerified(options: [String]) throws {
    try withScratch { folder in
      _ = try object(folder, options)
      let given = options.contains("--type-preserving") ? options : []
      let result = try verify(folder, ["--object", "p.so"] + given, environment: ["CC": "no-such-compiler"])
      #expect(result.status == 0, "\(result.output)\(result.errors)")
      let points = options.contains("--horizon") ? "all 6 points that are values" : "all 4 points that are values"
      #expect(result.output.contains(points) && result.output.contains("count: agrees"), "\(result.output)")
    }
  }

  @Test func anObjectWithoutGradientsSaysSo() throws {
    try withScratch { folder in
      try write(Self.text, to: folder + "/p.cajal")
      let emitted = try run(compilerPath, ["p.cajal", "-o", "p.c", "--blas", "none"], directory: folder)
      #expect(emitted.status == 0, "\(emitted.errors)")
      let toolchain = Toolchain(compiler: "gcc", runtime: projectRoot + "/Runtime")
      try toolchain.buildSharedObject([folder + "/p.c"], output: folder + "/p.so", blas: false)
      let result = try verify(folder, ["--object", "p.so"])
      #expect(result.status == 0, "\(result.output)\(result.errors)")
      #expect(result.output.components(separatedBy: "compiled without --emit-grad").count == 3, "\(result.output)")
      #expect(!result.output.contains("calls of backward"))
    }
  }

  /// Said before anything of the object is called.
  @Test func anObjectOfOtherOptionsIsRefused() throws {
    try withScratch { folder in
      _ = try object(folder)
      for (arguments, word) in [
        (["--horizon", "5"], "the horizon of `flip` is 4, not 5"), (["--real", "double"], "are float, not double"),
        (["--type-preserving"], "was it compiled with other flags"),
      ] {
        let result = try verify(folder, ["--object", "p.so"] + arguments)
        #expect(result.status == 2 && result.output.isEmpty, "\(result.output)")
        #expect(result.errors.contains(word) && result.errors.contains("nothing was called"), "\(result.errors)")
      }
      let both = try verify(folder, ["--object", "p.so", "--cflags", "-O1"])
      #expect(both.status == 2 && both.errors.contains("--cflags says how to build"), "\(both.errors)")
      try write(
        Self.text.replacing("(n : Nat)", with: "(m : Nat)").replacing("} (n)", with: "} (m)"), to: folder + "/p.cajal")
      let changed = try verify(folder, ["--object", "p.so"])
      #expect(changed.status == 2 && changed.errors.contains("not flip (m : Nat) : Bool"), "\(changed.errors)")
    }
  }

  @Test func anObjectThatIsNotOursIsRefused() throws {
    try withScratch { folder in
      let object = try object(folder) { text in
        text.replacingOccurrences(of: ".abi = CAJAL_ABI", with: ".abi = CAJAL_ABI_TABLES + 1")
      }
      func refused(_ path: String, _ word: String) throws {
        let result = try verify(folder, ["--object", path])
        #expect(result.status == 2 && result.output.isEmpty && result.errors.contains(word), "\(result.errors)")
      }
      try refused(object, "has version 3 of the interface, and this is for 1 to 2")
      try refused("missing.so", "No such file")
      try refused("p.cajal", "cannot load the object")
      let other = try write("int answer(void) { return 42; }\n", to: folder + "/other.c")
      #expect(try run("gcc", ["-shared", "-fPIC", other, "-o", folder + "/other.so"]).status == 0)
      try refused("other.so", "no module of cajal2c")
      try FileManager.default.copyItem(atPath: folder + "/p.cajal", toPath: folder + "/q.cajal")
      _ = try self.object(folder)
      let result = try run(compilerPath, ["verify", "q.cajal", "--object", "p.so"], directory: folder)
      #expect(result.status == 2 && result.errors.contains("made from p.cajal, not q.cajal"), "\(result.errors)")
    }
  }

  @Test func anObjectThatAsksForAllMemoryIsRefused() throws {
    try withScratch { folder in
      _ = try object(folder) { code in
        code.replacingOccurrences(
          of: "static const cajal_program flip_program",
          with: """
            static size_t all_bytes(size_t batch, int keep) { return batch && keep < 3 ? SIZE_MAX : 0; }
            static const cajal_program flip_program
            """
        ).replacingOccurrences(of: ".workspace_bytes = flip_bytes", with: ".workspace_bytes = all_bytes")
      }
      let result = try verify(folder, ["--object", "p.so"])
      #expect(result.status == 2, "\(result.output)\(result.errors)")
      #expect(result.errors.contains("`flip` asks for a workspace that is too large for a batch of "))
      #expect(!result.errors.contains("internal error"))
    }
  }

  @Test func weightsAreCompared() throws {
    try withScratch { folder in
      let source = """
        import struct, json
        values = [i / 8 for i in range(16)]
        head = json.dumps({"steps.0.weight": {"dtype": "F32", "shape": [4, 3], "data_offsets": [0, 48]},
          "steps.0.bias": {"dtype": "F32", "shape": [4], "data_offsets": [48, 64]}}).encode()
        open("w.safetensors", "wb").write(struct.pack("<Q", len(head)) + head + struct.pack("<16f", *values))
        values[7] += 1
        open("v.safetensors", "wb").write(struct.pack("<Q", len(head)) + head + struct.pack("<16f", *values))
        """
      #expect(try run("python3", ["-c", source], directory: folder).status == 0)
      _ = try object(folder, ["--weights", folder + "/w.safetensors"])
      let right = try verify(folder, ["--object", "p.so", "--weights", "w.safetensors"])
      #expect(right.status == 0, "\(right.output)\(right.errors)")
      let wrong = try verify(folder, ["--object", "p.so", "--weights", "v.safetensors"])
      #expect(wrong.status == 2 && wrong.errors.contains("weight 7 of `count` is 0.875"), "\(wrong.errors)")
      let none = try verify(folder, ["--object", "p.so"])
      #expect(none.status == 2 && none.errors.contains("name their file by --weights"), "\(none.errors)")
    }
  }

  // MARK: The C compiler

  @Test func theCompilerMayHaveArguments() throws {
    try withScratch { folder in
      try write(Self.text, to: folder + "/p.cajal")
      let result = try verify(
        folder, ["--program", "flip", "--cflags", "-O0 '-DNAME=\"a b\"'", "--blas", "none"],
        environment: ["CC": "env gcc -pipe"])
      #expect(result.status == 0 && result.output.contains("flip: agrees"), "\(result.errors)")
      let missing = try verify(folder, [], environment: ["CC": "no-such-compiler -pipe"])
      #expect(missing.status == 2, "\(missing.output)")
      #expect(missing.errors.contains("there is no C compiler `no-such-compiler`"), "\(missing.errors)")
      let open = try verify(folder, ["--cflags", "'-O1"])
      #expect(open.status == 2 && open.errors.contains("a quote that is not closed"), "\(open.errors)")
    }
  }

  /// In the project's folder, and with the executable in it, both places to look are one.
  @Test func aMissingRuntimeIsLookedForOnce() throws {
    try withScratch { folder in
      let place = URL(fileURLWithPath: folder).resolvingSymlinksInPath().path
      try FileManager.default.createDirectory(atPath: place + "/bin", withIntermediateDirectories: true)
      try FileManager.default.copyItem(atPath: compilerPath, toPath: place + "/bin/cajal2c")
      try write(Self.text, to: place + "/p.cajal")
      let result = try run(place + "/bin/cajal2c", ["verify", "p.cajal"], directory: place)
      #expect(result.status == 2, "\(result.output)")
      #expect(result.errors.components(separatedBy: place + "/Runtime").count == 2, "\(result.errors)")
    }
  }

  /// What is verified without --object is built as `make` builds it.
  @Test func theFlagsAreTheMakefiles() throws {
    let makefile = try String(contentsOfFile: projectRoot + "/Makefile", encoding: .utf8)
    func value(_ name: String) throws -> [String] {
      let line = try #require(makefile.split(separator: "\n").first { $0.hasPrefix("\(name) = ") })
      return line.dropFirst(name.count + 3).split(separator: " ").map(String.init)
    }
    #expect(try value("CFLAGS") == Toolchain.defaultFlags)
    #expect(
      try value("RUNTIME_CFLAGS").filter { $0 != "-DCAJAL_BLAS" && !$0.hasPrefix("-I") } == Toolchain.runtimeFlags)
    let rule = try #require(makefile.range(of: "\n%.so:"))
    let recipe = makefile[rule.upperBound...].prefix { $0 != "#" }
    for flag in Toolchain.objectFlags { #expect(recipe.contains(" \(flag) "), "\(flag) is not in \(recipe)") }
  }
}
