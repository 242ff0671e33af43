import EmitC
import Foundation
import LinearMaps
import TestSupport
import Testing

/// Models: graphs whose first parameters are tensors.
@Suite struct ModelTests {
  @Test(arguments: 0..<3) func agreeWithTheInterpreter(group: UInt64) throws {
    let trials = try RandomProgramTests.trials((5000 + group * 30)..<(5030 + group * 30), areModels: true)
    Harness.check(trials, try Harness.run(trials))
  }

  /// Products with tensors for the whole batch, all of them, some, or none.
  @Test(arguments: [1, 90, 1 << 20]) func networksAgreeWithTheInterpreter(threshold: Int) throws {
    let trials = try (0..<30).map { try Trial.network(seed: $0) }
    Harness.check(trials, try Harness.run(trials, options: Harness.options(batchThreshold: threshold)))
  }

  @Test func networksAgreeWithOpenBLAS() throws {
    let trials = try (200..<220).map { try Trial.network(seed: $0) }
    let options = Harness.options(blas: .openblas, batchThreshold: 1)
    Harness.check(
      trials,
      try Harness.run(
        trials, options: options, flags: ["-O2", "-DCAJAL_BLAS", "-Wl,--no-as-needed", "-lopenblas"]))
  }

  @Test func networksRunCleanUnderSanitizers() throws {
    let trials = try (100..<120).map { try Trial.network(seed: $0) }
    Harness.check(
      trials, try Harness.run(trials, options: Harness.options(batchThreshold: 1), flags: Harness.sanitizers))
  }

  @Test func compiledModelsAgreeBesidePrograms() throws {
    let trials = try ModuleTests.compiled(200..<220, areModels: true) + ModuleTests.compiled(240..<250)
    Harness.check(trials, try Harness.run(trials))
  }

  @Test func runCleanUnderSanitizers() throws {
    let trials = try RandomProgramTests.trials(6000..<6025, areModels: true)
    Harness.check(trials, try Harness.run(trials, flags: Harness.sanitizers))
  }

  @Test func clangHasNoWarnings() throws {
    let trials = try RandomProgramTests.trials(6100..<6115, areModels: true)
    let options = Harness.options(checkFinite: true)
    _ = try Harness.run(
      trials.filter { $0.expected.isFinite }, options: options, compiler: installed("clang").first ?? "gcc")
  }

  @Test func withoutGradients() throws {
    let trials = try ModuleTests.compiled(0..<10, areModels: true)
    let answers = try Harness.run(trials, options: Harness.options(gradients: false))
    for (trial, answer) in zip(trials, answers) {
      #expect(Harness.agree(answer.output, trial.expected.output))
    }
  }

  /// y = W x + c, and z = y + c.
  private func dense(weights: [Double]? = nil) -> ProgramUnit {
    let builder = GraphBuilder()
    let (w, c) = (builder.parameter("f.0.weight", .real([2, 3])), builder.parameter("f.0.bias", .real([2])))
    let x = builder.parameter("x", .real([3]))
    let product = builder.product(Product(m: 2, k: 3, n: 1), w, x, .real([2]))
    let forward = builder.finish(results: [builder.add(product, c)])
    let adjoint = GraphBuilder()
    let (v, _) = (adjoint.parameter("f.0.weight", .real([2, 3])), adjoint.parameter("f.0.bias", .real([2])))
    let (y, bar) = (adjoint.parameter("x", .real([3])), adjoint.parameter("bar", .real([2])))
    let backward = adjoint.finish(results: [
      adjoint.product(Product(m: 2, k: 1, n: 3), bar, y, .real([2, 3])), bar,
      adjoint.product(Product(m: 3, k: 2, n: 1, transposeLeft: true), v, bar, .real([3])),
    ])
    return Harness.unit("dense", forward, backward, tensors: 2, weights: weights)
  }

  @Test func argumentsAreCheckedAndFiniteness() throws {
    let options = Harness.options(checkFinite: true)
    let emitted = try emitModule(
      ModuleUnit(programs: [dense(weights: [0.5, -0.25, 1e-300, 3, .pi, 0, -0.0, 7]), constant], options: options))
    try withScratch { folder in
      try write(emitted.c, to: folder + "/t.c")
      try write(emitted.header, to: folder + "/t.h")
      try write(Self.rules, to: folder + "/rules.c")
      let built = try run(
        "gcc",
        Harness.warnings + Harness.sanitizers + ["-DCAJAL_SHARED_OBJECT"]
          + ["-I", folder, "-I", projectRoot + "/Runtime/include"]
          + [folder + "/t.c", folder + "/rules.c"] + (try RuntimeObjects.paths(flags: Harness.sanitizers))
          + ["-lm", "-o", folder + "/rules"])
      #expect(built.status == 0, "\(built.errors)")
      let result = try run(folder + "/rules", [])
      #expect(result.status == 0, "\(result.output)\(result.errors)")
    }
  }

  /// Neither tensors nor data.
  private var constant: ProgramUnit {
    let builder = GraphBuilder()
    let forward = builder.finish(results: [builder.unit(1, .real([2]))])
    let adjoint = GraphBuilder()
    _ = adjoint.parameter("bar", .real([2]))
    return Harness.unit("constant", forward, adjoint.finish(results: []), tensors: 0)
  }

