import Adjoint
import EmitC
import Foundation
import LinearMaps
import Passes
import TestSupport
import Testing

/// What we emit is right where compilers are not, at the flags of the Makefile and at those of users.
@Suite struct CompilerFaultTests {
  private func unit(_ name: String, tensors: Int? = nil, _ build: (GraphBuilder) -> Value) throws -> ProgramUnit {
    let builder = GraphBuilder()
    let forward = try Pipeline.standard.run(builder.finish(results: [build(builder)]))
    let halves = split(try Pipeline.standard.run(reverse(forward)))
    return Harness.unit(
      name, try Pipeline.cleanUp.run(halves.forward), try Pipeline.cleanUp.run(halves.backward), tensors: tensors)
  }

  // MARK: Permutations of 8 doubles

  private static let narrow = "#pragma GCC target(\"prefer-vector-width=256\")"

  @Test func filesOfDoublesHaveNoVectorsOfEight() throws {
    let unit = try unit("p") { $0.parameter("x", .real([8])) }
    for realBytes in [4, 8] {
      let c = try emitModule(ModuleUnit(programs: [unit], options: Harness.options(realBytes: realBytes))).c
      #expect(c.contains(Self.narrow) == (realBytes == 8))
      if realBytes == 8, let guarded = c.range(of: Self.narrow), let include = c.range(of: "#include") {
        #expect(guarded.lowerBound < include.lowerBound, "inline functions of headers are guarded too")
      }
    }
  }

  /// Entries of the result by those of x: the first two are of the lower two, one of the next two is of the upper four.
  private static let permutations = [[1, 0, 5, 4, 4, 5, 6, 7], [1, 1, 5, 5, 4, 5, 7, 7], [0, 1, 2, 6, 5, 4, 6, 6]]

  /// gcc 11 and 12 take entries 3 for 5 of vectors of 512 bits.
  @Test(arguments: ["-O3 -march=native", "-O2 -march=x86-64-v4", "-O3 -march=x86-64-v4"])
  func permutedDoublesAreRight(flags: String) throws {
    if flags.contains("v4"), !Self.hasWideVectors { return }
    var units = try Self.permutations.enumerated().map { number, permutation in
      try unit("permuted\(number)") { g in
        let x = g.parameter("x", .real([8]))
        var matrix = [Double](repeating: 0, count: 64)
        for (row, column) in permutation.enumerated() { matrix[8 * row + column] = 1 }
        return g.apply(g.constant(SparseVector(dense: matrix), .hom(.natural(8), .natural(8))), x, .natural(8))
      }
    }
    units.append(
      try unit("outer") { g in
        let (a, s, k) = (g.parameter("a", .real([8])), g.parameter("s", .scalar), g.parameter("k", .real([2])))
        let v = g.scaled(a, by: s)
        let parts = g.add(
          g.embed(offset: 0, g.entry(1, of: v), .real([2])), g.embed(offset: 1, g.entry(5, of: v), .real([2])))
        return g.product(Product(m: 2, k: 1, n: 2), parts, k, .real([4]))
      })
    let trials = units.enumerated().map { Harness.trial($1, seed: UInt64($0)) }
    for compiler in installed("gcc", "gcc-11", "clang") {
      let answers = try Harness.run(
        trials, options: Harness.options(lanes: false), compiler: compiler,
        flags: flags.split(separator: " ").map(String.init))
      Harness.check(trials, answers, tolerance: 1e-14)
    }
  }

  private static var hasWideVectors: Bool {
    let flags = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    return ["avx512f", "avx512bw", "avx512dq", "avx512vl", "avx512cd"].allSatisfy { flags.contains(" \($0)") }
  }

  // MARK: Copies of loops, and samples that do not exist

  /// A conditional on data, two reals that become four; and a state whose two entries are a sum and a difference.
  private func small(seed: UInt64, asModel: Bool) throws -> ProgramUnit {
    var random = SplitMix(seed: seed)
    let name = "\(asModel ? "m" : "p")\(seed)"
    if seed % 3 == 0 {
      return try unit(name, tensors: asModel ? 0 : nil) { g in
        let x = g.parameter("x", .boolean)
        let (a, b) = (random.vector(4), random.vector(4))
        return g.add(
          g.scaled(g.constant(SparseVector(dense: a), .real([4])), by: g.entry(0, of: x)),
          g.scaled(g.constant(SparseVector(dense: b), .real([4])), by: g.entry(1, of: x)))
      }
    }
    return try unit(name, tensors: asModel ? 1 : nil) { g in
      let (w, n) = (g.parameter("w", .real([2])), g.parameter("n", .natural(6)))
      let c = random.vector(6)
      let result = g.loop(
        trips: 6, descending: true, states: [("y", g.zero(.boolean))], sequences: [("n", n, .scalar)]
      ) { body, given in
        let (y, slice) = (given.states[0], given.slices[0])
        let product = body.scaled(body.entry(1, of: y), by: body.entry(0, of: body.use(w)))
        let first = body.add(body.scale(c[0], slice), body.scale(-abs(c[1]), body.entry(1, of: y)))
        let second = body.add(body.scale(c[2], slice), body.scale(c[3], product))
        return ([body.add(body.embed(offset: 0, first, .boolean), body.embed(offset: 1, second, .boolean))], [])
      }
      return g.scaled(g.reshape(result.states[0], .real([2])), by: g.dot(w, g.reshape(result.states[0], .real([2]))))
    }
  }

