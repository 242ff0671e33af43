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
  /// Those of the experiments are models of thousands of parameters; what takes long is done with some of them. Those
  /// with tables have tests of their own, and those of known structure the one below.
  static let programs = examples.filter { example in
    !["/experiments/", "/data/", "/science/", "/cmake/tree.cajal", "/embedded/denoise.cajal"].contains {
      example.contains($0)
    }
  }
  static let science = ["chain", "kinetics", "litter"].map { "\(projectRoot)/Examples/science/\($0)/\($0).cajal" }
  static let models = ["iterative/d-bounded", "logic/xor-d"].map { "\(projectRoot)/Examples/experiments/\($0).cajal" }
  static let configurations = [
    ["--real", "float", "--emit-inline"], ["--real", "double", "--blas", "none", "--check-finite"],
  ]

  private static let include = "-I\(projectRoot)/Runtime/include"
  private static let strict = ["-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror", include]

  /// Emits every example, each under its own name as prefix; returns the C files and the prefixes.
  private func emitAll(_ examples: [String], _ flags: [String], into folder: String) throws
    -> (files: [String], prefixes: [String])
  {
    var prefixes: [String] = []
    for example in examples {
      let prefix = "example\(prefixes.count)"
      let result = try run(
        compilerPath, [example, "-o", "\(folder)/\(prefix).c", "--emit-grad", "--prefix", prefix] + flags)
      #expect(result.status == 0, "\(example): \(result.errors)")
      prefixes.append(prefix)
    }
    return (prefixes.map { "\(folder)/\($0).c" }, prefixes)
  }

  /// With each configuration some, and with the first all.
  @Test(arguments: configurations) func compilesWithoutWarnings(flags: [String]) throws {
    try withScratch { folder in
      // Their C differs little from each other.
      let examples = flags == Self.configurations[0] ? Self.examples : Self.programs + Self.models + Self.science
      let (files, _) = try emitAll(examples, flags, into: folder)
      for compiler in installed("gcc", "clang") {
        let result = try run(compiler, Self.strict + ["-O2", "-c"] + files, directory: folder)
        #expect(result.status == 0, "\(compiler): \(result.errors)")
      }
    }
  }

  @Test(arguments: configurations) func runsCleanUnderSanitizers(flags: [String]) throws {
    try withScratch { folder in
      let (files, prefixes) = try emitAll(Self.programs + Self.models + [Self.science[1]], flags, into: folder)
      let blas = flags.contains("none") ? [] : ["-DCAJAL_BLAS"]
      let sanitizers = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"] + blas
      let modules = prefixes.map { "X(\($0))" }.joined(separator: " ")
      let built = try run(
        "gcc",
        Self.strict + [
          "-O1", "-DMODULES=\(modules)",
        ] + sanitizers
          + files + [projectRoot + "/Tests/Clients/exercise.c"] + (try RuntimeObjects.paths(flags: sanitizers))
          + ["-o", folder + "/exercise", "-lm"]
          + (blas.isEmpty ? [] : ["-lopenblas"]))
      #expect(built.status == 0, "\(built.errors.prefix(2000))")
      let result = try run(folder + "/exercise", [], environment: ["ASAN_OPTIONS": "detect_leaks=0"])
      #expect(result.status == 0, "\(result.output.prefix(2000))\(result.errors.prefix(2000))")
      #expect(result.output.hasSuffix(" passed, 0 failed\n"))
    }
  }

  @Test(arguments: installed("gcc", "clang", "g++", "clang++"))
  func namedArgumentsFromCAndCPlusPlus(compiler: String) throws {
    let isCPlusPlus = compiler.hasSuffix("++")
    let (client, standard) = isCPlusPlus ? ("client.cpp", "-std=c++11") : ("client.c", "-std=c11")
    try withScratch { folder in
      let flip = projectRoot + "/Examples/paper/flip.cajal"
      #expect(try cajal2c(flip, "-o", folder + "/flip.c", "--emit-grad", "--blas", "none").status == 0)
      let object = try run("gcc", Self.strict + ["-O1", "-c", folder + "/flip.c"], directory: folder)
      #expect(object.status == 0, "\(object.errors)")
      let built = try run(
        compiler,
        [
          standard, "-Wall", "-Wextra", "-Wpedantic", "-Werror", Self.include, "-I\(folder)",
          projectRoot + "/Tests/Clients/" + client,
        ]
          + [folder + "/flip.o"] + (try RuntimeObjects.paths()) + ["-o", folder + "/client", "-lm"])
      #expect(built.status == 0, "\(built.errors)")
      // true flipped three times is false. In x the gradient is the map transposed; in n it is 1 or 10 by parity.
      #expect(try run(folder + "/client", []).output == "0 1 | 10 1 | 1 10\n")
    }
  }

  /// Short iterations may be written in other ways than long ones.
  @Test func codeDoesNotGrowWithTheHorizon() throws {
    for example in Self.examples {
      let lines = try [9_000, 10_000].map { horizon -> Int in
        let result = try cajal2c(example, "--emit", "c", "--emit-grad", "--horizon", "\(horizon)")
        #expect(result.status == 0, "\(result.errors)")
        return result.output.split(separator: "\n").count
      }
      #expect(lines[1] <= lines[0], "\(example) at horizon 9 000 and 10 000: \(lines)")
    }
  }

  @Test(arguments: programs + models) func verifyComparesWithTheOracles(example: String) throws {
    let isModel = Self.models.contains(example)
    // The oracle multiplies matrices of 784 x 784 entry by entry; one point of that, or of a model, takes seconds.
    let limit = isModel || example.hasSuffix("/blur.cajal") ? "1" : "50"
    let result = try cajal2c("verify", example, "--real", "double", "--limit", limit)
    #expect(result.status == 0, "\(example): \(result.output)\(result.errors)")
    #expect(result.output.contains(": agrees") && !result.output.contains("proved"))
    #expect(result.output.contains("checked") && result.output.contains(isModel ? "random points" : "basis points"))
  }

  /// Models of equations, nets among them, against the equations on dual numbers.
  @Test(arguments: science) func verifyComparesModelsWithEquations(example: String) throws {
    let result = try cajal2c("verify", example, "--real", "double", "--limit", "2")
    #expect(result.status == 0, "\(example): \(result.output)\(result.errors)")
    #expect(result.output.contains(": agrees") && result.output.contains("checked"))
  }
}
