// E00xx: the text of a program and the files it is in.

extension Explanation {
  static let invalidUTF8 = Explanation(
    title: "the file is not UTF-8",
    text: """
      Programs are text in the encoding UTF-8. Some bytes of this file are not the
      encoding of any character. Usually the file was saved in another encoding
      (Latin-1, UTF-16), or it is not a text at all.

      Save the file as UTF-8. The Unicode spellings of the language are then at hand:

      ```cajal
      def not : 𝟚 ⊸ 𝟚 = λx. if x then ff else tt
      ```

      Why: a byte that is no character cannot be shown in a message, and two tools
      may disagree about what the program says.
      """)

  static let unexpectedCharacter = Explanation(
    title: "a character that starts no token",
    text: """
      The character has no meaning in Cajal. Operators of other languages and
      typographic look-alikes are the usual cause:

      ```cajal-error
      def both : Bool -o Bool -o Bool = fun a b => a && b
      ```

      Booleans are taken apart with `if`:

      ```cajal
      def both : Bool -o Bool -o Bool =
        fun a b => if a then b else (if b then false else false)
      ```

      Control characters (NUL bytes among them) and characters that change the
      direction of writing are allowed nowhere, comments included.

      Why: what a program says must be what one sees.
      """)

  static let unterminatedComment = Explanation(
    title: "a comment has no end",
    text: """
      A comment that starts with `{-` ends with `-}`. Comments nest, so every `{-`
      within it needs a `-}` of its own. This one goes on to the end of the file.

      ```cajal-error
      {- the identity
      def same : Bool -o Bool = fun x => x
      ```

      ```cajal
      {- the identity -}
      def same : Bool -o Bool = fun x => x
      ```

      A brace with a minus sign behind it also starts a comment. Put a space between
      them where a sign is meant:

      ```cajal
      program p (v : Real[2], n : Nat) : Real[2] = iter { -v | y => 2 * y } (n)
      ```

      Why: comments nest so that code with comments in it can be commented out.
      """)

  static let malformedNumber = Explanation(
    title: "a number that cannot be read",
    text: """
      Numbers are digits (`3`), perhaps with a point and digits behind it (`3.5`) and
      an exponent (`1e-3`, `1.5e3`). A number without a point or exponent is at most
      18446744073709551615; one with them must be within the range of a `double`.
      Letters cannot follow a number, and a point needs a digit on both sides.

      ```cajal-error
      program p (v : Real[2]) : Real[2] = 2v + 1. * v
      ```

      ```cajal
      program p (v : Real[2]) : Real[2] = 2 * v + 1.0 * v
      ```

      Why: `2v` could be a product, a name or a slip of the finger.
      """)

  static let unexpectedToken = Explanation(
    title: "the text does not follow the grammar",
    text: """
      Something else was expected here. The message says what was found, what was
      expected, and what to do.

      ```cajal-error
      def twice : (Bool -> Bool) -> Bool = fun f -> f true
      ```

      ```cajal
      def applied : (Bool -o Bool) -o Bool = fun f => f true
      ```

      The usual suspects:

      - The linear arrow is `-o` (or `⊸`), a function is `fun x => e` (or `λx. e`).
      - `fun`, `if` and `let` extend as far right as they can. As an argument or an
        operand they need parentheses: `f (fun x => x)`.
      - `succ` is applied like a function: `f (succ n)`, not `f succ n`.
      - The left factor of `*` is a number: `2 * x`.
      - `-` is a sign only at the start of a sum: `a + (-b)`. `f -1` is a subtraction.
      - The count of an iteration stands in parentheses: `iter { b | y => s } (n)`.
      - A `def` has no parameters: `def f : Bool -o Bool = fun x => x`.

      Why: after an error the reader skips to the next place that it recognises, so
      that one run reports several errors, and each of them once.
      """)

  static let nestedTooDeeply = Explanation(
    title: "an expression or a type is nested too deeply",
    text: """
      The tree of an expression or a type has at most 10 000 levels. Parentheses count,
      and so does every step of a chain: `a + b + c` has three levels.

      Only generated programs get there. Name the parts:

      ```cajal
      def four : Nat -o Nat = fun n => succ succ succ succ n
      def eight : Nat -o Nat = fun n => four (four n)
      ```

      Large numbers are written as numerals (`1000`, not `succ succ …`), long vectors as
      literals.

      Why: every stage of the compiler walks over trees. With a limit none of them
      can run out of stack, whatever the input.
      """)

  static let nameTooLong = Explanation(
    title: "a name is too long",
    text: """
      A name has at most 1 000 bytes.

      ```cajal
      def short_enough : Bool = true
      ```

      Why: names of programs become names in C, where compilers and linkers have
      limits of their own.
      """)

  static let unreadableFile = Explanation(
    title: "a file cannot be read",
    text: """
      The file does not exist, is a directory, or may not be read by this user. The folder of
      `explore --run` holds no run, or a file in it is damaged.

      ```text
      cajal2c missing.cajal
      ```

      Check the name and the permissions. A file with one program is enough to start
      with:

      ```cajal
      program flip (x : Bool) : Bool = if x then false else true
      ```

      Why: nothing is written when the input cannot be read; what an earlier run wrote
      stays as it was.
      """)

  static let fileTooLarge = Explanation(
    title: "a file is too large",
    text: """
      At most 64 MiB are read. A program of that size was generated; split it into
      several files, each with its own programs, or share parts by `def`:

      ```cajal
      def not : Bool -o Bool = fun x => if x then false else true
      def same : Bool -o Bool = fun x => not (not x)
      ```

      Why: the limit keeps a wrong file name (a disk image, a video) from filling the
      memory.
      """)

  static let emptyFile = Explanation(
    title: "a file has no declarations",
    text: """
      The file is empty, or holds comments only. There is nothing to compile.

      ```cajal-error
      -- soon
      ```

      ```cajal
      program flip (x : Bool) : Bool = if x then false else true
      ```

      Why: an empty file is more often an accident (a truncated copy, a wrong name)
      than a wish for an empty module.
      """)

  static let unwritableFile = Explanation(
    title: "a file cannot be written",
    text: """
      The output could not be written: the directory does not exist, may not be
      written to, or the disk is full.

      ```text
      cajal2c prog.cajal -o nowhere/prog.c
      ```

      Outputs are written beside their final place and then moved, all or nothing: a
      file that was there before is still complete. The program itself is fine:

      ```cajal
      program flip (x : Bool) : Bool = if x then false else true
      ```

      Why: a half-written C file would compile to something else, or confuse `make`.
      """)
}
