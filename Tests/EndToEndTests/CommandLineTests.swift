import Driver
import Foundation
import TestSupport
import Testing

private let flip = """
  def not : Bool -o Bool = fun x => if x then false else true
  program flip (x : Bool, n : Nat) : Bool = iter { x | y => not y } (n)
  """

/// Exit codes: 0 fine, 1 errors in the program, 2 wrong usage.
@Suite struct CommandLineTests {
  @Test(arguments: [
    [], ["--no-such-flag"], ["p.cajal"], ["p.cajal", "-o", "p.txt"], ["p.cajal", "-o", "p.c", "--horizon", "0"],
    ["p.cajal", "-o", "p.c", "--real", "half"], ["p.cajal", "-o", "p.c", "--prefix", "1x"],
    ["p.cajal", "--dump-after", "magic"], ["p.cajal", "--emit", "assembly"], ["explain", "E9999"],
    ["eval", "p.cajal", "--set", "n"], ["eval", "p.cajal", "--steps", "0"], ["verify", "p.cajal", "--limit", "0"],
    ["explore", "p.cajal"], ["explore", "p.cajal", "-o", "p.c"],
  ]) func wrongUsageIsTwo(arguments: [String]) throws {
    try withScratch { folder in
      try write(flip, to: folder + "/p.cajal")
      let result = try run(compilerPath, arguments, directory: folder)
      #expect(result.status == 2, "\(result)")
      #expect(!result.errors.isEmpty && result.output.isEmpty)
    }
  }

  @Test(arguments: [
    [], ["compile"], ["check"], ["eval"], ["encode"], ["matrix"], ["explore"], ["verify"], ["fmt"], ["lsp"],
    ["explain"],
  ])
  func helpHasExamples(command: [String]) throws {
    let result = try run(compilerPath, command + ["--help"])
    #expect(result.status == 0)
    #expect(result.output.contains("EXAMPLE") && result.output.contains("cajal2c"))
  }

  @Test func versionIsPrinted() throws {
    #expect(try cajal2c("--version").output.hasPrefix("cajal2c "))
  }

  @Test func compilesToCAndHeader() throws {
    try withScratch { folder in
      let file = try write(flip, to: folder + "/p.cajal")
      let result = try cajal2c(file, "-o", folder + "/out.c", "--emit-grad")
      #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
      let files = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
      #expect(files == ["out.c", "out.h", "p.cajal"])
      let c = try String(contentsOfFile: folder + "/out.c", encoding: .utf8)
      #expect(c.contains("#include \"out.h\"") && c.contains("p_flip_forward"))
      #expect(!c.contains(folder), "generated code names a path of this machine")
    }
  }

  @Test func errorsLeaveOutputsAlone() throws {
    try withScratch { folder in
      let file = try write("program p (x : Bool) : Bool = true", to: folder + "/p.cajal")
      try write("kept", to: folder + "/p.c")
      let result = try cajal2c(file, "-o", folder + "/p.c")
      #expect(result.status == 1)
      #expect(result.errors.contains("error[E0102]") && result.errors.contains("p.cajal:1:12"))
      #expect(try String(contentsOfFile: folder + "/p.c", encoding: .utf8) == "kept")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 2)
    }
  }

  @Test func sourcesAreNotOverwritten() throws {
    try withScratch { folder in
      for name in ["p.c", "p.h"] {
        let file = try write(flip, to: folder + "/" + name)
        let result = try cajal2c(file, "-o", folder + "/p.c")
        #expect(result.status == 2 && result.errors.contains("overwrite"))
        #expect(try String(contentsOfFile: file, encoding: .utf8) == flip)
        try FileManager.default.removeItem(atPath: file)
      }
    }
  }

  @Test(arguments: ["ILL", "TRAP", "SEGV", "ABRT"]) func crashesAreInternalErrors(signal: String) throws {
    // The compiler waits for its source, which never comes, while it is struck.
    let script = """
      cd "$(mktemp -d)" && mkfifo source && exec 3<>source
      '\(compilerPath)' check source & sleep 2; kill -\(signal) $!; wait $!; echo $?; rm -r "$PWD"
      """
    let result = try run("bash", ["-c", script])
    #expect(result.output == "70\n")
    #expect(result.errors.contains("internal error") && result.errors.contains("report"))
  }

