// E01xx: every variable is used exactly once, and depends on its variables as a linear map.

extension Explanation {
  static let usedTwice = Explanation(
    title: "a variable is used twice",
    text: """
      Every variable is used exactly once on each path through the program.

      ```cajal-error
      def both : Bool -o Bool = fun x => if x then x else false
      ```

      In each branch of a conditional the condition is known, so that the second use can
      be written out:

      ```cajal
      def both : Bool -o Bool = fun x => if x then true else false
      ```

      The two branches of an `if` use the *same* variables, once in each: that counts as
      one use. So do the two sides of `+` and `-`. Definitions (`def`) are closed and may
      be used any number of times.

      Why: a program denotes a map that is linear in each of its variables. Using x twice
      would make it quadratic: no matrix describes it, and its adjoint is not its
      transpose.
      """)

  static let neverUsed = Explanation(
    title: "a variable is never used",
    text: """
      Every variable is used exactly once on each path through the program. This one is
      not used at all.

      ```cajal-error
      def constant : Bool -o Bool = fun x => true
      ```

      A variable is used up, without an influence on the result, by taking it apart:

      ```cajal
      def constant : Bool -o Bool = fun x => if x then true else true
      ```

      A binder that shadows a variable does not use it: after
      `fun x => fun x => x` the outer `x` is still waiting.

      Why: a map that ignores its argument is constant, not linear (it does not send 0
      to 0). Discarding by `if` is linear: it sums the entries of the argument.
      """)

  static let usedInOneBranch = Explanation(
    title: "a variable is used in one branch only",
    text: """
      Both branches of an `if` use the same variables.

      ```cajal-error
      program and (a : Bool, b : Bool) : Bool = if a then b else false
      ```

      Use it up in the other branch too:

      ```cajal
      program and (a : Bool, b : Bool) : Bool =
        if a then b else (if b then false else false)
      ```

      The same holds for the two sides of `+` and `-`.

      Why: `if c then a else b` denotes c₁·a + c₂·b. Both branches are maps from the same
      space, that of the variables that they share; the branch that is not taken is
      weighted by 0, not skipped.
      """)

  static let capturedByStep = Explanation(
    title: "a step captures a variable",
    text: """
      With `--strict-linear`, the step of an iteration may use only its state. This one
      also uses a variable from outside, once a round.

      ```cajal-error
      program power (g : Bool -o Bool, n : Nat) : Bool = iter { true | y => g y } (n)
      ```

      At n = 2 this is `g (g true)`: a polynomial of degree 2 in `g`, not a linear map.
      Without `--strict-linear` it is accepted, compiled and differentiated, and its degree
      is shown by `cajal2c check`. Under `--strict-linear` the step must be closed up to its
      state:

      ```cajal
      def not : Bool -o Bool = fun x => if x then false else true
      program power (n : Nat) : Bool = iter { true | y => not y } (n)
      ```

      Why: that a judgement is linear in each of its variables is a lemma only for
      variables that no step captures.
      """)

  static let noMatrix = Explanation(
    title: "a function without a matrix where one is needed",
    text: """
      Where a function crosses an interface (as the result of a program, or as an argument
      of a linked function) it becomes a matrix. A function that is not linear in its
      variable has none. Here `g` is used by a step, once a round:

      ```cajal-error
      program power (n : Nat) : (Bool -o Bool) -o Bool =
        fun (g : Bool -o Bool) => iter { true | y => g y } (n)
      ```

      Make the variable a parameter of the program. It is then a link, and its degree is
      reported:

      ```cajal
      program power (g : Bool -o Bool, n : Nat) : Bool = iter { true | y => g y } (n)
      ```

      Or apply the function before it crosses the interface: applied, it is exactly what
      it says. If the variable is a `Bool` or a `Nat`, there is a matrix that is exact on
      values, and this is the warning W0502 instead.

      Why: a matrix that agrees with a nonlinear function in some points and silently
      differs in others would be worse than an error.
      """)

  static let notLinear = Explanation(
    title: "a variable is not linear",
    text: """
      With `--strict-linear` the program must be linear in every variable, bound ones
      included. It is not linear in this one, for a reason that the message shows: a bound
      on the link, or a way through the state of an iteration or through a function that
      is not linear itself.

      ```cajal-error
      program p (v : Real[2] within l2 1) : Real[2] = 3 * v
      ```

      ```cajal
      program p (v : Real[2]) : Real[2] = 3 * v
      ```

      Without `--strict-linear` both are accepted; `cajal2c check` prints which variables
      are linear and bounds the degree of the others.

      Why: scaling a linear input scales the result, and the derivative does not depend
      on where it is taken. Callers that rely on this want to be told.
      """)
}
