import Foundation
import TestSupport
import Testing

/// `verify` catches machine code that is wrong: a C compiler that changes one line of the generated code first.
@Suite struct VerifyFaultTests {
  private static let program = """
    program xor (a : Bool, b : Bool) : Bool =
      if a then (if b then false else true) else (if b then true else false)
    program mix (x : Real[2], n : Nat) : Real[2] = iter { x | y => apply [[1, 2], [3, 4]] y } (n)
    """

  /// Runs `verify` with a compiler that edits every generated file by sed.
  private func verify(editing script: String, _ arguments: [String] = []) throws -> (status: Int32, output: String) {
    try withScratch { folder in
      let file = try write(VerifyFaultTests.program, to: folder + "/p.cajal")
      let compiler = try write(
        """
        #!/bin/sh
        for file in "$@"; do
          case "$file" in */p.c) sed -i '\(script)' "$file" ;; esac
        done
        exec gcc "$@"
        """, to: folder + "/cc")
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: compiler)
      let result = try run(
        compilerPath, ["verify", file, "--real", "double", "--blas", "none", "--limit", "100"] + arguments,
        environment: ["CC": compiler, "NO_COLOR": "1"])
      return (result.status, result.output + result.errors)
    }
  }

  @Test func soundCodeAgrees() throws {
    let result = try verify(editing: "s/no such text/x/")
    #expect(result.status == 0, "\(result.output)")
    #expect(!result.output.contains("DISAGREES"))
  }

  @Test(arguments: [
    // A sign, and an entry, of a value.
    ("/^static void xor_lanes/,/^}/ s/result\\[0\\] = /result[0] = -/", "xor"),
    ("/^static void xor_lanes/,/^}/ s/result\\[1\\] =/result[0] =/", "xor"),
    // The number of rounds.
    ("/^static void mix_lanes/,/^}/ s/size_t k = [0-9]*/size_t k = 2/", "mix"),
    // A gradient alone.
    ("/^static void xor_adjoint_lanes/,/^}/ s/a_bar\\[0\\] = /a_bar[0] = 0.5 * /", "xor"),
  ]) func faultIsCaught(fault: (script: String, program: String)) throws {
    let result = try verify(editing: fault.script)
    #expect(result.status == 70, "\(result.output)")
    #expect(result.output.contains("DISAGREES") && result.output.contains(fault.program), "\(result.output)")
  }
}
