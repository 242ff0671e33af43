import CajalSyntax
import Diagnostics
import Testing

/// LANGUAGE.md, section 8: how data are written.
@Suite struct DataSyntaxTests {
  @Test(arguments: [
    ("case { true => 1 | false => 2 } (b)", "(case true | false 1 2 b)"),
    ("case { | 0 => a | succ m => m } (n)", "(case 0 | succ m a m n)"),
    ("fold { End => a | Letter b r => f b r } (w)", "(fold End | Letter b r a (@ (@ f b) r) w)"),
    ("f case { A => 1 } (x) y", "(@ (@ f (case A 1 x)) y)"),
    ("case { A => case { B => 1 } (y) } (x)", "(case A (case B 1 y) x)"),
    ("case { A => fun x => x | B => if a then b else c } (x)", "(case A | B (fun x x) (if a b c) x)"),
    ("case x", "(@ case x)"),
    ("fold (case) data", "(@ (@ fold case) data)"),
    ("fun case => case", "(fun case case)"),
    ("let fold = a in fold", "(let fold a fold)"),
    ("widen n", "(@ widen n)"),
    ("case { _ _' => _' } (x)", "(case _ _' _' x)"),
    ("case { succ ℕ => ℕ | 0 ⇒ 0 } (n)", "(case succ Nat | 0 Nat 0 n)"),
  ])
  func reads(_ text: String, _ expected: String) throws { #expect(try shape(text) == expected) }

  @Test(arguments: [
    ("case { } (x)", "expected a pattern, found `}`"),
    ("case { A } (x)", "expected `=>`, found `}`"),
    ("case { A => 1", "expected `}`, found the end of the file"),
    ("case { A => 1 }", "expected what is taken apart, in parentheses, found the end of the file"),
    ("case { A => 1 } x", "expected `(`, found the name `x`"),
    ("case { A -> 1 } (x)", "expected `=>`, found `->`"),
    ("case { 1 => 1 } (x)", "expected a pattern, found the number `1`"),
    ("case { A (B x) => 1 } (x)", "expected `=>`, found `(`"),
    ("case { A true => 1 | B => 2 } (x)", "expected `=>`, found `true`"),
    ("case { succ => 1 } (x)", "expected a name for the number before, found `=>`"),
    ("case { A => | B => 1 } (x)", "expected an expression, found `|`"),
    ("fold { A => 1, B => 2 } (x)", "expected `}`, found `,`"),
    ("fold { A | B => 2 } (x)", "expected `=>`, found `|`"),
    ("match { A => 1 } (x)", "expected the end of the expression, found `{`"),
  ])
  func refuses(_ text: String, _ message: String) { #expect(messages(text) == [message]) }

  @Test(arguments: [
    "case { A => 1 | B x y => f x y } (z)", "fold { End => true | Letter b r => if b then r else r } (w)",
    "case { 0 => 0 | succ m => m } (n) x", "f case { true => a | false => b } (if x then y else z)",
    "case { A => fun x => x } (x)", "case { A => case { B => 1 } (y) } (x)", "succ case { A => 1 } (x)",
  ])
  func printsAsItIsWritten(_ text: String) throws {
    let term = try term(text)
    #expect(PrettyPrinter().print(term) == text)
    #expect(try self.term(PrettyPrinter(width: 10).print(term)).isSame(as: term))
  }

  private func term(_ text: String) throws -> Term {
    var diagnostics = Diagnostics()
    return try #require(parseTerm(Source(name: "term", text: text), diagnostics: &diagnostics))
  }

  @Test func equalityLooksAtPatterns() throws {
    let terms = try [
      "case { A x => x } (y)", "case { B x => x } (y)", "case { A z => x } (y)", "case { A => x } (y)",
      "fold { A x => x } (y)", "case { A x => x | A x => x } (y)",
    ].map(term)
    for (i, a) in terms.enumerated() { for (j, b) in terms.enumerated() { #expect(a.isSame(as: b) == (i == j)) } }
  }

  @Test func alternativesThatDoNotFitAreBroken() throws {
    let term = try term(
      "fold { Leaf digit => digit | Node operator left right => table operator left right } (the_tree_of_the_sum)")
    #expect(
      PrettyPrinter(width: 60).print(term) == """
        fold {
          Leaf digit => digit
        | Node operator left right => table operator left right
        } (the_tree_of_the_sum)
        """)
  }

  // MARK: Declarations

  @Test(arguments: [
    "data Digit = D0 | D1 | D2", "data Word = End | Letter Bool Word",
    "data Box = Box (Bool -o Nat[5]) Real[2,3] Real Box'", "type Small = Nat[3]",
    "program p (w : Word[65], n : Nat[65], v : Real[65]) : Bool = w",
    "model m (xs : Images[5]) : Nat[37] = fold { End => 0 | Image x rest => rest } (xs)",
  ])
  func declarationsPrintAsTheyAreWritten(_ text: String) {
    let (tree, found, _) = read(text)
    #expect(found == [])
    #expect(PrettyPrinter().print(tree) == text + "\n")
    #expect(read(PrettyPrinter(width: 20).print(tree)).tree.isSame(as: tree))
  }

  @Test func aFirstBarIsAllowed() {
    let (tree, found, _) = read("data Digit =\n  | D0\n  | D1")
    #expect(found == [])
    #expect(PrettyPrinter().print(tree) == "data Digit = D0 | D1\n")
  }

  @Test func fieldsEndWhereADeclarationBegins() {
    for next in ["data B = C", "def b = c", "net n (x : Bool) : Bool = dense", "model m (x : Bool) : Bool = x"] {
      let (tree, found, _) = read("data A = A1 Bool A2 \(next)")
      #expect(found == [])
      #expect(PrettyPrinter().print(tree) == "data A = A1 Bool A2\n\(next)\n")
    }
    #expect(read("def a = f data data B = C").tree.declarations.count == 2)
    #expect(read("type A = Bool data B = C").tree.declarations.count == 2)
  }

  @Test func dataIsANameElsewhere() {
    let text = "def data = data x\ndef f = g data x\nprogram p (data : Bool) : Bool = data\n"
    #expect(read(text).found == [])
    #expect(PrettyPrinter().print(read(text).tree) == text)
    #expect(read("data A = A data net").found == [])
  }

  @Test(arguments: [
    ("data = A\ndef d = e", "E0005@1:1"),
    ("data A\ndef d = e", "E0005@1:7"),
    ("data A =\ndef d = e", "E0005@1:9"),
    ("data A = B |\ndef d = e", "E0005@1:13"),
    ("data A = B (Bool\ndef d = e", "E0005@1:17"),
    ("data A = B Bool -o Bool\ndef d = e", "E0005@1:17"),
    ("data A = B true\ndef d = e", "E0005@1:12"),
    ("data A = B, C\ndef d = e", "E0005@1:11"),
    ("data Nat = B\ndef d = e", "E0303@1:6"),
    ("data A B = C\ndef d = e", "E0005@1:8"),
    ("data A = B Bool[3]\ndef d = e", "E0005@1:16"),
    ("data A = B Nat[x]\ndef d = e", "E0005@1:16"),
    ("program p (x : Word[2] -o Bool) : Bool = x\ndef d = e", "E0005@1:24"),
    ("program p (x : Word[]) : Bool = x\ndef d = e", "E0005@1:21"),
    ("program p (x : Word[2, 3]) : Bool = x\ndef d = e", "E0005@1:22"),
    ("def a : Word[2] = x\ndef d = e", "E0005@1:13"),
    ("def a = case { A => } (x)\ndef d = e", "E0005@1:21"),
    ("def a = ( data A = B\ndef d = e", "E0005@1:18"),
    ("def a = )\ndata A = B\ndef d = e", "E0005@1:9"),
  ])
  func oneMistakeIsReportedOnce(_ text: String, _ place: String) {
    let (tree, found, _) = read(text)
    #expect(found == [place])
    #expect(tree.declarations.last.map { PrettyPrinter().print($0) } == "def d = e")
  }

  @Test func recoveryGoesOnInTheNextAlternative() {
    #expect(
      read("def a = case { A => ( | B -> 1 | C => ) } (x)\ndata D = E").found == [
        "E0005@1:23", "E0005@1:27", "E0005@1:39",
      ])
  }

  @Test func theTreeIsDumped() {
    let text = "data W = E | L Bool W\nprogram p (w : W[2]) : Bool = fold { E => true | L b r => f b r } (w)"
    let source = Source(name: "test.cajal", text: text)
    var diagnostics = Diagnostics()
    #expect(
      SyntaxTreeDump.dump(parse(source, diagnostics: &diagnostics), source: source) == """
        (data W @1:1
          (constructor E @1:10)
          (constructor L `Bool` `W` @1:14))
        (program p @2:1
          (parameter w `W[2]` @2:12)
          (type `Bool` @2:24)
          (fold E | L b r @2:31
            (bool true @2:43)
            (apply @2:59
              (apply @2:59
                (variable f @2:59)
                (variable b @2:61))
              (variable r @2:63))
            (variable w @2:68)))

        """)
  }
}