  @Test func unwritableOutputIsADiagnostic() throws {
    try withScratch { folder in
      let file = try write(flip, to: folder + "/p.cajal")
      let missing = try cajal2c(file, "-o", folder + "/no/such/p.c")
      #expect(missing.status == 1 && missing.errors.contains("E0011"))
      try FileManager.default.createDirectory(atPath: folder + "/d.c", withIntermediateDirectories: false)
      let directory = try cajal2c(file, "-o", folder + "/d.c")
      #expect(directory.status == 1 && directory.errors.contains("E0011"))
      // The header could have been written; it is not, for its C file cannot.
      #expect(!FileManager.default.fileExists(atPath: folder + "/d.h"))
    }
  }

  @Test func outputIsDeterministic() throws {
    try withScratch { folder in
      let file = try write(flip, to: folder + "/p.cajal")
      let texts = try (0..<2).map { _ in try cajal2c(file, "--emit", "c", "--emit-grad").output }
      #expect(texts[0] == texts[1] && !texts[0].isEmpty)
    }
  }

  @Test(arguments: ["ast", "judgement", "graph", "adjoint", "schedule", "c", "header", "manifest"])
  func everyStagePrints(stage: String) throws {
    try withScratch { folder in
      let file = try write(flip, to: folder + "/p.cajal")
      let result = try cajal2c(file, "--emit", stage, "--emit-grad")
      #expect(result.status == 0 && result.output.contains("flip"), "\(result)")
    }
  }

  @Test func graphsAfterAPass() throws {
    try withScratch { folder in
      let file = try write(flip, to: folder + "/p.cajal")
      let result = try cajal2c(file, "--dump-after", "simplify", "--emit-grad")
      #expect(result.status == 0)
      #expect(result.output.contains("; forward, after simplify"))
      #expect(result.output.contains("; adjoint, after simplify"))
    }
  }

  @Test(arguments: ["plan", "fuse-kernels", "call-dots", "keep-in-place", "merge-sums", "cut", "place"])
  func schedulesAfterAPass(pass: String) throws {
    try withScratch { folder in
      let source = "program p (m : Real[50] -o Real[50], x : Real[50]) : Real[50] = m x"
      let file = try write(source, to: folder + "/p.cajal")
      let result = try cajal2c(file, "--dump-after", pass, "--emit-grad")
      #expect(result.status == 0)
      let part = pass == "merge-sums" ? "adjoint" : "forward"
      #expect(result.output.contains("; \(part)") && result.output.contains(", after \(pass)\np ("), "\(result.output)")
      #expect(result.output.contains("in input 0\n"))
    }
  }

  @Test func jsonDiagnosticsAreOneObjectALine() throws {
    try withScratch { folder in
      let file = try write("program p (x : Bool) : Bool = if x then x else y", to: folder + "/p.cajal")
      let result = try cajal2c("check", file, "--diagnostics", "json")
      #expect(result.status == 1)
      let lines = result.errors.split(separator: "\n")
      #expect(!lines.isEmpty)
      for line in lines {
        let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        #expect(object["code"] is String && object["message"] is String && object["severity"] as? String == "error")
      }
    }
  }

  @Test func explainKnowsItsCodes() throws {
    let list = try cajal2c("explain")
    #expect(list.status == 0)
    for line in list.output.split(separator: "\n") {
      let result = try cajal2c("explain", String(line.prefix(5)))
      #expect(result.status == 0 && result.output.count > 100, "\(line)")
    }
    let (lower, upper) = (try cajal2c("explain", "e0103"), try cajal2c("explain", "E0103"))
    #expect(lower.output == upper.output)
  }

