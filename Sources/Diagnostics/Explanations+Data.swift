// Algebraic data (LANGUAGE.md, section 8).

extension Explanation {
  static let tableHasNoTensor = Explanation(
    title: "the matrix of a program with a table",
    text: """
      `cajal2c matrix` prints the tensor of a program that is linear in every variable. In
      a table it is not linear: the weights of all rows are multiplied.

      ```cajal
      data Word = End | Letter Bool Word
      program odd (w : Word[9]) : Bool =
        fold { End => false | Letter b r => if b then (if r then false else true) else r } (w)
      ```

      The matrix of what one node does is that of a program without a table:

      ```cajal
      program step (b : Bool, r : Bool) : Bool =
        if b then (if r then false else true) else r
      ```

      Why: a datum has no dimension, and so a map of it has no matrix.
      """)

  static let missingAlternative = Explanation(
    title: "an alternative is missing",
    text: """
      `case` and `fold` say what is made of each form of a value.

      ```cajal-error
      data Shade = Black | Grey | White
      program dark (s : Shade) : Bool = case { Black => true | White => false } (s)
      ```

      ```cajal
      data Shade = Black | Grey | White
      program dark (s : Shade) : Bool =
        case { Black => true | Grey => false | White => false } (s)
      ```

      Why: the map that `case` denotes is given on every summand of its operand's space.
      """)

  static let repeatedAlternative = Explanation(
    title: "a constructor has two alternatives",
    text: """
      ```cajal-error
      program p (b : Bool) : Bool = case { true => false | false => true | true => true } (b)
      ```

      ```cajal
      program p (b : Bool) : Bool = case { true => false | false => true } (b)
      ```

      Why: alternatives are not tried one after another. Each form of a value has exactly
      one, in any order.
      """)

  static let foreignAlternative = Explanation(
    title: "an alternative is of another type",
    text: """
      The patterns of one `case` or `fold` are of one type: that of the first.

      ```cajal-error
      data Shade = Black | White
      program dark (s : Shade) : Bool = case { Black => true | White => false | 0 => false } (s)
      ```

      ```cajal
      data Shade = Black | White
      program dark (s : Shade) : Bool = case { Black => true | White => false } (s)
      ```

      Why: the operand has one type, and the patterns are the forms of its values.
      """)

  static let wrongBinderCount = Explanation(
    title: "a pattern has too many or too few variables",
    text: """
      A pattern has a variable for each field of its constructor.

      ```cajal-error
      data Pair = Pair Bool Bool
      program first (p : Pair) : Bool = case { Pair x => x } (p)
      ```

      ```cajal
      data Pair = Pair Bool Bool
      program first (p : Pair) : Bool = case { Pair x y => if y then x else x } (p)
      ```

      Why: every field is a variable, which is used exactly once; there is no pattern that
      discards.
      """)

  static let notFolded = Explanation(
    title: "`fold` is given a Bool or a Nat",
    text: """
      `fold` takes a type that a `data` declaration makes.

      ```cajal-error
      program even (n : Nat) : Bool = fold { 0 => true | succ m => m } (n)
      ```

      ```cajal
      program even (n : Nat) : Bool = iter { true | y => if y then false else true } (n)
      program zero (n : Nat) : Bool =
        case { 0 => true | succ m => iter { false | y => y } (m) } (n)
      ```

      Why: the fold of a natural is `iter`, and a `Bool` has no parts to fold; `case` takes
      both.
      """)

  static let noDimension = Explanation(
    title: "a recursive type stands where a vector crosses",
    text: """
      A recursive type has no dimension: its values are of any size. It cannot be the
      result of a program or of a model, part of the type of a linked function, or what
      a net takes or gives.

      ```cajal-error
      data Word = End | Letter Bool Word
      program flip (w : Word[8]) : Word =
        fold { End => End | Letter b rest => Letter (if b then false else true) rest } (w)
      ```

      ```cajal
      data Word = End | Letter Bool Word
      def flip : Word -o Word = fun w =>
        fold { End => End | Letter b rest => Letter (if b then false else true) rest } (w)
      def not : Bool -o Bool = fun x => if x then false else true
      program odd (w : Word[8]) : Bool =
        fold { End => false | Letter b rest => if b then not rest else rest } (flip w)
      ```

      Between declarations of a file such types may come and go: what a function makes of
      a datum is folded by whoever calls it. Fold to a type with a dimension where the
      result leaves the program.

      Why: what a datum means is what folding it gives.
      """)

  static let tableNeedsRows = Explanation(
    title: "a table needs the number of its rows",
    text: """
      A parameter of a recursive type is linked as a table of the datum's nodes. How many
      there are at most is said at the parameter.

      ```cajal-error
      data Word = End | Letter Bool Word
      program odd (w : Word) : Bool =
        fold { End => false | Letter b r => if b then (if r then false else true) else r } (w)
      ```

      ```cajal
      data Word = End | Letter Bool Word
      program odd (w : Word[9]) : Bool =
        fold { End => false | Letter b r => if b then (if r then false else true) else r } (w)
      ```

      A list of k elements has k + 1 nodes. The number belongs to the parameter and not to
      the type: called from another declaration, `odd` is a `Word -o Bool`.

      Why: buffers have a size, and workspaces are for as many rows.
      """)

  static let noTable = Explanation(
    title: "rows are given for something that is no table",
    text: """
      `x : Name[N]` is a table of nodes of a recursive type.

      ```cajal-error
      data Shade = Black | White
      program dark (s : Shade[2]) : Bool = case { Black => true | White => false } (s)
      ```

      ```cajal
      data Shade = Black | White
      program dark (s : Shade) : Bool = case { Black => true | White => false } (s)
      ```

      Why: a type that is not recursive has a dimension, and is linked as one vector.
      """)

