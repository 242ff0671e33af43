import EmitC
import Foundation
import LinearMaps
import TestSupport
import Testing

/// The functions of one sample, exported and inlined, against the same sample in a batch, bit for bit.
@Suite struct OneSampleTests {
  /// Programs in lanes and not, models, without inputs and without gradients.
  private static func units() throws -> [ProgramUnit] {
    let small = try LaneTests.units(3000..<3012)
    let others = try (0..<3).map { Harness.unit(try GraphProgram.adversarial(seed: 7000 + $0)) }
    let models = try (0..<3).map { try Trial.adversarial(seed: 7100 + $0, asModel: true).unit }
    return small + others + models
  }

  private func client(_ units: [ProgramUnit], _ c: [String: String], real: String, gradients: Bool) -> String {
    let calls = units.map { unit -> String in
      let name = "t_\(unit.name)"
      let given = (unit.model == nil ? [] : ["params"]) + unit.ports.indices.map { "in[\($0)]" }
      let bars = (unit.model == nil ? [] : ["params_bar"]) + unit.ports.indices.map { "bar[\($0)]" }
      let work = c[unit.name] == "void" ? [] : ["work"]
      let result = c[unit.name] == "void" ? "" : "status |= "
      let forward = (given + ["out"] + work).joined(separator: ", ")
      let both = (given + ["out", "out_bar"] + bars + work).joined(separator: ", ")
      return """
        static int call_\(unit.name)(const real *params, const real *const in[], real *out, const real *out_bar,
            real *params_bar, real *const bar[], void *work, int isForward) {
          int status = 0;
          (void)params, (void)in, (void)out_bar, (void)params_bar, (void)bar, (void)work;
          if (isForward) { \(result)\(name)_one(\(forward)); }
          \(gradients ? "else { \(result)\(name)_one_with_gradient(\(both)); }" : "")
          return status;
        }
        static size_t bytes_\(unit.name)(size_t batch) { return \(name)_WORKSPACE_BYTES(batch); }
        char room_\(unit.name)[\(name)_WORKSPACE_BYTES(3) + 1];
        """
    }
    let table = units.map { "{\"\($0.name)\", call_\($0.name), bytes_\($0.name)}" }.joined(separator: ", ")
    return """
      #include <stdio.h>
      #include <stdlib.h>
      #include <string.h>
      #include "t.h"
      typedef \(real) real;
      \(calls.joined(separator: "\n"))
      typedef int call(const real *, const real *const[], real *, const real *, real *, real *const[], void *, int);
      static const struct { const char *name; call *one; size_t (*bytes)(size_t); } calls[] = {\(table)};

      enum { batch = 9 };
      static unsigned seed = 1;
      static real *random_reals(size_t count) {
        real *v = malloc((count + 1) * sizeof(real));
        for (size_t i = 0; i < count; i++) v[i] = (real)((seed = seed * 1664525u + 1013904223u) >> 8) / (real)(1 << 23) - 1;
        return v;
      }
      static void same(const char *name, const char *what, const real *a, const real *b, size_t count) {
        if (memcmp(a, b, count * sizeof(real)) == 0) return;
        printf("%s: %s\\n", name, what);
        for (size_t i = 0; i < count; i++) printf("  %a %a\\n", (double)a[i], (double)b[i]);
        exit(1);
      }
      static size_t named(const char *name) {
        for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) if (strcmp(calls[i].name, name) == 0) return i;
        exit(2);
      }
      static void check(const cajal_program *p, const cajal_model *m) {
        const char *name = p ? p->name : m->name;
        const size_t inputs = p ? p->input_count : m->input_count, size = p ? p->output->size : m->output->size;
        const cajal_port *const *ports = p ? p->inputs : m->inputs;
        const size_t tensors = m ? m->parameter_count : 0;
        const void *in[8];
        void *bar[8];
        size_t stride[8];
        real *params = random_reals(tensors), *params_bar = random_reals(batch * tensors);
        real *out = random_reals(batch * size), *out_bar = random_reals(batch * size);
        for (size_t i = 0; i < inputs; i++) {
          stride[i] = ports[i]->size;
          in[i] = random_reals(batch * stride[i]);
          bar[i] = random_reals(batch * stride[i]);
        }
        const size_t bytes = p ? p->workspace_bytes(batch, 2) : m->workspace_bytes(batch, 2), at = named(name);
        for (size_t b = 1; b < 70; b++)
          if (calls[at].bytes(b) != (p ? p->workspace_bytes(b, 1) : m->workspace_bytes(b, 1))) {
            printf("%s: the workspace of %zu\\n", name, b);
            exit(1);
          }
        void *work = malloc(bytes + 64);
        int status = p ? p->forward(batch, in, stride, out, work) : m->forward(batch, params, in, stride, out, work);
        const int hasGradient = \(gradients ? 1 : 0);
        if (hasGradient)
          status |= p ? p->forward_keep(batch, in, stride, out, work) | p->backward_each(batch, in, stride, out_bar, bar, stride, work)
                      : m->forward_keep(batch, params, in, stride, out, work)
                            | m->backward_each(batch, params, in, stride, out_bar, params_bar, tensors, bar, stride, work);
        for (size_t b = 0; b < batch; b++)
          for (int isForward = 0; isForward < 2; isForward++) {
            const real *one_in[8];
            real *one_bar[8], *one = random_reals(size), *one_params = random_reals(tensors);
            for (size_t i = 0; i < inputs; i++) {
              one_in[i] = (const real *)in[i] + b * stride[i];
              one_bar[i] = random_reals(stride[i]);
            }
            if (!isForward && !hasGradient) continue;
            status |= calls[at].one(params, one_in, one, out_bar + b * size, one_params, one_bar, work, isForward);
            same(name, isForward ? "result" : "result beside the gradient", one, out + b * size, size);
            if (isForward) continue;
            same(name, "gradient in the parameters", one_params, params_bar + b * tensors, tensors);
            for (size_t i = 0; i < inputs; i++)
              same(name, ports[i]->name, one_bar[i], (const real *)bar[i] + b * stride[i], stride[i]);
          }
        if (status) {
          printf("%s: status %d\\n", name, status);
          exit(1);
        }
      }
      int main(void) {
        const cajal_module *m = t_module_info();
        for (size_t i = 0; i < m->program_count; i++) check(m->programs[i], NULL);
        for (size_t i = 0; i < m->model_count; i++) check(NULL, m->models[i]);
        printf("%zu\\n", m->program_count + m->model_count);
        return 0;
      }

      """
  }

