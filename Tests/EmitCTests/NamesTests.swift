import LinearMaps
import TestSupport
import Testing

@testable import EmitC

@Suite struct NamesTests {
  private func identity(_ name: String, ports: [String], tensors: Int? = nil) -> ProgramUnit {
    let builder = GraphBuilder()
    let values = ports.map { builder.parameter($0, .boolean) }
    let sum = values.dropFirst().reduce(values.first ?? builder.unit(0, .boolean)) { builder.add($0, $1) }
    let forward = builder.finish(results: [sum])
    let adjoint = GraphBuilder()
    for port in ports { _ = adjoint.parameter(port, .boolean) }
    let bar = adjoint.parameter("out_bar", .boolean)
    return Harness.unit(name, forward, adjoint.finish(results: ports.map { _ in bar }), tensors: tensors)
  }

  private func module(_ programs: [ProgramUnit], prefix: String = "t") -> ModuleUnit {
    ModuleUnit(programs: programs, options: Harness.options(realBytes: 4, prefix: prefix))
  }

  @Test func otherCharactersAreSpeltOut() {
    #expect(CName.mangled("y'") == "y_prime")
    #expect(CName.mangled("λx") == "_u03BBx")
    #expect(CName.prefix("3-d blur") == "m3_d_blur")
    #expect(CName.prefix("") == "module")
  }

  /// A letter with a number behind it may be a macro of a header.
  @Test func capitalsAreNumbered() {
    var scope = NameScope(["A", "x"])
    #expect(["A", "A", "x", "NULL", "NULL"].map { scope.claim($0) } == ["A_2_", "A_3_", "x_2", "NULL_", "NULL_2_"])
  }

  @Test func equalNamesInCAreReported() throws {
    let unit = module([identity("f'", ports: []), identity("g", ports: []), identity("f_prime", ports: [])])
    let clash = NameClash(first: "f'", second: "f_prime", cName: "t_f_prime")
    #expect(throws: EmitError.clashes([clash])) { try emitModule(unit) }
    // One program's functions may be named like another's.
    let names = module([identity("f", ports: []), identity("f_forward", ports: [])])
    #expect(throws: Never.self) { try emitModule(names) }
  }

  /// Names that C, C++, the ABI or the emitter want for themselves, in one program or model, through four compilers.
  @Test func hostileNamesCompile() throws {
    let ports = [
      "x", "x_stride", "x_bar", "x_bar_stride", "batch", "work", "result", "result_bar", "class", "xor", "int", "real",
      "i", "j", "k", "l", "b", "in", "out", "kept", "aside", "stride", "size_t", "NULL", "linux", "_X", "__y", "_",
      "y'", "y_prime", "cajal_product_f32", "t_xor_forward", "xor_sample", "module", "constant_1", "new", "sum", "ψ",
    ]
    let tensors = ["x.0.weight", "params", "params_bar", "x_0_weight", "0", ".", "w.*/", "kept", "b", "int", "aside"]
    let unit = module([
      identity("xor", ports: ports), identity("new", ports: []), identity("sample", ports: ["x"]),
      identity("and", ports: tensors + ports + ["params", "params_bar"], tensors: tensors.count),
      identity("models", ports: ["programs"], tensors: 1),
    ])
    let emitted = try emitModule(unit)
    try withScratch { folder in
      try write(emitted.c, to: folder + "/t.c")
      try write(emitted.header, to: folder + "/t.h")
      try write("#include \"t.h\"\nint main(void) { return t_module_info() == 0; }\n", to: folder + "/use.cpp")
      let include = ["-I", folder, "-I", projectRoot + "/Runtime/include"]
      for compiler in installed("gcc", "clang") {
        let result = try run(
          compiler, Harness.warnings + include + ["-O2", "-c", folder + "/t.c", "-o", folder + "/t.o"])
        #expect(result.status == 0, "\(result.errors)")
      }
      for compiler in installed("g++", "clang++") {
        let result = try run(
          compiler,
          Harness.warnings.dropFirst() + include + ["-c", folder + "/use.cpp", "-o", folder + "/use.o"])
        #expect(result.status == 0, "\(result.errors)")
      }
    }
  }

  private static let cHeaders = """
    assert complex ctype errno fenv float inttypes iso646 limits locale math setjmp signal stdalign stdarg stdatomic
    stdbool stddef stdint stdio stdlib stdnoreturn string tgmath threads time uchar wchar wctype
    """.split(whereSeparator: \.isWhitespace).map { "\($0).h" }
  private static let cppHeaders = """
    algorithm atomic cfenv cfloat chrono cinttypes climits clocale cmath complex condition_variable csetjmp csignal
    cstdint cstdio cstdlib cstring ctime cuchar cwchar cwctype fstream functional future iomanip iostream limits locale
    memory mutex numeric random regex string system_error thread vector
    """.split(whereSeparator: \.isWhitespace).map(String.init)

