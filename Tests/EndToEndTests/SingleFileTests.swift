import Amalgamation
import Driver
import Foundation
import TestSupport
import Testing

/// `--emit single`: a module that needs no file of ours and no library but libm.
@Suite struct SingleFileTests {
  private static let warnings = ["-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror"]
  /// What a compiler may ask of any system's library.
  private static let everywhere: Set<String> = ["memcpy", "memset", "memmove", "memcmp", "_GLOBAL_OFFSET_TABLE_"]
  private static let libm: Set<String> = [
    "exp", "expm1", "log", "log1p", "pow", "sin", "cos", "sincos", "sqrt", "frexp", "ldexp",
  ]

  /// The names that an object asks for (U), or those that it has for others (T, D, R, B).
  private func symbols(_ object: String, kinds: Set<Character>) throws -> Set<String> {
    let listed = try run("nm", ["-P", object])
    #expect(listed.status == 0, "\(listed.errors)")
    return Set(
      listed.output.split(separator: "\n").compactMap { line in
        let words = line.split(separator: " ")
        return kinds.contains(Character(String(words[1]))) ? String(words[0]) : nil
      })
  }

  /// Each line is a place, the bytes of its frame, and how these are known.
  private func expectSmallFrames(_ usage: String) throws {
    let lines = try String(contentsOfFile: usage, encoding: .utf8).split(separator: "\n")
    #expect(lines.count > 3)
    for line in lines {
      let words = line.split(separator: "\t")
      let isBounded = words[2] == "static" || words[2] == "dynamic,bounded"
      #expect(isBounded && Int(words[1])! <= 16384, "\(line)")
    }
  }

  private func emit(_ source: String, to folder: String, _ flags: [String]) throws {
    let emitted = try run(compilerPath, [source, "--emit", "single", "-o", folder + "/m.c"] + flags)
    #expect(emitted.status == 0 && emitted.output.isEmpty, "\(source): \(emitted.errors)")
  }

  /// Small programs, by the kernels that they have: none, and rows of tables; products, convolutions and norms; those of
  /// nets.
  private static let sources = [
    """
    data Word = End | Letter Bool Word
    program flip (x : Bool, n : Nat) : Bool = iter { x | y => if y then false else true } (n)
    program even (w : Word[5]) : Bool = fold { End => true | Letter b rest => if b then rest else rest } (w)
    """,
    """
    horizon 3
    program blur (k : Real[3, 3] within linf 1, x : Real[6, 5], n : Nat) : Real[6, 5] = iter { x | y => conv2d k y } (n)
    program apply (A : Real[40] -o Real[30], x : Real[40]) : Real[30] = A x
    """,
    """
    horizon 3
    net rounds (x : Real[6, 6]) : Nat = conv 3 3x3 | relu | maxpool 2 | dense 4 | tanh | dense | softmax
    model m (x : Real[6, 6]) : Real[6, 6] = iter { x | y => conv2d [[0.1, 0.2, 0.1]] y } (rounds x)
    """,
  ]

  @Test(arguments: zip(sources, [["--check-finite"], ["--real", "double"], ["--real", "float"]]))
  func needsNothingOfOurs(source: String, flags: [String]) throws {
    try withScratch { folder in
      let file = try write(source + "\n", to: folder + "/m.cajal")
      try emit(file, to: folder, ["--emit-grad"] + flags)
      let c = try String(contentsOfFile: folder + "/m.c", encoding: .utf8)
      #expect(!c.contains("#include \"") && !c.contains("\u{1}"))
      for compiler in installed("gcc", "clang") {
        let object = "\(folder)/m.o"
        let built = try run(
          compiler,
          Self.warnings + (compiler == "gcc" ? ["-fstack-usage"] : [])
            + ["-ffreestanding", "-Os", "-c", folder + "/m.c", "-o", object])
        #expect(built.status == 0, "\(compiler): \(built.errors.prefix(3000))")
        if compiler == "gcc" { try expectSmallFrames(folder + "/m.su") }
        let asked = try symbols(object, kinds: ["U"]).subtracting(Self.everywhere)
        let math = Set(asked.map { $0.hasSuffix("f") ? String($0.dropLast()) : $0 })
        #expect(math.isSubset(of: Self.libm), "\(compiler): asks for \(asked)")
        #expect(asked.isEmpty || c.contains("#include <math.h>"))
        #expect(try symbols(object, kinds: ["T", "D", "R", "B", "C"]).filter { !$0.hasPrefix("m_") }.isEmpty)
      }
      // The header too.
      let client = "#include \"m.h\"\nint f(void);\nint f(void) { return m_module_info() == 0; }\n"
      try write(client, to: folder + "/client.c")
      let built = try run("gcc", Self.warnings + ["-c", "client.c", "-o", "client.o"], directory: folder)
      #expect(built.status == 0, "\(built.errors)")
    }
  }