  /// The wrong examples of the explanations, for codes that stages after checking give.
  @Test(
    arguments: [
      ("E0105", []), ("E0402", []), ("E0403", ["--overflow", "error"]), ("E0408", []), ("W0501", []),
      ("W0502", []), ("W0503", []), ("W0504", []),
    ] as [(String, [String])]) func explanationsShowWhatTheyExplain(code: String, flags: [String]) throws
  {
    try withScratch { folder in
      let blocks = try cajal2c("explain", code).output.components(separatedBy: "```cajal-error\n").dropFirst()
      #expect(!blocks.isEmpty)
      for block in blocks {
        let text = block.components(separatedBy: "```")[0]
        let file = try write(text, to: folder + "/p.cajal")
        let result = try run(compilerPath, [file, "-o", folder + "/p.c"] + flags)
        #expect(result.errors.contains("[\(code)]"), "\(text)\(result.errors)")
      }
    }
  }

  @Test func strictLinearAndOverflow() throws {
    try withScratch { folder in
      let captured = try write(
        "program p (g : Bool -o Bool, n : Nat) : Bool = iter { true | y => g y } (n)", to: folder + "/g.cajal")
      #expect(try cajal2c("check", captured).status == 0)
      let strict = try cajal2c("check", captured, "--strict-linear")
      #expect(strict.status == 1 && strict.errors.contains("E0104"))
      let overflow = try write("program p ( ) : Nat = 12", to: folder + "/o.cajal")
      let warned = try cajal2c("check", overflow)
      #expect(warned.status == 0 && warned.errors.contains("warning[W0501]"))
      let refused = try cajal2c("check", overflow, "--overflow", "error")
      #expect(refused.status == 1 && refused.errors.contains("error[E0403]"))
      #expect(try cajal2c("check", overflow, "--horizon", "13").errors.isEmpty)
    }
  }

  @Test func checkPrintsDegrees() throws {
    try withScratch { folder in
      let file = try write(
        "program p (g : Bool -o Bool, n : Nat) : Bool = iter { true | y => g y } (n)", to: folder + "/p.cajal")
      let output = try cajal2c("check", file).output
      #expect(output.contains("degree 9, not linear") && output.contains("degree 1, linear"))
    }
  }

  @Test func checkPrintsCosts() throws {
    try withScratch { folder in
      let file = try write(
        "program p (a : Real[20,30], x : Real[30]) : Real[20] = apply a x", to: folder + "/p.cajal")
      #expect(try !cajal2c("check", file).output.contains("cost"))
      let output = try cajal2c("check", file, "--cost").output
      #expect(
        output.contains(
          """
            cost of a sample, in floats    operations    bytes read     bytes written
              forward                       1.20 k       2.52 kB              80 B
              backward                      2.40 k       2.68 kB           2.52 kB
            workspace with gradients: 65.5 kB, and 256 B a sample
          """), "\(output)")
      #expect(output.contains("\n  stack: at most ") && output.hasSuffix("\n  constants: 0 B\n"), "\(output)")
    }
  }

  /// Literals that are arrays of the C file, and what a tensor starts from.
  @Test func constantsAreCounted() throws {
    try withScratch { folder in
      let file = try write(
        """
        program p (x : Real[3,3]) : Real[3,3] = conv2d [[0.1, 0.2, 0.3], [0.4, 0.5, 0.6], [0.7, 0.8, 0.9]] x
        param k : Real[2] = [1, 2]
        model m (x : Real) : Real[2] = scale x k
        """, to: folder + "/p.cajal")
      let output = try cajal2c("check", file, "--cost").output
      #expect(
        output.split(separator: "\n").filter { $0.contains("constants") } == ["  constants: 36 B", "  constants: 8 B"])
    }
  }

  /// The states that the adjoint needs grow with the root of the horizon once they are many.
  @Test func longIterationsKeepFewStates() throws {
    try withScratch { folder in
      let file = try write(
        """
        program p (a : Real[64] -o Real[64], b : Real[64], n : Nat) : Real[64] = iter { b | v => a v } (n)
        """, to: folder + "/p.cajal")
      func kept(_ horizon: Int) throws -> String {
        let output = try cajal2c("check", file, "--cost", "--horizon", "\(horizon)").output
        return String(output.split(separator: "\n").first { $0.contains("workspace") } ?? "")
      }
      // Of 1000 rounds, in floats: the states, and as many cotangents, gathered for the one product that is the gradient
      // of the matrix. Of 10 000: the states that 100 segments begin with, and those of one segment with its cotangents.
      let (short, long) = (try kept(1001), try kept(10_001))
      #expect(short.contains("and 513 kB a sample"), "\(short)")
      #expect(long.contains("and 77.3 kB a sample"), "\(long)")
    }
  }
}

