import Driver
import Foundation
import TestSupport
import Testing

/// `verify` catches machine code that is wrong: shared objects from generated C that was changed first.
@Suite struct VerifyFaultTests {
  private static let programs = """
    program xor (a : Bool, b : Bool) : Bool =
      if a then (if b then false else true) else (if b then true else false)
    program mix (x : Real[2], n : Nat) : Real[2] = iter { x | y => apply [[1, 2], [3, 4]] y } (n)
    """
  private static let models = """
    net kernel (x : Real[3]) : Real[2,2] = dense 3 | tanh | dense
    model step (x : Real[3], y : Real[2]) : Real[2] = apply (kernel x) y
    model square (x : Real[8], y : Real[8]) : Real = dot x y
    """
  private static let tables = """
    data Word = End | Letter Bool Word
    program even (w : Word[9]) : Bool =
      fold { End => true | Letter b rest => if b then (if rest then false else true) else rest } (w)
    data Expr = Leaf Bool | Node Bool Expr Expr
    program tree (t : Expr[7], f : Bool -o Real[2]) : Real[2] =
      fold { Leaf b => f b | Node b l r => if b then scale (dot [1, 0.5] l) r else scale (dot [0.5, 1] r) l } (t)
    """

  /// Verifies an object of the text whose C has been changed.
  private func verify(
    _ text: String, march: String? = nil, editing edit: (String) throws -> String
  ) throws -> (status: Int32, output: String) {
    try withScratch { folder in
      let file = try write(text, to: folder + "/p.cajal")
      let options = ["--real", "double", "--blas", "none"]
      let emitted = try run(compilerPath, [file, "-o", folder + "/p.c", "--emit-grad"] + options)
      #expect(emitted.status == 0, "\(emitted.errors)")
      let original = try String(contentsOfFile: folder + "/p.c", encoding: .utf8)
      try write(try edit(original), to: folder + "/p.c")
      let toolchain = Toolchain(compiler: "gcc", runtime: projectRoot + "/Runtime")
      if let march {
        // Only what such a small module needs of the runtime.
        try toolchain.run(
          ["-std=c11", "-O3", march] + Toolchain.objectFlags + ["-I", projectRoot + "/Runtime/include"]
            + [folder + "/p.c", "-o", folder + "/p.so", "-lm"])
      } else {
        try toolchain.buildSharedObject([folder + "/p.c"], output: folder + "/p.so", blas: false)
      }
      let result = try run(
        compilerPath, ["verify", file, "--object", folder + "/p.so", "--limit", "100"] + options,
        environment: ["NO_COLOR": "1", "CC": "no-such-compiler"])
      return (result.status, result.output + result.errors)
    }
  }

  @Test(arguments: [programs, models, tables]) func soundCodeAgrees(text: String) throws {
    let result = try verify(text) { $0 }
    #expect(result.status == 0, "\(result.output)")
    #expect(!result.output.contains("DISAGREES") && result.output.contains("agrees"), "\(result.output)")
  }

  /// What is put before the last `return CAJAL_OK;` of a function, and a word of what is said.
  struct Fault: CustomStringConvertible, Sendable {
    let function: String
    let code: String
    let said: String
    var description: String { "\(function): \(code)" }
  }

