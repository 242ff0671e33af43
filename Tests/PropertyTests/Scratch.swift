import CajalSyntax
import CajalTyping
import TestSupport
import Testing
@Test func scratch() throws {
  for h in [1, 2, 5] {
    let text = """
      horizon \(h)
      def d1 = fun (g : (Nat -o Nat) -o Bool) => iter { 0 | f => iter { if g (fun y => y) then 0 else 0 | z => z } (f) } (0)
      def d3 = fun (g : Bool) => iter { true | f => iter { g | z => z } (if f then 0 else 0) } (2)
      program main ( ) : Nat = 0
      """
    let dummy = RandomProgram(seed: 0, horizon: 4, context: [], type: .bool, body: Term(.bool(true)))
    let program = try CheckedProgram(dummy, text: text)
    print(h, program.module.binderDegrees)
  }
}