  /// What every standard header, as a compiler has it, defines as a macro without arguments.
  private func macros(_ compiler: String, _ flags: [String], _ headers: [String], in folder: String) throws -> [String]
  {
    let includes = headers.map { "#include <\($0)>\n" }.joined()
    let file = try write(includes, to: "\(folder)/all.\(compiler.hasSuffix("++") ? "cpp" : "c")")
    let result = try run(compiler, flags + ["-dM", "-E", file])
    #expect(result.status == 0, "\(result.errors)")
    return result.output.split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ")
      return words.count > 1 && !words[1].contains("(") ? String(words[1]) : nil
    }
  }

  /// After all standard headers, a module's header is as it was.
  @Test func macrosOfStandardHeadersAreNames() throws {
    try withScratch { folder in
      var names = Set(["UINT32_MAX", "NAN", "INFINITY", "M_PI", "noreturn", "BUFSIZ", "RAND_MAX", "CHAR_BIT"])
      names.formUnion(["CAJAL_ONE_COPY", "CAJAL_HIDE", "ONE_COPY", "CAJAL_LANES", "NAN_", "NAN_2", "X", "X1", "W_1"])
      for compiler in installed("gcc", "clang") {
        names.formUnion(try macros(compiler, ["-std=gnu17"], Self.cHeaders, in: folder))
      }
      for compiler in installed("g++", "clang++") {
        names.formUnion(try macros(compiler, ["-std=gnu++17"], Self.cppHeaders, in: folder))
      }
      #expect(names.count > 500 && CName.isUsable("X") && CName.isUsable("X1"))
      let all = names.sorted()
      let programs = stride(from: 0, to: all.count, by: 200).map { start in
        identity("p\(start)", ports: Array(all[start..<min(start + 200, all.count)]))
      }
      let emitted = try emitModule(module(programs))
      try write(emitted.c, to: folder + "/t.c")
      try write(emitted.header, to: folder + "/t.h")
      let c = Self.cHeaders.map { "#include <\($0)>\n" }.joined()
      let cpp = Self.cppHeaders.map { "#include <\($0)>\n" }.joined()
      try write(c + "#include \"t.h\"\n", to: folder + "/after.c")
      try write(cpp + "#include \"t.h\"\n", to: folder + "/after.cpp")
      let include = ["-I", folder, "-I", projectRoot + "/Runtime/include", "-fsyntax-only"]
      for compiler in installed("gcc", "clang") {
        for file in ["t.c", "after.c"] {
          let result = try run(compiler, ["-std=gnu17"] + include + [folder + "/" + file])
          #expect(result.status == 0, "\(compiler): \(result.errors.prefix(2000))")
        }
      }
      for compiler in installed("g++", "clang++") {
        let result = try run(compiler, ["-std=gnu++17"] + include + [folder + "/after.cpp"])
        #expect(result.status == 0, "\(compiler): \(result.errors.prefix(2000))")
      }
    }
  }

  /// File names that no #include can say, and those of the runtime's headers.
  @Test(arguments: ["λ é", "a\"b", "a\\b", "it's", "a b", "cajal", "cajal_kernels", "cajal_lanes"])
  func anyFileNameCompiles(stem: String) throws {
    for lanes in [false, true] {
      let options = EmitOptions(
        realBytes: 4, blas: .none, prefix: stem, sourceName: stem + ".cajal", compiler: "cajal2c test", gradients: true,
        lanes: lanes)
      let emitted = try emitModule(ModuleUnit(programs: [identity("f", ports: ["x", "y"])], options: options))
      try withScratch { folder in
        try write(emitted.c, to: "\(folder)/\(stem).c")
        try write(emitted.header, to: "\(folder)/\(stem).h")
        for compiler in installed("gcc", "clang") {
          let result = try run(
            compiler,
            Harness.warnings + ["-I", projectRoot + "/Runtime/include", "-c", "\(folder)/\(stem).c"]
              + ["-o", folder + "/t.o"])
          #expect(result.status == 0, "\(stem), \(compiler): \(result.errors)")
        }
      }
    }
  }

  @Test func prefixMayBeTheRuntimes() throws {
    let c = try emitModule(module([identity("f", ports: ["x"])], prefix: "cajal")).c
    #expect(c.components(separatedBy: "cajal_module_info(void)").count == 2, "defined once")
  }
}
