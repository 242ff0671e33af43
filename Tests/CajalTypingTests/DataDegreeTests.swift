import CajalSyntax
import CajalTyping
import Testing

/// Degrees over data, worked out by hand from LANGUAGE.md, section 8, Degree.
@Suite struct DataDegreeTests {
  private static let types = """
    data Word = End | Letter Bool Word  data Tree = Leaf Bool | Node Tree Tree  data Pair = Pair Bool Nat
    data Box = Box (Bool -o Bool)
    def not : Bool -o Bool = fun x => if x then false else true
    def append : Word -o Word -o Word = fun s t => fold { End => t | Letter b r => Letter b r } (s)
    def inverted : Word -o Word = fun s => fold { End => End | Letter b r => Letter (not b) r } (s)
    def odd : Word -o Bool = fun s => fold { End => false | Letter b r => if b then not r else r } (s)

    """

  private func degrees(_ text: String, horizon: Int = 10, types: String = Self.types) -> [String] {
    let outcome = checked(types + text, horizon: horizon)
    guard let program = outcome.module?.programs.last else { return [outcome.rendered] }
    return program.degrees.map { ($0.bound == .max ? "max" : "\($0.bound)") + ($0.isLinear ? " linear" : "") }
  }

  // MARK: Types with a dimension

  @Test(arguments: [
    "program p (x : Pair, y : Bool) : Bool = case { Pair a n => if a then iter { y | z => not z } (n) else iter { y | z => z } (n) } (x)",
    "program p (n : Nat, y : Bool) : Bool = case { 0 => y | succ m => iter { y | z => not z } (m) } (n)",
    "program p (a : Bool, n : Nat) : Pair = Pair (not a) (succ n)",
    "program p (n : Nat[3], m : Nat[5]) : Nat = iter { widen m | k => succ k } (n)",
    "program p (b : Box, x : Bool) : Bool = case { Box f => f x } (b)",
    // The linear extension of what is not linear is linear in the operand.
    "program p (b : Box, n : Nat) : Bool = case { Box f => iter { true | y => f y } (n) } (b)",
  ])
  func linear(text: String) { #expect(degrees(text) == ["1 linear", "1 linear"]) }

  @Test func theStepOfACountThatIsBelow() {
    #expect(
      degrees("program p (g : Bool -o Bool, n : Nat[4]) : Bool = iter { true | y => g y } (n)") == ["3", "1 linear"])
  }