private let blur = """
  type Img = Real[9, 9]
  net kernel (x : Img) : Real[3, 3] = conv 2 3x3 stride 2 | relu | maxpool 2 | dense | within l1 1
  net steps (x : Img) : Nat = dense 12 | tanh | dense | softmax
  net even (x : Img, y : Img) : Bool = dense
  model blur (x : Img within linf 2) : Img = iter { x | y => conv2d (kernel x) y } (steps x)
  model learnt (x : Img) : Img = iter { x | y => if even x y then conv2d (kernel y) y else y } (steps x)
  program id (x : Img) : Img = x
  """

@Suite struct ModelCommandTests {
  @Test func checkShowsShapesAndLinks() throws {
    try withScratch { folder in
      let file = try write(blur, to: folder + "/p.cajal")
      let result = try cajal2c("check", file)
      #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
      #expect(
        result.output == """
          program id (x : Real[9,9]) : Real[9,9]
            x : Real[9,9]   degree 1, linear
            nothing is dropped at horizon 10

          net kernel (x : Real[9,9]) : Real[3,3]
            conv 2 3x3 stride 2   [1,9,9] -> [2,5,5]    20 parameters
            relu                  [2,5,5] -> [2,5,5]
            maxpool 2             [2,5,5] -> [2,2,2]
            dense 9               [2,2,2] -> [9]        81 parameters
            within l1 1           [9] -> [9]
            in all                                     101 parameters

          net steps (x : Real[9,9]) : Nat
            dense 12   [1,9,9] -> [12]    984 parameters
            tanh       [12] -> [12]
            dense 10   [12] -> [10]       130 parameters
            softmax    [10] -> [10]
            in all                       1114 parameters

          net even (x : Real[9,9], y : Real[9,9]) : Bool
            dense 2   [162] -> [2]   326 parameters
            in all                   326 parameters

          model blur (x : Real[9,9] within linf 2.0) : Real[9,9]
            x : Real[9,9]          degree 1, linear
            kernel x : Real[3,3]   degree 9, not linear (used in a step)
            steps x : Nat          degree 1, linear
            1215 parameters, in kernel, steps
            nothing is dropped at horizon 10
            norm of the result at most l1 162, l2 18, linf 2, in exact arithmetic

          model learnt (x : Real[9,9]) : Real[9,9]
            x : Real[9,9]   no bound on the degree, not linear (used in a step)
            steps x : Nat   degree 1, linear
            nonlinear in y : Real[9,9], which is data in the step
            1541 parameters, in kernel, steps, even
            nothing is dropped at horizon 10
            no bound on the norm of the result follows: there is none for `x`

          """)
      #expect(try cajal2c("check", file).output == result.output)
      let strict = try cajal2c("check", file, "--strict-linear")
      #expect(strict.status == 1 && strict.errors.contains("this state is data in the step"))
    }
  }

  @Test func judgementsOfModelsArePrinted() throws {
    try withScratch { folder in
      let file = try write(blur, to: folder + "/p.cajal")
      let output = try cajal2c(file, "--emit", "judgement").output
      #expect(output.contains("model blur (x : Real[9,9] within linf 2.0) : Real[9,9]\n  link x : Real[9,9] = x\n"))
      #expect(output.contains("  link kernel : Real[3,3] = kernel x\n") && output.contains("net even : Bool\n"))
    }
  }

  @Test func modelsHaveNoValue() throws {
    try withScratch { folder in
      let file = try write(blur, to: folder + "/p.cajal")
      let named = try cajal2c("eval", file, "--program", "blur", "--set", "x=3")
      #expect(
        named.status == 1 && named.errors.contains("error[E0308]: `blur` is a model, and has no value of its own"))
      let only = try write("net f (x : Bool) : Bool = dense\nmodel m (x : Bool) : Bool = f x", to: folder + "/m.cajal")
      let unnamed = try cajal2c("eval", only)
      #expect(unnamed.status == 1 && unnamed.errors.contains("`m` is a model"))
    }
  }

  /// What may be verified are programs and models; the message names both kinds.
  @Test func unknownNamesAreAnsweredWithThoseOfTheFile() throws {
    try withScratch { folder in
      let file = try write("program half (x : Real) : Real = 0.5 * x\n" + blur, to: folder + "/p.cajal")
      let verified = try cajal2c("verify", file, "--program", "blurr")
      #expect(verified.status == 1)
      #expect(verified.errors.contains("there is no program or model called `blurr`"))
      #expect(verified.errors.contains("did you mean `blur`? the file has half, "))
      let evaluated = try cajal2c("eval", file, "--program", "haf")
      #expect(evaluated.status == 1 && evaluated.errors.contains("did you mean `half`? the file has half"))
    }
  }

  /// The number of entries at 32 bits may be a number that no float holds.
  @Test func radiiOfNetsAreFloats() throws {
    try withScratch { folder in
      let text = "net f (x : Bool) : Real[2] = dense | within l2 1e300\nmodel m (x : Bool) : Real[2] = f x"
      let file = try write(text, to: folder + "/m.cajal")
      let result = try cajal2c(file, "-o", folder + "/m.c")
      #expect(result.status == 1 && result.errors.contains("E0408"), "\(result.errors)")
    }
  }
}

