extension Explanation {
  static let badRounds = Explanation(
    title: "the number of rounds of `scan` is not a numeral",
    text: """
      `scan { base | y => step } (N)` gives the states of all rounds, the base first: N + 1 of
      them. Their number is part of the type, so that it is a number in the text.

      ```cajal-error
      program p (x : Real[2], n : Nat) : Real[4,2] = scan { x | y => 0.5 * y } (n)
      ```

      ```cajal
      program p (x : Real[2]) : Real[4,2] = scan { x | y => 0.5 * y } (3)
      ```

      Why: shapes are known when a program is compiled. Where the number of rounds comes from
      outside, `iter` gives the last state.
      """)

  static let notConserved = Explanation(
    title: "what is said to be conserved is not",
    text: """
      `| conserves [w, ...]` after the step of an iteration says that the sum of the state's
      entries with these weights is the same after every round, whatever the parameters and
      the base are. The compiler proves it, exactly, on the numbers as they are written.

      ```cajal-error
      param k : Real
      model m (s : Real[2], n : Nat) : Real[2] =
        iter { s | !y => y + scale k ([[-1, 0], [0.9, 0]] y) | conserves [1, 1] } (n)
      ```

      ```cajal
      param k : Real
      model m (s : Real[2], n : Nat) : Real[2] =
        iter { s | !y => y + scale k ([[-1, 0], [1, 0]] y) | conserves [1, 1] } (n)
      ```

      The message shows what a round changes the sum by, and the literals in the step whose
      columns do not add up. `cajal2c check` prints what is conserved without being asked.

      Why: mass that is lost in a model is a mistake in its coefficients, and is found before
      anything is trained.
      """)

  static let mayBeNegative = Explanation(
    title: "a state that is said to stay 0 or more may fall below",
    text: """
      `| nonnegative` after the step of an iteration says that no entry of the state is ever
      below 0 where none of the base is. That is proved by the signs of the factors: numbers,
      `exp`, `softplus`, `relu`, `abs` and squares are 0 or more, `sigmoid` and `softmax` lie
      in [0,1], and `within linf c` bounds an input.

      ```cajal-error
      param k : Real[2]
      model m (s : Real[2], n : Nat) : Real[2] =
        iter { s | y => times k y | nonnegative } (n)
      ```

      ```cajal
      param k : Real[2]
      model m (s : Real[2], n : Nat) : Real[2] =
        iter { s | y => times (sigmoid k) y | nonnegative } (n)
      ```

      Why: a pool that holds less than nothing is no pool, and a logarithm or a root of it is
      no number.
      """)

  static let stateIsNotData = Explanation(
    title: "a state is data in a model only",
    text: """
      In a model, `| !y => step` makes the state of an iteration data: it may be used any
      number of times in the step, in one operand of a sum only, or not at all. In a program
      every state is linear.

      ```cajal-error
      program p (x : Real[2], n : Nat) : Real[2] = iter { x | !y => times y y } (n)
      ```

      ```cajal
      model m (x : Real[2], n : Nat) : Real[2] = iter { x | !y => times y y + 0.1 } (n)
      ```

      Why: a program is compiled to a map that is linear in each variable, and iterating a
      step that is not is no such map. `cajal2c check` says of a model where it is not linear.
      """)

  static let badEntry = Explanation(
    title: "`entry` or `slice` without its numerals",
    text: """
      `entry i x` is the entry of a tensor with the number i along its first extent, and
      `slice i j x` those from i on, up to j but without it. The first has the number 0.

      ```cajal-error
      program p (x : Real[3], n : Nat) : Real = entry n x
      ```

      ```cajal
      program p (x : Real[3]) : Real = entry 2 x
      ```

      Why: which entries are taken decides the type. An entry whose number comes from outside
      is a product: `dot` with a vector that is 1 there.
      """)

  static let onDataOnly = Explanation(
    title: "a function that is not linear, of something that is not a model's data",
    text: """
      `exp`, `log`, `sqrt`, `sin`, `cos`, `tanh`, `sigmoid`, `softplus`, `relu`, `abs`,
      `recip`, `min`, `max`, quotients and powers are not linear. In a model they are taken of
      data; a program has none.

      ```cajal-error
      program p (x : Real[3]) : Real[3] = exp x
      ```

      ```cajal
      model m (x : Real[3], t : Real) : Real[3] = exp x / (1 + t ^ 2)
      ```

      Why: a program is compiled to a map that is linear in each variable.
      """)

  static let dividedByZero = Explanation(
    title: "a number is divided by 0",
    text: """
      A divisor that stands in the text is not 0.

      ```cajal-error
      program p (x : Real) : Real = x / 0
      ```

      ```cajal
      program p (x : Real) : Real = x / 2
      ```

      Why: the result would be infinite whatever is linked. In a model, a quotient of data is
      infinite or no number where its divisor is 0, as in C.
      """)
}