  @Test func aStepInAnAlternative() {
    #expect(
      degrees(
        "program p (x : Pair, g : Bool -o Bool) : Bool = case { Pair a n => iter { a | z => g z } (n) } (x)") == [
          "1 linear", "9",
        ])
  }

  // MARK: Tables

  /// In the table: r = 1 for the weight of a leaf, q = 1 + 1 for that of a letter and for its field.
  @Test func aChain() {
    #expect(degrees("program p (w : Word[65]) : Bool = odd w") == ["129"])
    #expect(degrees("program p (w : Word[1]) : Bool = odd w") == ["1"])
    #expect(
      degrees(
        """
        program p (w : Word[65], start : Real[8], step : Bool -o Real[8] -o Real[8], end : Real[8]) : Real =
          dot end (fold { End => start | Letter b state => step b state } (w))
        """) == ["129", "1 linear", "64", "1 linear"])
  }

  /// d₁ = 2, d_{k+1} = 2·d_k + 1 in the table; d₁ = 0, d_{k+1} = 2·d_k + 1 in the variable of the node's.
  @Test func aTree() {
    let text = "fold { Leaf b => b | Node l r => g l r } (t)"
    #expect(
      degrees("program p (t : Tree[4], g : Bool -o Bool -o Bool) : Bool = \(text)") == ["23", "7"])
    #expect(degrees("program p (t : Tree[200], g : Bool -o Bool -o Bool) : Bool = \(text)") == ["max", "max"])
    // In the leaves of a tree: 1, 2, 4, 8, and not linear.
    #expect(
      degrees(
        "program p (t : Tree[4], f : Bool -o Bool) : Bool = fold { Leaf b => f b | Node l r => if l then r else not r } (t)"
      ) == ["23", "8"])
  }

  @Test func aStepThatIsNotLinearInItsPart() {
    // P = 9 in the part: 1, 9, 81.
    #expect(
      degrees(
        """
        program p (w : Word[3], x : Bool) : Bool =
          fold { End => x | Letter b r => iter { b | y => if r then y else not y } (3) } (w)
        """) == ["101", "81"])
  }

  @Test func casesLookAtTheRoot() {
    #expect(
      degrees(
        """
        program p (w : Word[9], x : Bool) : Bool =
          case { End => x | Letter b r => if b then if odd r then x else x else if odd r then not x else x } (w)
        """) == ["17", "1 linear"])
  }

  // MARK: What terms build

  @Test func closedData() {
    #expect(degrees("program p (x : Bool) : Bool = odd (Letter x (Letter true End))") == ["1 linear"])
    #expect(
      degrees("program p (x : Bool, y : Bool) : Bool = odd (if x then Letter y End else Letter true (Letter y End))")
        == ["1 linear", "1 linear"])
  }

  /// The consumer's alternatives are fused to those of the producer.
  @Test func appended() {
    #expect(degrees("program p (v : Word[5], w : Word[7]) : Bool = odd (append v w)") == ["9", "13"])
    #expect(degrees("program p (w : Word[5], x : Bool) : Bool = odd (append w (Letter x End))") == ["9", "1 linear"])
    #expect(degrees("program p (w : Word[5]) : Bool = odd (inverted (inverted w))") == ["9"])
  }

  @Test func builtByAnIteration() {
    let text = "program p (x : Bool, n : Nat) : Bool = odd (iter { Letter x End | w => Letter true w } (n))"
    #expect(degrees(text) == ["1 linear", "1 linear"])
    let captured = "program p (x : Bool, n : Nat) : Bool = odd (iter { End | w => Letter x w } (n))"
    #expect(degrees(captured) == ["9", "1 linear"])
  }

  /// What inspects its own state is not followed: nothing is said, and nothing wrong.
  @Test func reversed() {
    let text = """
      def snoc : Word -o Bool -o Word = fun w b => append w (Letter b End)
      program p (x : Bool, n : Nat) : Bool = odd (iter { Letter x End | w => snoc w true } (n))
      """
    #expect(degrees(text) == ["max", "1 linear"])
  }

  @Test func theStepsAreShown() throws {
    let module = try #require(
      checked(
        Self.types + """
          program p (w : Word[9], g : Bool -o Bool) : Bool =
            fold { End => true | Letter b r => if b then g r else g (not r) } (w)
          """
      ).module)
    #expect(
      JudgementPrinter(module).describeDegrees(module.programs[0]) == [
        "w : Word[9]        degree 17, not linear (a table)",
        "g : Bool -o Bool   degree 8, not linear (used in a step)",
      ])
  }

  // MARK: Strictly linear files

  @Test func tablesAreNoVariables() {
    let text =
      Self.types
      + "program p (w : Word[9], x : Bool) : Bool = fold { End => x | Letter b r => if b then r else not r } (w)"
    #expect(checked(text, strict: true).diagnostics.isEmpty)
  }

  @Test(arguments: [
    ("fun (g : Bool -o Bool) (w : Word) => fold { End => true | Letter b r => if b then g r else g r } (w)", "g"),
    ("fun (x : Bool) (t : Tree) => fold { Leaf b => if x then b else b | Node l r => if l then r else r } (t)", "x"),
  ])
  func captured(term: String, place: String) {
    let outcome = checked(Self.types + "def e = \(term)", strict: true)
    #expect(outcome.codes == ["E0104"], "\(outcome.rendered)")
    #expect(outcome.place() == place)
    #expect(checked(Self.types + "def e = \(term)").diagnostics.isEmpty)
  }
}