@Suite struct EvalTests {
  private func eval(_ text: String, _ arguments: String...) throws -> SubprocessResult {
    try withScratch { folder in
      let file = try write(text, to: folder + "/p.cajal")
      return try run(compilerPath, ["eval", file] + arguments)
    }
  }

  @Test func settingsAreExpressions() throws {
    #expect(try eval(flip, "--set", "x=true", "--set", "n=succ 2").output == "false\n")
    #expect(try eval(flip, "--set", "x = not true", "--set", "n=0").output == "false\n")
    let apply = "program p (f : Bool -o Bool) : Bool = f true"
    #expect(try eval(apply, "--set", "f=fun x => if x then false else true").output == "false\n")
  }

  @Test(arguments: [
    ["--set", "x=true"], ["--set", "x=true", "--set", "n=1", "--set", "m=1"],
    ["--set", "x=true", "--set", "x=false", "--set", "n=1"], ["--set", "x=3", "--set", "n=1"],
    ["--set", "x=(", "--set", "n=1"], ["--set", "x=true", "--set", "n=1", "--program", "q"],
  ]) func badSettingsAreErrors(arguments: [String]) throws {
    try withScratch { folder in
      let file = try write(flip, to: folder + "/p.cajal")
      let result = try run(compilerPath, ["eval", file] + arguments)
      #expect(result.status == 1 && result.errors.contains("error[") && result.output.isEmpty, "\(result)")
    }
  }

  @Test func millionRoundsAndTheStepLimit() throws {
    #expect(try eval(flip, "--set", "x=true", "--set", "n=1000001").output == "false\n")
    let limited = try eval(flip, "--set", "x=true", "--set", "n=1000001", "--steps", "1000")
    #expect(limited.status == 1 && limited.errors.contains("E0405"))
  }

  @Test func severalProgramsNeedAName() throws {
    let text = "program a ( ) : Bool = true program b ( ) : Bool = false"
    let result = try eval(text)
    #expect(result.status == 1 && result.errors.contains("--program"))
    #expect(try eval(text, "--program", "b").output == "false\n")
  }
}

