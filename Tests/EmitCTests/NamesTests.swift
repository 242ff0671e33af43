import EmitC
import LinearMaps
import TestSupport
import Testing

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

  @Test func prefixMayBeTheRuntimes() throws {
    let c = try emitModule(module([identity("f", ports: ["x"])], prefix: "cajal")).c
    #expect(c.components(separatedBy: "cajal_module_info(void)").count == 2, "defined once")
  }
}
