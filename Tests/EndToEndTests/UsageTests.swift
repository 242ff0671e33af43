import Diagnostics
import Driver
import Foundation
import TestSupport
import Testing

/// What the command line says of words that it does not know, of numbers out of range, and of options that every
/// command takes.
@Suite struct UsageTests {
  @Test(arguments: [
    (["chek", "p.cajal"], "`chek` is neither a command nor a file; did you mean `check`?"),
    (["evl", "p.cajal", "--set", "n=3"], "`evl` is neither a command nor a file; did you mean `eval`?"),
    (["verfy", "p.cajal", "-o", "p.c"], "did you mean `verify`?"),
    (["p", "-o", "p.c"], "`p` is neither a command nor a file; did you mean `p.cajal`?"),
    (
      ["build", "p.cajal"],
      "the commands are compile, check, eval, run, encode, matrix, explore, verify, fmt, lsp, explain, help"
    ),
  ]) func unknownFirstWords(arguments: [String], text: String) throws {
    try withScratch { folder in
      try write("program p (n : Nat) : Nat = n", to: folder + "/p.cajal")
      let result = try run(compilerPath, arguments, directory: folder)
      #expect(result.status == 2 && result.errors.contains(text), "\(result)")
      #expect(result.output.isEmpty && !result.errors.contains("nothing to write"))
    }
  }

  /// A file may be called like anything, and one that is not there is a file still.
  @Test func firstWordsThatAreFiles() throws {
    try withScratch { folder in
      try write("program p (n : Nat) : Nat = n", to: folder + "/chek")
      let file = try run(compilerPath, ["chek", "--emit", "judgement"], directory: folder)
      #expect(file.status == 0 && file.output.contains("program p"), "\(file)")
      let missing = try run(compilerPath, ["none.cajal", "-o", "p.c"], directory: folder)
      #expect(missing.status == 1 && missing.errors.contains("E0008"), "\(missing)")
    }
  }

  @Test(arguments: [
    (["check", "p.cajal", "--horizon", "-3"], "--horizon takes a number from 1 to 16777216, not -3"),
    (["p.cajal", "--emit", "c", "--horizon", "-3"], "--horizon takes a number from 1 to 16777216, not -3"),
    (["eval", "p.cajal", "--steps", "-1"], "--steps takes a number above 0, not -1"),
    (["verify", "p.cajal", "--limit", "-1"], "--limit takes a number above 0, not -1"),
    (["verify", "p.cajal", "--seed", "-1"], "The value '-1' is invalid for '--seed <N>'"),
  ]) func negativeNumbersAreValues(arguments: [String], text: String) throws {
    try withScratch { folder in
      try write("program p (n : Nat) : Nat = n", to: folder + "/p.cajal")
      let result = try run(compilerPath, arguments, directory: folder)
      #expect(result.status == 2 && result.errors.contains(text), "\(result)")
    }
  }

  /// Every command that reads a file takes `--overflow`, and says the same; `eval`, which drops nothing, only then.
  @Test(arguments: [
    ["check"], ["eval", "--set", "n=3"], ["matrix"], ["verify", "--blas", "none", "--limit", "20"], ["--emit", "c"],
  ]) func overflowIsSaidByEveryCommand(command: [String]) throws {
    try withScratch { folder in
      let file = try write("program above (n : Nat) : Nat = succ n", to: folder + "/p.cajal")
      let arguments = command[0].hasPrefix("-") ? command + [file] : [command[0], file] + command.dropFirst()
      let isEvaluation = command[0] == "eval"
      let warned = try run(compilerPath, arguments + (isEvaluation ? ["--overflow", "warn"] : []), limit: 600)
      #expect(warned.status == 0 && warned.errors.contains("warning[W0501]"), "\(warned)")
      if isEvaluation { #expect(try run(compilerPath, arguments).errors.isEmpty) }
      let refused = try run(compilerPath, arguments + ["--overflow", "error"], limit: 600)
      #expect(refused.status == 1 && refused.errors.contains("error[E0403]"), "\(refused)")
      #expect(refused.output.isEmpty)
    }
  }

  /// 16 384 × 16 383 weights and 16 384 of the bias are 2^28.
  @Test func theLargestModel() throws {
    func outcome(_ inputs: Int) throws -> SubprocessResult {
      try withScratch { folder in
        let text = """
          net f (x : Real[\(inputs)]) : Real[16384] = dense
          model m (x : Real[\(inputs)]) : Real[16384] = f x
          """
        return try cajal2c("check", try write(text, to: folder + "/m.cajal"))
      }
    }
    let largest = try outcome(16_383)
    #expect(largest.status == 0 && largest.output.contains("268435456 parameters, in f"), "\(largest)")
    let larger = try outcome(16_384)
    #expect(larger.status == 1 && larger.errors.contains("error[E0409]: `m` has too many parameters"), "\(larger)")
    #expect(larger.errors.contains("2^28"))
  }
}

/// The programs that the explanations recommend.
@Suite struct ExplanationProgramTests {
  /// They compile, with gradients, and nothing is said of them but that a net stands there for itself.
  @Test(arguments: DiagnosticCode.allCases) func recommendedProgramsCompile(code: DiagnosticCode) throws {
    let blocks = code.explanation.components(separatedBy: "```cajal\n").dropFirst()
    #expect(!blocks.isEmpty)
    for block in blocks {
      let text = block.components(separatedBy: "```")[0]
      var options = CompilerOptions()
      options.gradients = true
      options.strictLinear = code == .capturedByStep || code == .notLinear
      options.overflow = code == .droppedEntry ? .error : .warn
      let compilation = Compilation(source: Source(name: "example.cajal", text: text), options: options)
      #expect(try compilation.emitted() != nil, "\(code.rawValue)\n\(text)")
      let others = compilation.diagnostics.items.filter { $0.code != .unused || code == .unused }
      #expect(others.isEmpty, "\(code.rawValue): \(others.map(\.message))\n\(text)")
    }
  }
}