  static let faults = [
    // Values.
    Fault(
      function: "xor_run", code: "for (size_t b = 0; b < batch; b++) ((real *)out)[2 * b] *= -1;", said: "equations"),
    Fault(function: "mix_run", code: "if (batch >= 9) ((real *)out)[16] += 1e-6;", said: "result of sample 8, entry 0"),
    Fault(function: "mix_run", code: "if (batch == 70) ((real *)out)[139] = 0;", said: "batch 70"),
    Fault(
      function: "mix_run", code: "if (stride[0] == 0 && batch > 2) ((real *)out)[3] = ((real *)out)[1];",
      said: "x shared"),
    // Gradients.
    Fault(
      function: "xor_run_adjoint", code: "if (in_bar[0]) ((real *)in_bar[0])[0] *= 0.5;", said: "gradient in a[0] at"),
    Fault(
      function: "mix_run_adjoint", code: "if (in_bar[0] && !in_bar[1]) ((real *)in_bar[0])[1] += 1;",
      said: "gradient in x of sample 0, entry 1"),
    Fault(
      function: "mix_run_adjoint", code: "if (!in_bar[0] && in_bar[1]) ((real *)in_bar[1])[9] = 0;",
      said: "entry 9"),
    Fault(
      function: "mix_run_adjoint", code: "if (in_bar[1] && stride[0] == 0 && stride[1]) ((real *)in_bar[1])[0] += 1;",
      said: "x shared, n with stride"),
    // A sum over the batch that adds to itself.
    Fault(
      function: "square_run_adjoint",
      code: "if (batch > 1 && stride[0] == 0 && in_bar[0]) ((real *)in_bar[0])[5] *= 2;", said: "x shared"),
    Fault(
      function: "step_run_adjoint", code: "if (params_bar) ((real *)params_bar)[3] += 1e-6;",
      said: "gradient in kernel.0.weight at point"),
    Fault(
      function: "step_run_adjoint", code: "if (params_bar && batch >= 9) ((real *)params_bar)[26] += 1e-6;",
      said: "gradient in kernel.2.bias, entry 2"),
    Fault(
      function: "step_run_adjoint", code: "if (params_bar && !in_bar[0]) ((real *)params_bar)[0] = 0;",
      said: "gradient in kernel.0.weight, entry 0"),
    Fault(
      function: "step_run_adjoint",
      code: "for (size_t i = 0; i < step_bytes(batch, 1) / sizeof(real); i++) ((real *)work)[i] = 0;",
      said: "gradient in"),
    // Tables.
    Fault(
      function: "even_run", code: "for (size_t b = 0; b < batch; b++) ((real *)out)[2 * b] *= 1.5;",
      said: "evaluation says"),
    Fault(
      function: "even_run", code: "if (batch >= 9) ((real *)out)[16] += 1e-6;", said: "result of sample 8, entry 0"),
    Fault(
      function: "even_run", code: "if (batch > 2 && stride[1] == 0) ((real *)out)[3] += 1;", said: "w.nodes shared"),
    Fault(
      function: "even_run_adjoint", code: "if (in_bar[0]) ((real *)in_bar[0])[5] += 1e-6;", said: "gradient in w[5] at"),
    Fault(
      function: "tree_run_adjoint", code: "if (in_bar[0]) ((real *)in_bar[0])[1] *= 2;",
      said: "gradient in t[1] at"),
    Fault(
      function: "tree_run_adjoint", code: "if (in_bar[2] && !in_bar[0]) ((real *)in_bar[2])[1] += 1;",
      said: "gradient in f"),
    // Bits, and what lies around buffers.
    Fault(
      function: "mix_run", code: "if (keep) ((real *)out)[0] *= 1 + 0x1p-52;",
      said: "forward and forward_keep do not give the same bits"),
    Fault(
      function: "mix_run_adjoint", code: "if (batch > 1 && in_bar[0] && bar_stride[0] > 2) ((real *)in_bar[0])[2] = 0;",
      said: "padding behind sample 0"),
    // Gradients that are not laid out as the input is.
    Fault(
      function: "mix_run_adjoint",
      code: "if (in_bar[0] && stride[0] == 0 && bar_stride[0] != 0) ((real *)in_bar[0])[1] += 1;",
      said: "of sample 0 by backward_each"),
    Fault(
      function: "mix_run_adjoint",
      code: "if (batch > 1 && in_bar[0] && stride[0] != 0 && bar_stride[0] == 0) ((real *)in_bar[0])[1] += 1;",
      said: "summed by backward_each"),
    Fault(function: "mix_run", code: "((real *)out)[-1] = 0;", said: "forward writes beside a buffer"),
    Fault(
      function: "mix_run", code: "if (batch == 3) ((real *)out)[6] = 0;",
      said: "touched what lies beyond its buffers, in forward of `mix`, batch 3"),
    Fault(
      function: "mix_run", code: "((real *)out)[0] += 0 * ((volatile real *)(uintptr_t)in[0])[batch * stride[0]];",
      said: "touched what lies beyond its buffers, in forward of `mix`, batch 1"),
    Fault(
      function: "mix_run_adjoint", code: "((real *)(uintptr_t)in[0])[0] += 1;", said: "backward changes an input"),
  ]

