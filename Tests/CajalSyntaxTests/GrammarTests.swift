import CajalSyntax
import Diagnostics
import Testing

/// LANGUAGE.md, section 1, case by case.
@Suite struct GrammarTests {
  @Test(arguments: [
    // fun, if and let extend as far right as they can
    ("fun x => f x y", "(fun x (@ (@ f x) y))"),
    ("fun x => x + y", "(fun x (+ x y))"),
    ("fun x y => x", "(fun x (fun y x))"),
    ("fun (x : Bool) y => x", "(fun x:Bool (fun y x))"),
    ("if a then b else c + d", "(if a b (+ c d))"),
    ("if a then b else if c then d else e", "(if a b (if c d e))"),
    ("if if a then b else c then d else e", "(if (if a b c) d e)"),
    ("let x = a in x + b", "(let x a (+ x b))"),
    ("let x = fun y => y in x", "(let x (fun y y) x)"),
    ("let x = let y = a in y in x", "(let x (let y a y) x)"),
    ("fun x => if x then fun y => y else fun z => z", "(fun x (if x (fun y y) (fun z z)))"),
    ("f (fun x => x) y", "(@ (@ f (fun x x)) y)"),
    // sums
    ("a + b - c", "(- (+ a b) c)"),
    ("- a + b", "(+ (neg a) b)"),
    ("-f x", "(neg (@ f x))"),
    ("f -1", "(- f 1)"),
    ("f - 1", "(- f 1)"),
    ("a -o", "(- a o)"),
    ("-(-x)", "(neg (neg x))"),
    // products
    ("2 * x", "(scale 2.0 x)"),
    ("2 * 3", "(scale 2.0 3)"),
    ("2 * 3 * f x", "(scale 2.0 (scale 3.0 (@ f x)))"),
    ("-2 * x", "(neg (scale 2.0 x))"),
    ("1.5e3 * x - 0.5 * y", "(- (scale 1500.0 x) (scale 0.5 y))"),
    ("2 * x + y", "(+ (scale 2.0 x) y)"),
    // application
    ("f a b", "(@ (@ f a) b)"),
    ("f (a b)", "(@ f (@ a b))"),
    ("f 2", "(@ f 2)"),
    // succ
    ("succ n", "(succ n)"),
    ("succ succ n", "(succ (succ n))"),
    ("succ (succ n)", "(succ (succ n))"),
    ("succ f x", "(@ (succ f) x)"),
    ("succ succ f x", "(@ (succ (succ f)) x)"),
    ("succ (f x)", "(succ (@ f x))"),
    ("succ iter { 0 | y => y } (n)", "(succ (iter y 0 y n))"),
    ("succ 1 + 2", "(+ (succ 1) 2)"),
    // iter
    ("iter { b | y => s } (n)", "(iter y b s n)"),
    ("iter { b | y => s } (n) x", "(@ (iter y b s n) x)"),
    ("f iter { b | y => s } (n)", "(@ f (iter y b s n))"),
    ("iter { fun x => x | y => fun z => y z } (succ n)", "(iter y (fun x x) (fun z (@ y z)) (succ n))"),
    ("iter { iter { a | x => x } (m) | y => y } (n)", "(iter y (iter x a x m) y n)"),
    // atoms
    ("(e : Bool)", "(as Bool e)"),
    ("(fun x => x : Bool -o Bool)", "(as (Bool -o Bool) (fun x x))"),
    ("((a))", "a"),
    ("true", "true"), ("tt", "true"), ("false", "false"), ("ff", "false"),
    ("10", "10"), ("1.0", "1.0"), ("1e-3", "0.001"),
    // literals
    ("[1, -2.5]", "[1.0, -2.5]"),
    ("[- 1]", "[-1.0]"),
    ("[(1), -(0.5), (-(2))]", "[1.0, -0.5, -2.0]"),
    ("[[(1), 2], [3, 4]]", "[[1.0, 2.0], [3.0, 4.0]]"),
    ("[[1, 2], [-3, 4]]", "[[1.0, 2.0], [-3.0, 4.0]]"),
    ("[[1]] v", "(@ [[1.0]] v)"),
    // spellings
    ("λx. e", "(fun x e)"),
    ("λ(x : ℕ). e", "(fun x:Nat e)"),
    ("λx y. e", "(fun x (fun y e))"),
    ("λx => e", "(fun x e)"),
    ("fun x ⇒ e", "(fun x e)"),
    ("iter { b | y ↪ s } (n)", "(iter y b s n)"),
    ("λx.λy.x", "(fun x (fun y x))"),
  ])
  func expressions(_ example: (text: String, shape: String)) throws {
    #expect(try shape(example.text) == example.shape)
  }

  @Test func contextualWordsAreOrdinaryNames() throws {
    #expect(try shape("net model (within l1) linf") == "(@ (@ (@ net model) (@ within l1)) linf)")
    #expect(try shape("Bool Nat") == "(@ Bool Nat)")
    #expect(try shape("fun net => conv2d net o") == "(fun net (@ (@ conv2d net) o))")
  }

