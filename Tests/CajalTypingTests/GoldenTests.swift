import CajalSyntax
import CajalTyping
import Testing

/// What the user reads, in full.
@Suite struct GoldenTests {
  // MARK: The four programs that a careless linear checker lets through

  @Test func aLambdaThatShadowsAndSoDiscards() {
    #expect(
      checked("def drop = fun (x : Bool) => fun (x : Nat) => x").rendered == """
        error[E0102]: `x` is never used
         --> test.cajal:1:17
          |
        1 | def drop = fun (x : Bool) => fun (x : Nat) => x
          |                 ^                 - this binder shadows it: `x` means the inner variable from here on
          |                 |
          |                 bound here and never used
          |
          = note: every variable is used exactly once on each path: shadowing a variable does not discard it
          = help: rename the inner variable, and use `x`

        """)
  }

  @Test func anUnusedBinder() {
    #expect(
      checked("program p (n : Nat) : Bool = true").rendered == """
        error[E0102]: `n` is never used
         --> test.cajal:1:12
          |
        1 | program p (n : Nat) : Bool = true
          |            ^ bound here and never used
          |
          = note: every variable is used exactly once on each path: Cajal has no discarding
          = help: to use up a Nat and ignore it, count with it: `iter { e | y => y } (n)`

        """)
  }

  @Test func aBaseAndAStepThatDiffer() {
    #expect(
      checked("program p (n : Nat) : Bool = iter { true | y => iter { 0 | z => z } (if y then 1 else 2) } (n)")
        .rendered == """
          error[E0204]: the base and the step of `iter` have different types
           --> test.cajal:1:56
            |
          1 | program p (n : Nat) : Bool = iter { true | y => iter { 0 | z => z } (if y then 1 else 2) } (n)
            |                                     ----               ^ this is a number
            |                                     |
            |                                     the base is `Bool`
            |
            = note: the step's result is the next round's state, so it has the type of the base
            = help: make the step return `Bool`

          """)
  }

  @Test func aStepThatCaptures() {
    #expect(
      checked("program p (g : Bool -o Bool, n : Nat) : Bool = iter { true | y => g y } (n)", strict: true).rendered
        == """
        error[E0104]: the step of an iteration captures `g`
         --> test.cajal:1:67
          |
        1 | program p (g : Bool -o Bool, n : Nat) : Bool = iter { true | y => g y } (n)
          |            -                                   -------------------^--------
          |            |                                   |                  |
          |            |                                   |                  used here, once a round
          |            |                                   in the step of this iteration
          |            bound here
          |
          = note: a step runs once a round, so the result is a polynomial in what it captures
          = help: use `g` in the base or in the count, or compile without --strict-linear

        """)
  }

  // MARK: Printed judgements

  private let file = """
    def not : Bool -o Bool = fun x => if x then false else true
    program p (g : Bool -o Bool, x : Bool, v : Real[2] within l1 1.5, n : Nat) : Real[2] =
      let y = iter { x | y => g (not y) } (n) in if y then 2 * v else v - 3 * v
    program q (x : Bool) : Bool = iter { x | s => iter { true | t => if s then t else t } (3) } (2)
    """

  @Test func derivations() throws {
    let module = try #require(checked(file).module)
    #expect(
      JudgementPrinter(module).print() == """
        horizon 10

        def not : Bool -o Bool
          fun x : Bool -o Bool
            if : Bool
              (condition) x : Bool
              (then) false : Bool
              (else) true : Bool

        program p (g : Bool -o Bool, x : Bool, v : Real[2] within l1 1.5, n : Nat) : Real[2]
          apply : Real[2]
            (function) fun y : Bool -o Real[2]
              if : Real[2]
                (condition) y : Bool
                (then) 2.0 * : Real[2]
                  v : Real[2]
                (else) + : Real[2]
                  v : Real[2]
                  -1.0 * : Real[2]
                    3.0 * : Real[2]
                      v : Real[2]
            (argument) iter y : Bool
              (base) x : Bool
              (step) apply : Bool
                (function) g : Bool -o Bool
                (argument) apply : Bool
                  (function) not : Bool -o Bool
                  (argument) y : Bool
              (count) n : Nat

        program q (x : Bool) : Bool
          iter s : Bool
            (base) x : Bool
            (step) iter t : Bool
              (base) true : Bool
              (step) if : Bool
                (condition) s : Bool
                (then) t : Bool
                (else) t : Bool
              (count) 3 : Nat
            (count) 2 : Nat

        """)
  }

  @Test func degrees() throws {
    let module = try #require(checked(file).module)
    let printer = JudgementPrinter(module)
    #expect(
      printer.describeDegrees(module.programs[0]) == [
        "g : Bool -o Bool   degree 9, not linear (used in a step)",
        "x : Bool           degree 1, linear",
        "v : Real[2]        no bound on the degree, not linear (bounded)",
        "n : Nat            degree 1, linear",
      ])
    #expect(
      printer.describeDegrees(module.programs[1]) == [
        "x : Bool                 degree 387420489, not linear "
          + "(handed to a step, or to a function that is not linear)",
        "s : Bool, bound inside   degree 9, not linear (used in a step)",
      ])
  }

  @Test(arguments: [
    "fun (x : Bool) => let y = x in iter { y | z => z } (succ succ 0)",
    "fun (v : Real[2]) => 2 * (v + v) - 0.5 * v",
    "fun (v : Real[2]) => apply ([[1, 0], [0, 1]] : Real[2,2]) v",
    "fun (v : Real[4]) => conv2d ([[1]] : Real[1,1]) ((reshape : Real[4] -o Real[2,2]) v)",
    "(dot : Real[2] -o Real[2] -o Real) [1, 2]",
    "[[1, 2], [3, 4]] [5, 6]",
    "if true then -1.5 else 2.5",
  ])
  func printedTerms(text: String) throws {
    let module = try #require(checked("def e = \(text)").module)
    #expect(module.definitions[0].term.concreteSyntax(definitions: module.definitions) == text)
  }
}
