import CajalEvaluator
import CajalSyntax
import CajalTyping
import Diagnostics
import Testing

/// What is dropped, type by type (LANGUAGE.md, sections 4 and 8).
@Suite struct DataHorizonTests {
  private static let types = """
    data Word = End | Letter Bool Word  data Tree = Leaf Nat[3] | Node Tree Tree  data Maybe = None | Some Nat
    def length : Word -o Nat = fun w => fold { End => 0 | Letter b r => if b then succ r else succ r } (w)

    """

  private func analysed(_ text: String, horizon: Int = 10) throws -> (ProgramHorizon, Source) {
    let outcome = checked(Self.types + text, horizon: horizon)
    let module = try #require(outcome.module, "\(outcome.rendered)")
    return (try #require(HorizonAnalysis.analyse(module).last), outcome.source)
  }

  @Test(arguments: [
    ("program p (w : Word[10]) : Nat = length w", 9),
    ("program p (w : Word[1]) : Nat = length w", 0),
    ("program p (x : Bool) : Nat = length (Letter x (Letter true End))", 2),
    ("program p (n : Nat[3]) : Nat = succ succ (widen n)", 4),
    ("program p (n : Nat[3]) : Nat = iter { 0 | y => succ succ y } (n)", 4),
    ("program p (n : Nat) : Nat = case { 0 => 0 | succ m => succ m } (n)", 9),
    ("program p (n : Nat[7]) : Nat[7] = case { 0 => 6 | succ m => m } (n)", 6),
    ("program p (m : Maybe) : Nat = case { None => 3 | Some n => n } (m)", 9),
    ("program p (t : Tree[3]) : Nat[3] = fold { Leaf n => n | Node l r => iter { l | y => y } (r) } (t)", 2),
    (
      "program p (w : Word[9]) : Nat = case { End => 0 | Letter b r => if b then succ (length r) else length r } (w)", 8
    ),
  ])
  func nothingIsDropped(text: String, bound: Int) throws {
    let (horizon, _) = try analysed(text)
    #expect(horizon.drops.isEmpty)
    #expect(horizon.resultBound == bound)
  }

  @Test(
    arguments: [
      ("program p (w : Word[11]) : Nat = length w", "succ r", 10, 11),
      ("program p (n : Nat[3]) : Nat[3] = succ n", "succ n", 3, nil),
      ("program p () : Nat[3] = 7", "7", 7, nil),
      ("program p (n : Nat) : Nat[3] = iter { 0 | y => succ y } (n)", "succ y", 3, nil),
      ("program p (m : Maybe) : Maybe = case { None => None | Some n => Some (succ n) } (m)", "succ n", 10, nil),
      ("program p (n : Nat[30]) : Nat = iter { 0 | y => succ y } (n)", "succ y", 29, 30),
      ("program p (n : Nat) : Nat = length (iter { End | w => Letter true w } (n))", "succ r", .max, nil),
    ] as [(String, String, Int, Int?)])
  func dropped(text: String, place: String, index: Int, least: Int?) throws {
    let (horizon, source) = try analysed(text)
    let drop = try #require(horizon.drops.first)
    #expect(source.text(drop.span) == place)
    #expect(drop.largestIndex == index)
    #expect(drop.leastHorizon == least)
  }

  @Test func theMessageNamesTheType() throws {
    let (horizon, _) = try analysed("program p (n : Nat[3]) : Nat[3] = succ n")
    let message = try #require(horizon.diagnostics(overflow: .warn).first)
    #expect(message.notes == ["a `Nat[3]` has the entries 0 … 2; what goes further is dropped"])
    #expect(message.help == "use `Nat[4]`")
  }
}