  private static let rules = """
    #include <math.h>
    #include <stdio.h>
    #include <string.h>
    #include "t.h"
    #define EXPECT(condition) if (!(condition)) { printf("line %d: %s\\n", __LINE__, #condition); return 1; }

    int main(void) {
      double params[8] = {1, 2, 3, 4, 5, 6, 10, 20}, x[6] = {1, 0, 0, 1, 1, 1}, result[4] = {0}, bar[4] = {1, 2, 3, 4};
      double params_bar[8] = {-7}, x_bar[6] = {-7};
      static _Alignas(64) unsigned char work[8192];
      EXPECT(t_dense_workspace_bytes(2, 1) <= sizeof work);
      EXPECT(t_dense_forward(2, NULL, x, 3, result, work) == CAJAL_BAD_ARGUMENT);
      EXPECT(t_dense_forward(2, (double *)((char *)params + 4), x, 3, result, work) == CAJAL_BAD_ARGUMENT);
      EXPECT(result[0] == 0);
      EXPECT(t_dense_forward(2, params, x, 3, result, work) == CAJAL_OK);
      EXPECT(result[0] == 11 && result[1] == 24 && result[2] == 16 && result[3] == 35);
      EXPECT(t_dense_forward_keep(2, params, x, 3, result, work) == CAJAL_OK);
      EXPECT(t_dense_backward(2, NULL, x, 3, bar, params_bar, x_bar, work) == CAJAL_BAD_ARGUMENT);
      double *odd = (double *)((char *)params_bar + 4);
      EXPECT(t_dense_backward(2, params, x, 3, bar, odd, x_bar, work) == CAJAL_BAD_ARGUMENT);
      EXPECT(params_bar[0] == -7 && x_bar[0] == -7);
      EXPECT(t_dense_backward(2, params, x, 3, bar, params_bar, x_bar, work) == CAJAL_OK);
      const double expected[8] = {1 + 3, 3, 3, 2 + 4, 4, 4, 1 + 3, 2 + 4};
      EXPECT(memcmp(params_bar, expected, sizeof expected) == 0);
      EXPECT(x_bar[0] == 9 && x_bar[2] == 15 && x_bar[3] == 19 && x_bar[5] == 33);
      EXPECT(t_dense_backward(2, params, x, 3, bar, NULL, NULL, work) == CAJAL_OK);
      params[7] = NAN;
      EXPECT(t_dense_forward(2, params, x, 3, result, work) == CAJAL_NOT_FINITE);
      params[7] = 0;
      bar[3] = 1e308, x[3] = 1e308;
      EXPECT(t_dense_backward(2, params, x, 3, bar, params_bar, NULL, work) == CAJAL_NOT_FINITE);

      const cajal_module *module = cajal_module_info();
      EXPECT(module->program_count == 0 && module->programs == NULL && module->model_count == 2);
      const cajal_model *dense = module->models[0], *constant = module->models[1];
      EXPECT(strcmp(dense->signature, "model dense") == 0 && dense->horizon == 10 && dense->real_bytes == 8);
      EXPECT(strcmp(dense->tensors[1]->name, "f.0.bias") == 0 && dense->tensors[1]->offset == 6);
      const double weights[8] = {0.5, -0.25, 1e-300, 3, 3.141592653589793, 0, -0.0, 7};
      EXPECT(memcmp(dense->weights, weights, sizeof weights) == 0);
      EXPECT(constant->weights == NULL && constant->parameter_count == 0 && constant->tensors == NULL);
      EXPECT(constant->forward_keep(1, NULL, NULL, NULL, result, NULL) == CAJAL_OK && result[1] == 1);
      EXPECT(constant->backward(1, NULL, NULL, NULL, bar, NULL, NULL, NULL) == CAJAL_OK);
      EXPECT(t_constant_forward(1, NULL, result, NULL) == CAJAL_OK);
      return 0;
    }

    """

  /// Bytes that need care in a string literal.
  @Test func weightsKeepTheirBits() throws {
    var random = SplitMix(seed: 1)
    var values = (0..<1000).map { _ in Float(bitPattern: UInt32(truncatingIfNeeded: random.next())) }
    values += [Float(bitPattern: 0x3F3F_3F3F), Float(bitPattern: 0x5C22_003F), Float(bitPattern: 0x3132_3334)]
    let builder = GraphBuilder()
    let w = builder.parameter("w", .real([values.count]))
    let unit = Harness.unit(
      "m", builder.finish(results: [w]), tensors: 1, weights: values.map { $0.isNaN ? 1 : Double($0) })
    let emitted = try emitModule(
      ModuleUnit(programs: [unit], options: Harness.options(realBytes: 4, gradients: false)))
    #expect(emitted.c.split(separator: "\n").allSatisfy { $0.utf8.count <= 110 })
    let client = """
      #include <stdio.h>
      #include "t.h"
      int main(void) {
        const cajal_model *model = t_module_info()->models[0];
        return fwrite(model->weights, sizeof(float), model->parameter_count, stdout) != model->parameter_count;
      }

      """
    try withScratch { folder in
      try write(emitted.c, to: folder + "/t.c")
      try write(emitted.header, to: folder + "/t.h")
      try write(client, to: folder + "/main.c")
      for compiler in installed("gcc", "clang") {
        let built = try run(
          compiler,
          Harness.warnings + ["-I", folder, "-I", projectRoot + "/Runtime/include"]
            + [folder + "/t.c", folder + "/main.c"] + (try RuntimeObjects.paths(compiler: compiler))
            + ["-lm", "-o", folder + "/main"])
        #expect(built.status == 0, "\(built.errors)")
        let result = try run("/bin/sh", ["-c", "\(folder)/main >\(folder)/weights"])
        #expect(result.status == 0)
        let bits = try Data(contentsOf: URL(fileURLWithPath: folder + "/weights")).withUnsafeBytes {
          Array($0.bindMemory(to: UInt32.self))
        }
        #expect(bits == values.map { $0.isNaN ? Float(1).bitPattern : $0.bitPattern })
      }
    }
  }
}

extension Answer {
  fileprivate var isFinite: Bool {
    (output + parameterGradient + gradients.flatMap { $0 }).allSatisfy { abs($0) < 1e100 }
  }
}
