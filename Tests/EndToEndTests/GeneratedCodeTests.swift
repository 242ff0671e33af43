import Foundation
import TestSupport
import Testing

/// Every example's C: without warnings under two compilers, clean under sanitizers, and faithful to the ABI.
@Suite struct GeneratedCodeTests {
  static let examples: [String] = {
    let root = projectRoot + "/Examples"
    let files = (FileManager.default.enumerator(atPath: root)?.allObjects as? [String] ?? []).sorted()
    return files.filter { $0.hasSuffix(".cajal") }.map { root + "/" + $0 }
  }()
  static let configurations = [
    ["--real", "float"], ["--real", "double", "--blas", "none"], ["--real", "double", "--check-finite"],
  ]

  private func emit(_ example: String, _ flags: [String], into folder: String) throws -> String {
    let output = folder + "/module.c"
    let result = try run(compilerPath, [example, "-o", output, "--emit-grad", "--prefix", "module"] + flags)
    #expect(result.status == 0, "\(result.errors)")
    return output
  }

  private static let strict = ["-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-I\(projectRoot)/Runtime/include"]

  @Test(arguments: examples, configurations) func compilesWithoutWarnings(example: String, flags: [String]) throws {
    try withScratch { folder in
      let c = try emit(example, flags, into: folder)
      for compiler in ["gcc", "clang"] {
        let result = try run(compiler, Self.strict + ["-O2", "-c", c, "-o", folder + "/module.o"])
        #expect(result.status == 0, "\(compiler): \(result.errors)")
      }
    }
  }

  @Test(arguments: examples, configurations) func runsCleanUnderSanitizers(example: String, flags: [String]) throws {
    try withScratch { folder in
      let c = try emit(example, flags, into: folder)
      let kernels = try FileManager.default.contentsOfDirectory(atPath: projectRoot + "/Runtime/src")
        .filter { $0.hasSuffix(".c") }.sorted().map { projectRoot + "/Runtime/src/" + $0 }
      let usesBlas = !flags.contains("none")
      let built = try run(
        "gcc",
        Self.strict + ["-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-DMODULE_INFO=module_module_info"]
          + (usesBlas ? ["-DCAJAL_BLAS"] : []) + [c, projectRoot + "/Tests/Clients/exercise.c"] + kernels
          + ["-o", folder + "/exercise", "-lm"] + (usesBlas ? ["-lopenblas"] : []))
      #expect(built.status == 0, "\(built.errors)")
      let result = try run(folder + "/exercise", [], environment: ["ASAN_OPTIONS": "detect_leaks=0"])
      #expect(result.status == 0, "\(result.output)\(result.errors)")
      #expect(result.output.hasSuffix(" passed, 0 failed\n"))
    }
  }

  @Test(arguments: [("gcc", "client.c", "-std=c11"), ("g++", "client.cpp", "-std=c++11")])
  func namedArgumentsFromCAndCPlusPlus(compiler: String, client: String, standard: String) throws {
    try withScratch { folder in
      let flip = projectRoot + "/Examples/paper/flip.cajal"
      #expect(try cajal2c(flip, "-o", folder + "/flip.c", "--emit-grad", "--blas", "none").status == 0)
      let include = "-I\(projectRoot)/Runtime/include"
      let module = try run("gcc", Self.strict + ["-c", folder + "/flip.c", "-o", folder + "/flip.o"])
      #expect(module.status == 0, "\(module.errors)")
      let kernels = try FileManager.default.contentsOfDirectory(atPath: projectRoot + "/Runtime/src")
        .filter { $0.hasSuffix(".c") }.sorted()
      let objects = try kernels.map { kernel in
        let object = folder + "/" + kernel + ".o"
        let arguments = ["-std=c11", "-O1", include, "-c", projectRoot + "/Runtime/src/" + kernel, "-o", object]
        let compiled = try run("gcc", arguments)
        #expect(compiled.status == 0, "\(compiled.errors)")
        return object
      }
      let built = try run(
        compiler,
        [standard, "-Wall", "-Wextra", "-Wpedantic", "-Werror", include, "-I\(folder)", projectRoot + "/Tests/Clients/" + client, folder + "/flip.o"]
          + objects + ["-o", folder + "/client", "-lm"])
      #expect(built.status == 0, "\(built.errors)")
      // true flipped three times is false. In x the gradient is the map transposed; in n it is 1 or 10 by parity.
      #expect(try run(folder + "/client", []).output == "0 1 | 10 1 | 1 10\n")
    }
  }

  @Test func codeDoesNotGrowWithTheHorizon() throws {
    for example in Self.examples {
      let lines = try [10, 10_000].map { horizon -> Int in
        let result = try cajal2c(example, "--emit", "c", "--emit-grad", "--horizon", "\(horizon)")
        #expect(result.status == 0, "\(result.errors)")
        return result.output.split(separator: "\n").count
      }
      #expect(lines[1] <= lines[0], "\(example) at horizon 10 and 10 000: \(lines)")
    }
  }

  @Test func verifyComparesWithTheOracles() throws {
    for example in Self.examples {
      let result = try cajal2c("verify", example, "--real", "double", "--limit", "200")
      #expect(result.status == 0, "\(example): \(result.output)\(result.errors)")
      #expect(result.output.contains(": agrees") && !result.output.contains("proved"))
      #expect(result.output.contains("checked") && result.output.contains("basis points"))
    }
  }
}
