// E02xx: every expression has a type, and types agree where they meet.

extension Explanation {
  static let typeMismatch = Explanation(
    title: "an expression has another type than expected",
    text: """
      The surroundings expect one type, the expression has another.

      ```cajal-error
      program p (n : Nat) : Bool = n
      ```

      ```cajal
      program p (n : Nat) : Nat = n
      ```

      There are no conversions between types. A `Nat` becomes something else by iteration
      (`iter { true | y => if y then false else true } (n)` says whether n is even), a
      `Bool` by `if`.

      Why: types are spaces, and a map goes from one space to one other.
      """)

  static let notAFunction = Explanation(
    title: "something is applied that is not a function",
    text: """
      In `f e` the expression `f` has a type `τ1 -o τ2`.

      ```cajal-error
      program p (a : Bool, b : Bool) : Bool = a b
      ```

      ```cajal
      program p (a : Bool -o Bool, b : Bool) : Bool = a b
      ```

      Often there is an argument too many, or an operator is missing between the two.

      Why: application is the one rule that eliminates `-o`.
      """)

  static let binderNeedsType = Explanation(
    title: "a variable of a function needs a type",
    text: """
      A `fun x` without a type takes it from the expected type. Here none is known.

      ```cajal-error
      def same = fun x => x
      ```

      Write the type at the variable, or at the definition:

      ```cajal
      def same = fun (x : Bool) => x
      def alike : Bool -o Bool = fun x => x
      ```

      Why: there are no type variables. Every expression has one type, which fixes the
      dimension of its space.
      """)

  static let baseAndStepDiffer = Explanation(
    title: "the base and the step of an iteration have different types",
    text: """
      `iter { base | y => step } (count)` starts with the base and replaces the state by
      the step, count times. Base, state and step have the same type.

      ```cajal-error
      program p (n : Nat) : Bool = iter { true | y => if y then 0 else 1 } (n)
      ```

      ```cajal
      program p (n : Nat) : Bool = iter { true | y => if y then false else true } (n)
      ```

      Why: the step is applied to its own results, so it is a map from a space to itself.
      """)

  static let branchesDiffer = Explanation(
    title: "the branches of a conditional have different types",
    text: """
      ```cajal-error
      def number = fun (b : Bool) => if b then 0 else true
      ```

      ```cajal
      def number = fun (b : Bool) => if b then 0 else 1
      ```

      Why: `if c then a else b` denotes c₁·a + c₂·b, a sum in one space.
      """)

  static let notReal = Explanation(
    title: "an operation on reals is given something else",
    text: """
      `+`, `-`, `c *` and `scale` need a type whose final result is `Real` or `Real[…]`.

      ```cajal-error
      program p (b : Bool) : Bool = b + b
      ```

      ```cajal
      program p (v : Real[2]) : Real[2] = v + v
      ```

      Both sides of `+` and `-` use the same variables, once each. Functions that end in
      reals can be added too: `f + g` is the sum of two maps.

      Why: the sum of `true` and `false` is a vector, but no value of type `Bool`.
      """)

  static let shapesDoNotFit = Explanation(
    title: "shapes do not fit",
    text: """
      The operations on tensors are defined for shapes that fit together:

      ```text
      conv2d    : Real[kh,kw] -o Real[h,w] -o Real[h,w]      odd kh, kw
      scale     : Real -o τ -o τ
      dot       : Real[s] -o Real[s] -o Real
      apply     : Real[m,n] -o Real[n] -o Real[m]
      outer     : Real[m] -o Real[n] -o Real[m,n]
      reshape   : Real[s] -o Real[s']                        equal sizes
      transpose : Real[m,n] -o Real[n,m]
      ```

      ```cajal-error
      program p (m : Real[2, 3], v : Real[2]) : Real[2] = apply m v
      ```

      ```cajal
      program p (m : Real[2, 3], v : Real[3]) : Real[2] = apply m v
      ```

      The message names the shapes that were given and those that fit.

      Why: shapes are part of the type, so that nothing about them is left to run time.
      """)

  static let needsExpectedType = Explanation(
    title: "the type cannot be told from the expression alone",
    text: """
      Operations on tensors are overloaded on shapes. Applied, they take them from their
      arguments; alone, they need an expected type. The result of `reshape` always needs
      one.

      ```cajal-error
      def flip = transpose
      ```

      ```cajal
      def flip : Real[2, 3] -o Real[3, 2] = transpose
      ```

      Within an expression the type is given by an ascription:
      `(reshape v : Real[2, 2])`.

      Why: every expression has one type, and no shape is guessed.
      """)

  static let raggedLiteral = Explanation(
    title: "the rows of a matrix have different lengths",
    text: """
      `[[…], …]` with r rows of c numbers is a matrix: all rows have the same length.

      ```cajal-error
      program p () : Real[2, 2] = [[1, 2], [3]]
      ```

      ```cajal
      program p () : Real[2, 2] = [[1, 2], [3, 0]]
      ```

      Why: a matrix with r rows and c columns is a map from a space of dimension c.
      """)
}