  @Test(arguments: [
    ("Bool", "Bool"), ("𝟚", "Bool"), ("ℕ", "Nat"), ("Real", "Real[]"), ("Real[28, 28]", "Real[28, 28]"),
    ("Bool -o Nat -o Real", "(Bool -o (Nat -o Real[]))"),
    ("(Bool -o Nat) -o Real", "((Bool -o Nat) -o Real[])"),
    ("Bool -o(Bool)", "(Bool -o Bool)"),
    ("Bool-o Bool", "(Bool -o Bool)"),
    ("𝟚⊸ℕ", "(Bool -o Nat)"),
    ("Image -o Image", "(Image -o Image)"),
    ("((Bool))", "Bool"),
  ])
  func types(_ example: (text: String, shape: String)) throws {
    #expect(try typeShape(example.text) == example.shape)
  }

  @Test func badTypes() {
    for text in [
      "", "Bool -oops", "Bool - o Bool", "Bool -> Bool", "Bool →Bool", "Real[]", "Real[0]", "Real[x]", "Real[1.5]",
      "Bool[3]", "Nat[3, 4]", "(Bool",
      "Bool)", "Bool -o", "Bool Nat", "Real[9223372036854775808]", "fun",
    ] {
      var diagnostics = Diagnostics()
      #expect(parseType(Source(name: "type", text: text), diagnostics: &diagnostics) == nil, "\(text)")
      #expect(diagnostics.items.count == 1, "\(text): \(diagnostics.items.map(\.message))")
    }
  }

  @Test(arguments: [
    ("f fun x => x", "`fun` needs parentheses as an argument"),
    ("f if a then b else c", "`if` needs parentheses as an argument"),
    ("f let x = a in x", "`let` needs parentheses as an argument"),
    ("f succ n", "`succ` needs parentheses as an argument"),
    ("succ fun x => x", "`fun` needs parentheses as the argument of `succ`"),
    ("a + fun x => x", "`fun` needs parentheses as an operand"),
    ("2 * if a then b else c", "`if` needs parentheses as an operand"),
    ("a + -b", "expected an expression, found `-`"),
    ("x * 2", "expected the end of the expression, found `*`"),
    ("(x * y)", "expected `)`, found `*`"),
    ("[]", "expected a number or an expression, found `]`"),
    ("[1,]", "expected a number or an expression, found `]`"),
    ("[1 2]", "expected `]`, found the number `2`"),
    ("[[1], 2]", "a matrix holds rows only"),
    ("[[]]", "expected a number or an expression, found `]`"),
    ("[[1, 2], [3]]", "the rows of a matrix have different lengths"),
    ("()", "expected an expression, found `)`"),
    ("", "expected an expression, found the end of the file"),
    ("a)", "expected the end of the expression, found `)`"),
    ("(a", "expected `)`, found the end of the file"),
    ("a def", "expected the end of the expression, found `def`"),
    ("a = b", "expected the end of the expression, found `=`"),
    ("a : Bool", "expected the end of the expression, found `:`"),
    ("if a then b", "expected `else`, found the end of the file"),
    ("if a else b", "expected `then`, found `else`"),
    ("let x a in x", "expected `=`, found the name `a`"),
    ("let x = a", "expected `in`, found the end of the file"),
    ("let x : Bool = a in x", "expected `=`, found `:`"),
    ("let in = a in x", "expected a name, found `in`"),
    ("fun => x", "expected a variable after `fun`, found `=>`"),
    ("fun x -> x", "expected `=>`, found `->`"),
    ("fun x = x", "expected `=>`, found `=`"),
    ("fun x : Bool => x", "expected `=>`, found `:`"),
    ("fun (x) => x", "expected `:` and a type, found `)`"),
    ("fun (true : Bool) => x", "expected a variable's name, found `true`"),
    ("fun (x : Real within l2 1) => x", "expected `)`, found the name `within`"),
    ("iter { b | y => s } n", "expected the count in parentheses, found the name `n`"),
    ("iter { b | y => s }", "expected the count in parentheses, found the end of the file"),
    ("iter { b y => s } (n)", "expected `|`, found `=>`"),
    ("iter { b | => s } (n)", "expected a name for the state, found `=>`"),
    ("iter { b | y -> s } (n)", "expected `=>`, found `->`"),
    ("iter b", "expected `{` after `iter`, found the name `b`"),
    (".5", "expected an expression, found `.`"),
  ])
  func badExpressions(_ example: (text: String, message: String)) {
    #expect(messages(example.text) == [example.message])
  }

  @Test func syntaxErrorsSayWhatToDo() {
    for text in [
      "f fun x => x", "x * 2", "(a", "a)", "if a then b", "let x = a", "fun x -> x", "[]", "iter b", ".5", "{ x }",
      "+ a",
    ] {
      var diagnostics = Diagnostics()
      _ = parseTerm(Source(name: "term", text: text), diagnostics: &diagnostics)
      #expect(diagnostics.items.first?.help != nil, "\(text)")
    }
  }

  @Test func spansCoverParentheses() throws {
    let source = Source(name: "term", text: "f (a) + (b c)")
    var diagnostics = Diagnostics()
    let term = try #require(parseTerm(source, diagnostics: &diagnostics))
    guard case .add(let left, let right) = term.kind else {
      Issue.record("not a sum")
      return
    }
    #expect(source.text(term.span) == "f (a) + (b c)")
    #expect(source.text(left.span) == "f (a)")
    #expect(source.text(right.span) == "b c")
  }
}
