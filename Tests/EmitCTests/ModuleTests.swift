import EmitC
import Foundation
import LinearMaps
import TestSupport
import Testing

@Suite struct ModuleTests {
  static func compiled(_ seeds: Range<UInt64>, areModels: Bool = false) throws -> [Trial] {
    try seeds.map { try Trial.compiled(seed: $0, asModel: areModels) }
  }

  @Test func adjointsAgreeWithTheInterpreter() throws {
    let trials = try Self.compiled(0..<60)
    Harness.check(trials, try Harness.run(trials))
  }

  @Test func floatsAgreeUnderClang() throws {
    let trials = try Self.compiled(100..<125)
    let answers = try Harness.run(
      trials, options: Harness.options(realBytes: 4), compiler: installed("clang").first ?? "gcc", flags: ["-O2"])
    // A kink of `bound` is as likely as not to be met in float, so that gradients are left to double precision.
    for (trial, answer) in zip(trials, answers) {
      #expect(Harness.agree(answer.output, trial.expected.output, tolerance: 1e-3), "\(trial.program.name)")
    }
  }

  @Test func clangHasNoWarnings() throws {
    let trials = try RandomProgramTests.trials(2000..<2015)
    Harness.check(trials, try Harness.run(trials, compiler: installed("clang").first ?? "gcc", flags: ["-O1"]))
  }

  @Test func withoutGradients() throws {
    let trials = try Self.compiled(0..<10)
    let answers = try Harness.run(trials, options: Harness.options(gradients: false))
    for (trial, answer) in zip(trials, answers) {
      #expect(Harness.agree(answer.output, trial.expected.output))
    }
  }

  @Test func emissionIsDeterministic() throws {
    func emit() throws -> [String] {
      let trials = try RandomProgramTests.trials(0..<20)
      let unit = ModuleUnit(programs: trials.map(\.unit), options: Harness.options(blas: .openblas))
      let module = try emitModule(unit)
      return [module.c, module.header, try scheduleText(unit), try manifest(unit)]
    }
    let first = try emit()
    #expect(try emit() == first)
    #expect(first[0].split(separator: "\n").allSatisfy { $0.utf8.count <= 110 })
    #expect(!first[0].contains("/tmp"))
  }

  @Test func withoutBlasThereIsNone() throws {
    let builder = GraphBuilder()
    let m = builder.parameter("m", .hom(.natural(200), .natural(200)))
    let x = builder.parameter("x", .natural(200))
    let unit = Harness.unit("p", builder.finish(results: [builder.apply(m, x, .natural(200))]))
    let with = try emitModule(ModuleUnit(programs: [unit], options: Harness.options(blas: .openblas))).c
    let without = try emitModule(ModuleUnit(programs: [unit], options: Harness.options(blas: .none))).c
    #expect(with.contains("cajal_blas_product_f64(batch, 200, 200,"))
    #expect(!without.contains("blas"))
  }

  @Test func emptyModuleCompiles() throws {
    let trials: [Trial] = []
    #expect(try Harness.run(trials).isEmpty)
  }