  /// By the same two oracles as the usual module: with vectors, small, and for a system without a library.
  @Test(arguments: zip([0, 1, 1, 2], [["-O2", "-ffreestanding"], ["-O3", "-march=native"], ["-Os"], ["-Os"]]))
  func isVerified(source: Int, flags: [String]) throws {
    try withScratch { folder in
      let file = try write(Self.sources[source] + "\n", to: folder + "/m.cajal")
      try emit(file, to: folder, ["--emit-grad"])
      let object = folder + "/m.so"
      let built = try run(
        "gcc",
        Self.warnings + flags + ["-DCAJAL_SHARED_OBJECT", "-shared", "-fPIC", "-fvisibility=hidden", "-Wl,-Bsymbolic"]
          + [folder + "/m.c", "-o", object, "-lm"])
      #expect(built.status == 0, "\(built.errors.prefix(3000))")
      let verified = try run(
        compilerPath, ["verify", file, "--emit-grad", "--blas", "none", "--object", object])
      #expect(verified.status == 0, "\(verified.output)\(verified.errors)")
      #expect(verified.output.contains("agrees"), "\(verified.output)")
    }
  }

  /// Names at the top level of the kernels' files are no names of the module's.
  @Test func programsMayBeCalledAsTheRuntimesFunctions() throws {
    let names = ["keep", "room", "check", "call", "node", "begin", "least", "rounded", "cajal_dot", "write_real"]
    let programs = names.flatMap { name in
      [
        "program \(name) (k : Real[3, 3], x : Real[9, 9], n : Nat) : Real[9, 9] = iter { x | y => conv2d k y } (n)",
        "program \(name)_of (w : Word[5]) : Bool = fold { End => true | Letter b rest => if b then rest else rest } (w)",
      ]
    }
    try withScratch { folder in
      let lines = ["horizon 3", "data Word = End | Letter Bool Word"] + programs
      try write(lines.joined(separator: "\n") + "\n", to: folder + "/names.cajal")
      try emit(folder + "/names.cajal", to: folder, ["--emit-grad"])
      let built = try run("gcc", Self.warnings + ["-O1", "-c", "m.c", "-o", "m.o"], directory: folder)
      #expect(built.status == 0, "\(built.errors.prefix(3000))")
    }
  }

  /// A module's header that has the name of one of ours.
  @Test(arguments: ["cajal", "cajal_kernels"]) func headersOfOurNames(name: String) throws {
    try withScratch { folder in
      let file = try write(Self.sources[1] + "\n", to: folder + "/p.cajal")
      let emitted = try run(compilerPath, [file, "--emit", "single", "-o", "\(folder)/\(name).c", "--prefix", "m"])
      #expect(emitted.status == 0, "\(emitted.errors)")
      let built = try run("gcc", Self.warnings + ["-c", name + ".c", "-o", "m.o"], directory: folder)
      #expect(built.status == 0, "\(built.errors.prefix(3000))")
    }
  }

  /// All files of the runtime stand in one file without getting in each other's way.
  @Test(arguments: [4, 8]) func everyKernelAtOnce(realBytes: Int) throws {
    let runtime = try RuntimeTexts(folder: projectRoot + "/Runtime")
    let declared = try String(contentsOfFile: projectRoot + "/Runtime/include/cajal_kernels.h", encoding: .utf8)
    let suffix = realBytes == 4 ? "_f32" : "_f64"
    let kernels = Set(
      declared.matches(of: /(?m)^(?:void|int|size_t|float|double) (cajal_[a-z0-9_]+)\(/).map { String($0.output.1) }
    ).filter { !$0.contains("blas") && ($0.hasSuffix(suffix) || !$0.contains("_f")) }.sorted()
    #expect(kernels.count > 50)
    let table = kernels.map { "  (void (*)(void))\($0),\n" }.joined()
    let c = Amalgamation(runtime, realBytes: realBytes).c(
      "#define CAJAL_REAL_BYTES \(realBytes)\n#include \"m.h\"\n#include \"cajal_kernels.h\"\nvoid (*const all[])(void) = {\n\(table)};\n",
      header: ("m.h", "extern void (*const all[])(void);\n"))
    try withScratch { folder in
      try write(c, to: folder + "/m.c")
      for compiler in installed("gcc", "clang") {
        let built = try run(
          compiler, Self.warnings + ["-O1", "-c", "m.c", "-o", "m.o"], directory: folder)
        #expect(built.status == 0, "\(compiler): \(built.errors.prefix(3000))")
        // Each is there, and is static.
        #expect(try symbols(folder + "/m.o", kinds: ["T"]).isEmpty)
        #expect(try symbols(folder + "/m.o", kinds: ["t"]).isSuperset(of: kernels))
      }
    }
  }

  @Test func hasTheKernelsThatItUses() throws {
    func parts(_ body: String) throws -> [String] {
      try withScratch { folder in
        let file = try write(body + "\n", to: folder + "/p.cajal")
        let emitted = try run(compilerPath, [file, "--emit", "single"])
        #expect(emitted.status == 0, "\(emitted.errors)")
        return ["/* Matrix products. */", "/* Convolution", "/* Pooling", "math.h", "backward_each where"].filter {
          emitted.output.contains($0)
        }
      }
    }
    #expect(try parts("program p (x : Bool) : Bool = if x then false else true") == [])
    #expect(
      try parts("program p (A : Real[90] -o Real[90], x : Real[90]) : Real[90] = A x") == ["/* Matrix products. */"])
    #expect(
      try parts("program p (k : Real[3, 3], x : Real[20, 20]) : Real[20, 20] = conv2d k x") == ["/* Convolution"])
  }

  @Test func openBLASIsRefused() throws {
    let refused = try cajal2c("Examples/paper/flip.cajal", "--emit", "single", "--blas", "openblas")
    #expect(refused.status == 2 || refused.status == 64)
    #expect(refused.errors.contains("a single file has no OpenBLAS"))
  }
}