/// Malformed, hostile and enormous input: a diagnostic, no crash, no hang, no output file.
@Suite struct HostileFileTests {
  private func refused(_ bytes: [UInt8], _ code: String, limit: Double = 600) throws {
    try withScratch { folder in
      let file = folder + "/p.cajal"
      try Data(bytes).write(to: URL(fileURLWithPath: file))
      let result = try run(compilerPath, [file, "-o", folder + "/p.c"], limit: limit)
      #expect(result.status == 1, "\(result.status) \(result.errors.prefix(500))")
      #expect(result.errors.contains(code), "\(result.errors.prefix(500))")
      #expect(result.errors.utf8.count < 1_000_000)
      #expect(!FileManager.default.fileExists(atPath: folder + "/p.c"))
    }
  }

  @Test func tenMegabytesOfParentheses() throws {
    try refused(Array("program p ( ) : Bool = ".utf8) + [UInt8](repeating: 0x28, count: 10_000_000), "E00")
  }
  @Test func invalidUTF8() throws {
    try refused(Array("program p ( ) : Bool = tr\u{fc}e".utf8) + [0xC3, 0x28, 0xFF], "E0001")
  }
  @Test func nulBytes() throws { try refused(Array("program p ( ) : Bool = true\0\0".utf8), "E0002") }
  @Test func emptyFile() throws { try refused([], "E0010") }
  @Test func millionByteName() throws {
    let name = [UInt8](repeating: 0x61, count: 1_000_000)
    try refused(Array("program ".utf8) + name + Array(" ( ) : Bool = true".utf8), "E0007")
  }
  @Test func hugeHorizon() throws { try refused(Array("horizon 1000000000000".utf8), "E0307") }
  @Test func hugeShape() throws {
    let type = "Real[100000,100000,100000]"
    try refused(Array("program p (x : \(type)) : \(type) = x".utf8), "E0401")
  }
  @Test func explodingAliases() throws {
    let aliases = (1...60).map { "type T\($0) = T\($0 - 1) -o T\($0 - 1)" }.joined(separator: "\n")
    try refused(Array("type T0 = Bool\n\(aliases)\nprogram p (x : T60) : T60 = x".utf8), "E0401")
  }
  @Test func longSums() throws {
    let sum = String(repeating: " + x", count: 1_000_000)
    try refused(Array("program p (x : Real) : Real = x\(sum)".utf8), "E0006")
  }

  @Test func numeralBeyondTheHorizonIsAWarning() throws {
    try withScratch { folder in
      let file = try write("program p ( ) : Nat = 1000000000000", to: folder + "/p.cajal")
      let result = try cajal2c(file, "-o", folder + "/p.c")
      #expect(result.status == 0 && result.errors.contains("W0501"))
      #expect(try cajal2c("eval", file).output == "1000000000000\n")
    }
  }

  @Test func directoriesAndMissingFiles() throws {
    try withScratch { folder in
      let directory = try cajal2c(folder, "-o", folder + "/p.c")
      #expect(directory.status == 1 && directory.errors.contains("E0008") && directory.errors.contains("directory"))
      let missing = try cajal2c(folder + "/none.cajal", "-o", folder + "/p.c")
      #expect(missing.status == 1 && missing.errors.contains("E0008"))
    }
  }

  @Test func chainsOfDefinitionsAreShared() throws {
    try withScratch { folder in
      var text = "def d0 : Bool -o Bool = fun x => if x then false else true\n"
      for index in 1...60 { text += "def d\(index) : Bool -o Bool = fun x => d\(index - 1) (d\(index - 1) x)\n" }
      text += "program p (x : Bool) : Bool = d60 x\n"
      let file = try write(text, to: folder + "/p.cajal")
      let result = try run(compilerPath, [file, "-o", folder + "/p.c", "--emit-grad"], limit: 600)
      #expect(result.status == 0, "\(result.errors.prefix(300))")
      #expect(try Data(contentsOf: URL(fileURLWithPath: folder + "/p.c")).count < 100_000)
      #expect(try run(compilerPath, ["eval", file, "--set", "x=true"], limit: 600).output == "true\n")
    }
  }
}