  @Test(arguments: [false, true]) func argumentsAreCheckedAndFiniteness(lanes: Bool) throws {
    let builder = GraphBuilder()
    let (x, y) = (builder.parameter("x", .real([20])), builder.parameter("y", .real([20])))
    let forward = builder.finish(results: [builder.dot(x, y), x])
    let adjoint = GraphBuilder()
    let (a, b) = (adjoint.parameter("x", .real([20])), adjoint.parameter("y", .real([20])))
    _ = adjoint.parameter("kept", .real([20]))
    let bar = adjoint.parameter("bar", .scalar)
    let backward = adjoint.finish(results: [adjoint.scaled(b, by: bar), adjoint.scaled(a, by: bar)])
    let unit = Harness.unit("dot", forward, backward)
    let emitted = try emitModule(
      ModuleUnit(programs: [unit], options: Harness.options(checkFinite: true, lanes: lanes)))
    #expect(emitted.c.contains("dot_lanes(") == lanes)
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

  private static let rules = """
    #include <math.h>
    #include <stdio.h>
    #include "t.h"
    #define EXPECT(condition) if (!(condition)) { printf("line %d: %s\\n", __LINE__, #condition); return 1; }

    int main(void) {
      static double x[60], y[60], result[2], bar[2] = {1, 2}, x_bar[60], y_bar[20], each[42];
      static _Alignas(64) unsigned char work[8192];
      for (int i = 0; i < 60; i++) x[i] = i, y[i] = 1, x_bar[i] = -7;
      for (int i = 0; i < 20; i++) y_bar[i] = -7;
      EXPECT(cajal_module_info() == t_module_info());
      EXPECT(t_dot_workspace_bytes(2, 1) <= sizeof work && t_dot_workspace_bytes(1, 0) == 0);
      EXPECT(t_dot_forward(0, x, 20, y, 0, result, NULL) == CAJAL_BAD_ARGUMENT);
      EXPECT(t_dot_forward(2, x, 19, y, 0, result, NULL) == CAJAL_BAD_ARGUMENT);
      EXPECT(t_dot_forward(2, NULL, 20, y, 0, result, NULL) == CAJAL_BAD_ARGUMENT);
      EXPECT(t_dot_forward(2, x, 20, y, 0, NULL, NULL) == CAJAL_BAD_ARGUMENT);
      EXPECT(t_dot_forward(2, (double *)((char *)x + 4), 20, y, 0, result, NULL) == CAJAL_BAD_ARGUMENT);
      EXPECT(result[0] == 0 && result[1] == 0);
      EXPECT(t_dot_forward(2, x, 22, y, 0, result, NULL) == CAJAL_OK);
      EXPECT(result[0] == 190 && result[1] == 190 + 20 * 22);
      EXPECT(t_dot_forward_keep(2, x, 22, y, 0, result, work) == CAJAL_OK);
      EXPECT(t_dot_workspace_bytes(2, 1) == 0 ||
             t_dot_backward(2, x, 22, y, 0, bar, x_bar, y_bar, work + 1) == CAJAL_BAD_ARGUMENT);
      EXPECT(t_dot_backward(2, x, 22, y, 0, NULL, x_bar, y_bar, work) == CAJAL_BAD_ARGUMENT);
      EXPECT(t_dot_backward_each(2, x, 22, y, 0, bar, x_bar, 19, y_bar, 0, work) == CAJAL_BAD_ARGUMENT);
      EXPECT(t_dot_backward_each(2, x, 22, y, 0, bar, x_bar, 20, (double *)((char *)y_bar + 4), 0, work) ==
             CAJAL_BAD_ARGUMENT);
      EXPECT(x_bar[0] == -7 && y_bar[0] == -7);
      EXPECT(t_dot_backward(2, x, 22, y, 0, bar, x_bar, NULL, work) == CAJAL_OK);
      EXPECT(x_bar[0] == 1 && x_bar[20] == -7 && x_bar[21] == -7 && x_bar[22] == 2 && y_bar[0] == -7);
      EXPECT(t_dot_backward(2, x, 22, y, 0, bar, NULL, y_bar, work) == CAJAL_OK);
      EXPECT(y_bar[0] == 0 * 1 + 22 * 2 && y_bar[19] == 19 + 2 * 41);
      EXPECT(t_dot_workspace_bytes(2, 2) <= sizeof work);
      EXPECT(t_dot_backward_each(2, x, 22, y, 0, bar, NULL, 19, each, 21, work) == CAJAL_OK);
      EXPECT(each[19] == 19 && each[20] == 0 && each[21] == 2 * 22 && each[40] == 2 * 41 && each[41] == 0);
      EXPECT(t_dot_backward_each(2, x, 22, y, 0, bar, each, 0, y_bar, 0, work) == CAJAL_OK);
      EXPECT(each[0] == 1 + 2 && each[19] == 1 + 2 && each[21] == 2 * 22 && y_bar[19] == 19 + 2 * 41);
      x[3] = NAN;
      EXPECT(t_dot_forward(2, x, 22, y, 0, result, NULL) == CAJAL_NOT_FINITE);
      x[3] = 1e300, y[3] = 1e300;
      EXPECT(t_dot_forward(2, x, 22, y, 0, result, NULL) == CAJAL_NOT_FINITE);
      bar[1] = INFINITY;
      EXPECT(t_dot_backward(2, x, 22, y, 0, bar, x_bar, y_bar, work) == CAJAL_NOT_FINITE);
      EXPECT(t_dot_backward_each(2, x, 22, y, 0, bar, x_bar, 20, each, 20, work) == CAJAL_NOT_FINITE);
      const cajal_program *program = t_module_info()->programs[0];
      EXPECT(program->forward(1, NULL, NULL, result, NULL) == CAJAL_BAD_ARGUMENT);
      EXPECT(program->inputs[0]->degree == SIZE_MAX);
      return 0;
    }

    """
}