  /// Two reals in, and eight out that are few multiples of them: in lanes of one real gcc 11 read the pairs of samples
  /// behind the last one.
  private func pair() throws -> ProgramUnit {
    try unit("pair") { g in
      let f = g.parameter("f", .boolean)
      let image = Space.real([8])
      func column(_ values: [Double], _ entry: Int) -> Value {
        g.product(
          Product(m: 8, k: 1, n: 1), g.constant(SparseVector(dense: values), image), g.entry(entry, of: f), image)
      }
      return g.add(column([0.25, 0, 0, 0, 0, 0, 0, 0], 0), column([-0.5, 0, 0, 0, 0.5, 0, 0, 0], 1))
    }
  }

  private static let table: [(compiler: String, flags: String)] = [
    ("gcc", "-std=c11 -O3 -march=native"), ("gcc", "-std=gnu17 -O3 -march=native"), ("gcc", "-std=c11 -O2"),
    ("gcc-11", "-std=gnu11 -O3 -march=native"), ("clang", "-std=gnu17 -O3 -march=native"),
  ]

  /// Under a compiler and its flags: nothing is read or written where there is no sample, and what is computed is the
  /// same whether anything is kept.
  @Test(arguments: 0..<5, [4, 8]) func nothingIsTouchedBehindABatchAndKeepingChangesNoBit(
    row: Int, realBytes: Int
  ) throws {
    let (compiler, flags) = Self.table[row]
    guard installed(compiler).contains(compiler) else { return }
    let units =
      try [pair()] + (0..<10).map { try small(seed: $0, asModel: $0 % 2 == 0) }
      + (try ModuleTests.compiled(300..<306) + ModuleTests.compiled(320..<324, areModels: true)).map(\.unit)
    for lanes in row == 0 || compiler == "gcc-11" ? [false, true] : [false] {
      let options = Harness.options(realBytes: realBytes, batchThreshold: 16, lanes: lanes)
      let emitted = try emitModule(ModuleUnit(programs: units, options: options))
      try withScratch { folder in
        try write(emitted.c, to: folder + "/t.c")
        try write(emitted.header, to: folder + "/t.h")
        try write(guardedClientSource(realBytes: realBytes), to: folder + "/client.c")
        let built = try run(
          compiler,
          ["-Wall", "-Wextra", "-Wpedantic", "-Werror"] + flags.split(separator: " ").map(String.init)
            + ["-DCAJAL_SHARED_OBJECT", "-I", folder, "-I", projectRoot + "/Runtime/include", folder + "/t.c"]
            + [folder + "/client.c"] + (try RuntimeObjects.paths(compiler: compiler))
            + ["-lm", "-o", folder + "/client"])
        #expect(built.status == 0, "\(built.errors.prefix(4000))")
        let result = try run(folder + "/client", [])
        #expect(result.status == 0, "\(compiler) \(flags): \(result.status) \(result.output.prefix(2000))")
      }
    }
  }

  // MARK: Flags and standards

  @Test(arguments: ["-ffast-math", "-Ofast", "-ffinite-math-only"]) func inexactArithmeticIsRefused(flag: String) throws
  {
    let emitted = try emitModule(
      ModuleUnit(programs: [try unit("p") { $0.parameter("x", .real([8])) }], options: Harness.options()))
    try withScratch { folder in
      try write(emitted.c, to: folder + "/t.c")
      try write(emitted.header, to: folder + "/t.h")
      for compiler in installed("gcc", "gcc-11", "clang") {
        for source in [folder + "/t.c", projectRoot + "/Runtime/src/dot.c"] {
          let result = try run(
            compiler, [flag, "-fsyntax-only", "-I", folder, "-I", projectRoot + "/Runtime/include", source])
          #expect(result.status != 0 && result.errors.contains("without -ffast-math"), "\(compiler): \(result.errors)")
        }
      }
    }
  }

  @Test func everyStandardCompilesWithoutWarnings() throws {
    let units = try (0..<6).map { try small(seed: $0, asModel: $0 % 2 == 0) }
    for realBytes in [4, 8] {
      let emitted = try emitModule(ModuleUnit(programs: units, options: Harness.options(realBytes: realBytes)))
      try withScratch { folder in
        try write(emitted.c, to: folder + "/t.c")
        try write(emitted.header, to: folder + "/t.h")
        try write("#include \"t.h\"\n", to: folder + "/t.cpp")
        func check(_ compiler: String, _ standards: [String], _ file: String) throws {
          for standard in standards {
            let result = try run(
              compiler,
              ["-std=\(standard)", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only", "-I", folder]
                + ["-I", projectRoot + "/Runtime/include", folder + "/" + file])
            #expect(result.status == 0, "\(compiler) -std=\(standard): \(result.errors)")
          }
        }
        for compiler in installed("gcc", "gcc-11", "clang") { try check(compiler, ["c11", "c17", "c2x"], "t.c") }
        for compiler in installed("g++", "g++-11", "clang++") {
          try check(compiler, ["c++11", "c++14", "c++17", "c++20"], "t.cpp")
        }
      }
    }
  }
}