  private func put(_ code: String, into function: String, of text: String) throws -> String {
    let start = try #require(text.range(of: " \(function)("))
    let end = try #require(text.range(of: "\n}\n", range: start.upperBound..<text.endIndex))
    let last = try #require(
      text.range(of: "return CAJAL_OK;", options: .backwards, range: start.upperBound..<end.lowerBound))
    return text.replacingCharacters(in: last, with: code + " return CAJAL_OK;")
  }

  @Test(arguments: faults) func faultIsCaught(fault: Fault) throws {
    let texts = ["step": Self.models, "square": Self.models, "even": Self.tables, "tree": Self.tables]
    let result = try verify(texts.first { fault.function.hasPrefix($0.key) }?.value ?? Self.programs) { text in
      let code = fault.code.replacingOccurrences(of: "step_bytes", with: "p_step_workspace_bytes")
      var faulty = try put(code, into: fault.function, of: text)
      // Where few samples go one after another, the others have a function of their own.
      if faulty.contains(" \(fault.function)_lanes(") {
        faulty = try put(code, into: "\(fault.function)_lanes", of: faulty)
      }
      return faulty.replacingOccurrences(of: "#include \"p.h\"", with: "#include \"p.h\"\n#include <stdint.h>")
    }
    #expect(result.status == 70, "\(result.output)")
    let crashes = fault.said.contains("touched")
    #expect(result.output.contains("DISAGREES") == !crashes, "\(result.output)")
    #expect(result.output.contains(fault.said), "\(result.output)")
  }

  @Test func tablesWithTooManyRowsAreNotVerified() throws {
    let text = Self.tables.replacing("Word[9]", with: "Word[1000000]").replacing("Expr[7]", with: "Expr[20000]")
    let result = try verify(text) { $0 }
    #expect(result.status == 0 && result.output.contains("even: not verified"), "\(result.output)")
    #expect(result.output.contains("tree: not verified"), "\(result.output)")
  }

  /// gcc 11 and 12 take entries of vectors of eight doubles from the wrong place, for some constant permutations: what
  /// the guard at the top of the generated C is for. Without it the object is wrong, and that is seen.
  @Test func wrongPermutationsOfTheCompilerAreCaught() throws {
    let march = "-march=x86-64-v4"
    guard try permutesWrongly(["-std=c11", "-O3", march]) else {
      print("skipped: this processor has no vectors of eight doubles, or this gcc permutes them right")
      return
    }
    let places = [1, 0, 5, 4, 4, 5, 6, 7]
    let rows = places.map { place in "[\((0..<8).map { $0 == place ? "1" : "0" }.joined(separator: ","))]" }
    let text = "model pick (a : Real[8]) : Real[8] = apply [\(rows.joined(separator: ", "))] a"
    let result = try verify(text, march: march) { text in
      text.split(separator: "\n", omittingEmptySubsequences: false).filter { !$0.contains("prefer-vector-width") }
        .joined(separator: "\n")
    }
    #expect(result.status == 70 && result.output.contains("result at point 0, entry 2"), "\(result.output)")
  }

  private func permutesWrongly(_ flags: [String]) throws -> Bool {
    try withScratch { folder in
      let source = try write(
        """
        #include <stdio.h>
        __attribute__((noinline)) static void pick(const double *a, double *restrict r) {
          r[0] = a[1], r[1] = a[0], r[2] = a[5], r[3] = a[4], r[4] = a[4], r[5] = a[5], r[6] = a[6], r[7] = a[7];
        }
        int main(void) {
          double a[8], r[8];
          for (int i = 0; i < 8; i++) a[i] = i;
          pick(a, r);
          puts(r[2] == 5 ? "right" : "wrong");
        }
        """, to: folder + "/probe.c")
      guard try run("gcc", flags + [source, "-o", folder + "/probe"]).status == 0 else { return false }
      // Elsewhere it ends by an illegal instruction.
      return try run(folder + "/probe", []).output == "wrong\n"
    }
  }
}
