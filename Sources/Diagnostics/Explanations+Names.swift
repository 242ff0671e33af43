// E03xx: names and what they stand for.

extension Explanation {
  static let unknownVariable = Explanation(
    title: "an unknown variable",
    text: """
      Nothing of this name is in scope: no parameter, no `fun` or `let` around it, no
      declaration of the file.

      ```cajal-error
      program p () : Bool = flag
      ```

      ```cajal
      program p (flag : Bool) : Bool = flag
      ```

      Declarations may be used before they are written, so their order is not the cause.
      A local name ends with its expression: the state of an iteration is known in the
      step only, not in the base or the count.

      Why: a program is a judgement; all it depends on is listed in its context.
      """)

  static let unknownType = Explanation(
    title: "an unknown type",
    text: """
      The types are `Bool`, `Nat`, `Real`, `Real[d1, …, dk]`, `type -o type`, and the
      aliases that the file declares.

      ```cajal-error
      program p (x : Image) : Image = x
      ```

      ```cajal
      type Image = Real[28, 28]
      program p (x : Image) : Image = x
      ```

      Why: every type stands for a space of known dimension.
      """)

  static let duplicateDeclaration = Explanation(
    title: "a name is declared twice",
    text: """
      Each name is declared once. The names of the language's own types cannot be
      declared.

      ```cajal-error
      def zero : Nat = 0
      def zero : Nat = 0
      ```

      ```cajal
      def zero : Nat = 0
      def nought : Nat = zero
      ```

      There is at most one `horizon` in a file.

      Why: declarations may be used before they are written, so a second one cannot
      shadow the first.
      """)

  static let duplicateParameter = Explanation(
    title: "two parameters have the same name",
    text: """
      ```cajal-error
      program p (x : Bool, x : Bool) : Bool = x
      ```

      ```cajal
      program p (x : Bool, y : Bool) : Bool = if x then y else y
      ```

      Why: a context is a set of distinct variables, and the parameters are the names by
      which callers in C fill in its values.
      """)

  static let recursiveDefinition = Explanation(
    title: "a definition depends on itself",
    text: """
      Definitions and programs may refer to each other in any order, but not in a circle.

      ```cajal-error
      def ping : Bool -o Bool = fun x => pong x
      def pong : Bool -o Bool = fun x => ping x
      ```

      Repetition is written with `iter`, which always ends:

      ```cajal
      def not : Bool -o Bool = fun x => if x then false else true
      program pong (x : Bool, n : Nat) : Bool = iter { x | y => not y } (n)
      ```

      Why: every well-typed program has a value, and denotes a map. A circle could run
      forever, and has no such map.
      """)

  static let recursiveType = Explanation(
    title: "a type depends on itself",
    text: """
      An alias is another name for a type. It cannot be part of itself, directly or by way
      of other aliases.

      ```cajal-error
      type Stream = Bool -o Stream
      ```

      ```cajal
      type Step = Bool -o Bool
      ```

      Why: a type stands for a space of finite dimension, and this one would have none.
      """)

  static let badHorizon = Explanation(
    title: "the horizon is not a whole number of 1 or more",
    text: """
      `horizon N` gives the dimension of `Nat` in this file: with horizon N a `Nat` is one
      of 0 … N−1. The option `--horizon` overrides it; without either it is 10.

      ```cajal-error
      horizon 0
      program p (n : Nat) : Nat = n
      ```

      ```cajal
      horizon 4
      program p (n : Nat) : Nat = n
      ```

      Why: a compiled program works with vectors of a known length. The sequences that
      `Nat` denotes are cut at the horizon.
      """)

  static let noSuchProgram = Explanation(
    title: "there is no program of this name",
    text: """
      The command line names a program that the file does not declare. The message lists
      those it does: in this file it is `flip`.

      ```cajal
      program flip (x : Bool) : Bool = if x then false else true
      ```

      Only programs can be named there: a `def` is for use within the file.
      """)

  static let clashingCName = Explanation(
    title: "two names become the same name in C",
    text: """
      Programs keep their names in C as far as C allows; other characters are spelt out.
      Two different names, or a program's name and one that belongs to another program, can
      become the same in that way, for example a program `f` that exports `PREFIX_f_backward`
      and another that is called `f_backward`.

      Rename one of the two:

      ```cajal
      program f (x : Bool) : Bool = x
      program g (x : Bool) : Bool = x
      ```

      Why: C has one set of names for all functions that are linked together.
      """)
}