  static let mutualData = Explanation(
    title: "types recur through each other",
    text: """
      A type may have fields of itself, and fields of types that are declared without it.

      ```cajal-error
      data Even = Zero | Next Odd
      data Odd = After Even
      ```

      ```cajal
      data Number = Zero | Next Number
      ```

      Make one type of them, with the constructors of all, and tell these apart in the
      fold.

      Why: a fold has one result type, and a table one kind of row.
      """)

  static let higherOrderRecursion = Explanation(
    title: "a type recurs through a function",
    text: """
      ```cajal-error
      data Tree = Leaf | Node (Bool -o Tree)
      ```

      ```cajal
      data Tree = Leaf | Node Tree Tree
      ```

      A function of `Bool` is two trees; one of another type is no datum.

      Why: the table of a datum holds vectors, and a function that gives data has none.
      """)

  static let fieldOfRecursiveType = Explanation(
    title: "a field is of another recursive type",
    text: """
      ```cajal-error
      data Word = End | Letter Bool Word
      data Text = Empty | Line Word Text
      ```

      ```cajal
      data Text = Empty | Break Text | Letter Bool Text
      ```

      The fields of a datum are its own type, or types with a dimension: `Bool`, `Nat`,
      `Nat[n]`, `Real[…]`, functions of these, and declared types that are not recursive.

      Why: a row of a table holds the vectors of its fields, and a recursive type has none.
      """)

  static let noLeafConstructor = Explanation(
    title: "a recursive type has no constructor to begin with",
    text: """
      ```cajal-error
      data Word = Letter Bool Word
      ```

      ```cajal
      data Word = End | Letter Bool Word
      ```

      Why: values are built from the leaves up. Without a leaf there is no value.
      """)

  static let duplicateBinder = Explanation(
    title: "two variables of a pattern have one name",
    text: """
      ```cajal-error
      data Pair = Pair Bool Bool
      program both (p : Pair) : Bool = case { Pair x x => x } (p)
      ```

      ```cajal
      data Pair = Pair Bool Bool
      program both (p : Pair) : Bool =
        case { Pair x y => if x then y else (if y then false else false) } (p)
      ```

      This holds for `_` too: it is a name like any other, and is used exactly once.

      Why: a name stands for one variable.
      """)

  static let badNatural = Explanation(
    title: "`Nat[n]` with an n that is out of range",
    text: """
      `Nat[n]` are the naturals below n; n is 1 to 2^24.

      ```cajal-error
      program p (n : Nat[0]) : Bool = iter { true | y => y } (n)
      ```

      ```cajal
      program p (n : Nat[5]) : Bool = iter { true | y => y } (n)
      ```

      Why: n is the dimension of the type, and a space without a dimension has no values.
      """)

  static let badRows = Explanation(
    title: "a table has a number of rows that is out of range",
    text: """
      A table has 1 to 2^24 rows.

      ```cajal-error
      data Word = End | Letter Bool Word
      program p (w : Word[0]) : Bool =
        fold { End => true | Letter b r => if b then r else r } (w)
      ```

      ```cajal
      data Word = End | Letter Bool Word
      program p (w : Word[65]) : Bool =
        fold { End => true | Letter b r => if b then r else r } (w)
      ```

      Why: a datum has one node at least, and workspaces are for as many rows.
      """)

  static let inspectsState = Explanation(
    title: "a datum is taken apart while it is still being built",
    text: """
      A datum that an `iter` or a `fold` builds is folded while it is built: what is carried on
      is what the alternatives of its consumer make of the part that is there. Another `case` or
      `fold` of that part has nothing to take apart.

      ```cajal-error
      data Word = End | Letter Bool Word
      def parity : Word -o Bool = fun w =>
        fold { End => false | Letter b p => if b then (if p then false else true) else p } (w)
      def twice : Word -o Word = fun w => Letter (parity w) End
      program p (n : Nat) : Bool = parity (iter { End | w => twice w } (n))
      ```

      ```cajal
      data Word = End | Letter Bool Word
      def parity : Word -o Bool = fun w =>
        fold { End => false | Letter b p => if b then (if p then false else true) else p } (w)
      program p (n : Nat) : Bool = iter { parity End | b => parity (Letter b End) } (n)
      ```

      Why: a list has no dimension, so it cannot be a loop's state; what it is folded to has one.
      """)

  static let boundedTable = Explanation(
    title: "a table has a bound",
    text: """
      ```cajal-error
      data Word = End | Letter Bool Word
      program p (w : Word[9] within l1 1) : Bool =
        fold { End => true | Letter b r => if b then r else r } (w)
      ```

      ```cajal
      data Word = End | Letter Bool Word
      program p (w : Word[9]) : Bool =
        fold { End => true | Letter b r => if b then r else r } (w)
      ```

      Why: `within` bounds the norm of a tensor's entries. A table's weights and fields
      are no tensor.
      """)

  static let noEncoding = Explanation(
    title: "a value has no encoding",
    text: """
      `cajal2c encode` writes a value as the compiled program takes it. A table has room for so
      many nodes, a natural has to be below the dimension of its type, and a number has to be one
      of the program's reals.

      ```text
      cajal2c encode prog.cajal --set xs='Item 4 (Item 2 End)'
      ```

      ```cajal
      data Items = End | Item Nat[5] Items
      program total (xs : Items[3]) : Nat =
        fold { End => 0 | Item n sum => iter { sum | y => succ y } (n) } (xs)
      ```

      A list of k elements has k + 1 nodes, so two elements fit here, each below 5. Give the
      parameter more rows, or the field a larger `Nat[n]`.

      Why: what does not fit would be dropped, and the result would not be that of the value.
      """)
}