  /// What `_one` of each program answers: "void" or "int".
  private func results(_ header: String) -> [String: String] {
    var results: [String: String] = [:]
    for match in header.matches(of: /CAJAL_EXPORT (void|int) t_(\w+)_one\(/) {
      results[String(match.output.2)] = String(match.output.1)
    }
    return results
  }

  private func check(_ options: EmitOptions, gradients: Bool = true, compiler: String, flags: [String]) throws {
    let units = try Self.units()
    var options = options
    options.gradients = gradients
    let real = options.realBytes == 4 ? "float" : "double"
    try withScratch { folder in
      let emitted = try emitModule(ModuleUnit(programs: units, options: options))
      let results = results(emitted.header)
      #expect(results.count == units.count)
      #expect(results.values.count { $0 == "void" } > 8 && results.values.contains("int"))
      #expect(emitted.header.contains("static inline void") == options.inlines)
      try write(emitted.c, to: folder + "/t.c")
      try write(emitted.header, to: folder + "/t.h")
      try write(client(units, results, real: real, gradients: gradients), to: folder + "/client.c")
      let built = try TestSupport.run(
        compiler,
        Harness.warnings + flags + ["-I", folder, "-I", projectRoot + "/Runtime/include"]
          + [folder + "/t.c", folder + "/client.c"] + (try RuntimeObjects.paths(compiler: compiler, flags: flags))
          + ["-lm", "-o", folder + "/client"])
      #expect(built.status == 0, "\(built.errors.prefix(4000))")
      let ran = try TestSupport.run(folder + "/client", [])
      #expect(
        ran.status == 0 && ran.output == "\(units.count)\n", "\(ran.output.suffix(2000))\(ran.errors.suffix(2000))")
    }
  }

  @Test(arguments: [4, 8], [false, true]) func equalASampleOfABatch(realBytes: Int, inlines: Bool) throws {
    var options = Harness.options(realBytes: realBytes)
    options.inlines = inlines
    try check(options, compiler: "gcc", flags: ["-O3", "-march=native"])
  }

  @Test func equalASampleOfABatchUnderClang() throws {
    var options = Harness.options(realBytes: 4)
    options.inlines = true
    try check(options, compiler: installed("clang").first ?? "gcc", flags: ["-O2", "-march=native"])
  }

  @Test func withoutGradientsThereIsTheResult() throws {
    let options = Harness.options(gradients: false)
    try check(options, gradients: false, compiler: "gcc", flags: ["-O1", "-fsanitize=undefined"])
    let header = try emitModule(ModuleUnit(programs: try Self.units(), options: options)).header
    #expect(!header.contains("_one_with_gradient"))
  }

  /// A header with definitions serves C++, with their warnings.
  @Test func aHeaderWithDefinitionsServesCXX() throws {
    var options = Harness.options(realBytes: 4)
    options.inlines = true
    try withScratch { folder in
      let header = try emitModule(ModuleUnit(programs: try Self.units(), options: options)).header
      try write(header, to: folder + "/t.h")
      try write("#include \"t.h\"\nint main() { return t_module_info() == nullptr; }\n", to: folder + "/t.cpp")
      for compiler in installed("g++", "clang++") {
        let built = try TestSupport.run(
          compiler,
          ["-std=c++17", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Werror", "-fsyntax-only"]
            + ["-I", projectRoot + "/Runtime/include", folder + "/t.cpp"])
        #expect(built.status == 0, "\(built.errors.prefix(3000))")
      }
    }
  }
}
