import TestSupport
import Testing

/// Programs whose C a compiler got wrong, built by the Makefile's flags.
@Suite struct CompilerFaultProgramTests {
  private func verify(_ text: String) throws {
    try withScratch { folder in
      let file = try write(text, to: folder + "/p.cajal")
      for real in ["float", "double"] {
        let result = try run(compilerPath, ["verify", file, "--real", real, "--limit", "20"], limit: 600)
        #expect(result.status == 0 && result.output.hasPrefix("p: agrees"), "\(result)")
      }
    }
  }

  /// gcc 12.2, -O3 with AVX-512: a round that compares its counter, computed for several rounds at once.
  @Test func comparedCounters() throws {
    let text = """
      horizon 6
      program p (z : Bool, f : Bool, n : Bool) : Bool -o Nat -o Bool =
        iter {
          fun z x => if z then iter { true | z => z } (x) else iter { false | n => n } (x)
        | g =>
          fun z m =>
            iter { iter { iter { g true 0 | x => x } (m) | y => y } (if z then 0 else 0) | y => y } (if n then 0 else 0)
        } (if z then if f then 0 else 1 else if f then 0 else 0)
      """
    try verify(text)
  }

  /// gcc 12.2, -O1 to -O3 with AVX-512: a result that repeats a number and ends with zeros, 32 bytes of it.
  @Test(arguments: ["", " -o Bool"]) func constantBlocks(more: String) throws {
    let (binder, argument) = more.isEmpty ? ("", "") : ("fun y => ", " y")
    let value = more.isEmpty ? "true" : "if y then true else true"
    try verify(
      """
      horizon 3
      program p (n : Nat) : Bool -o Bool\(more) =
        iter {
          fun x => \(binder)if x then (\(value)) else (\(value))
        | f => fun x => \(binder)iter { f x\(argument) | z => z } (n)
        } (0)
      """)
  }
}
