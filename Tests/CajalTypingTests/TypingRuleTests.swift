import CajalSyntax
import CajalTyping
import Testing

/// Well-typed terms, rule by rule, with the types that LANGUAGE.md, sections 2 and 5, give them.
@Suite struct TypingRuleTests {
  @Test(arguments: [
    ("true", "Bool"),
    ("0", "Nat"),
    ("succ succ 3", "Nat"),
    ("1.5", "Real"),
    ("[1, -2, 3]", "Real[3]"),
    ("[[1, 2, 3], [4, 5, 6]]", "Real[3] -o Real[2]"),
    ("([[1, 2, 3], [4, 5, 6]] : Real[2,3])", "Real[2,3]"),
    ("(3 : Real)", "Real"),
    ("fun (x : Bool) => x", "Bool -o Bool"),
    ("fun (f : Bool -o Nat) (x : Bool) => f x", "(Bool -o Nat) -o Bool -o Nat"),
    ("(fun x => x : Nat -o Nat)", "Nat -o Nat"),
    ("(fun f x => f x : (Bool -o Nat) -o Bool -o Nat)", "(Bool -o Nat) -o Bool -o Nat"),
    ("(fun x => succ x) 3", "Nat"),
    ("(fun x y => if x then y else succ y) true 3", "Nat"),
    ("(fun (x : Real) y => scale x y) 1 2.5", "Real"),
    ("(if true then fun x => x else fun y => succ y) 2", "Nat"),
    ("let x = true in if x then 1 else 2", "Nat"),
    ("(let x = true in fun y => if x then y else succ y) 1", "Nat"),
    ("let f = fun (x : Bool) => x in f true", "Bool"),
    ("if true then 1 else 2.5", "Real"),
    ("if true then [[1]] else ([[2]] : Real[1,1])", "Real[1,1]"),
    ("fun (b : Bool) (v : Real) => if b then v + v else v - 2 * v", "Bool -o Real -o Real"),
    ("iter { true | y => y } (3)", "Bool"),
    ("iter { fun (x : Bool) => x | g => fun x => g x } (3)", "Bool -o Bool"),
    ("iter { fun (x : Bool) => x | g => g } (3) true", "Bool"),
    ("iter { [1, 0] | v => [[0, 2], [3, 0]] v } (4)", "Real[2]"),
    ("1 + 2", "Real"),
    ("- [1, 2]", "Real[2]"),
    ("2 * 3 * [1]", "Real[1]"),
    ("2 * [[1, 2]]", "Real[2] -o Real[1]"),
    ("fun (f : Bool -o Real) (x : Bool) => (f + f) x", "(Bool -o Real) -o Bool -o Real"),
    ("[[1, 2]] + ([[3, 4]] : Real[1,2])", "Real[1,2]"),
    ("fun (f : Bool -o Real) => 2 * f", "(Bool -o Real) -o Bool -o Real"),
    ("(fun x => 2 * x : Real[3] -o Real[3])", "Real[3] -o Real[3]"),
  ])
  func infers(term: String, expected: String) {
    #expect(type("def e = \(term)") ?? "" == expected)
  }

  @Test(arguments: [
    ("conv2d [[1, 0, 1]] [[1, 2], [3, 4]]", "Real[2,2]"),
    ("conv2d (2 * [[1]]) (if true then [[1, 2]] else [[3, 4]])", "Real[1,2]"),
    ("(conv2d : Real[3,1] -o Real[4,5] -o Real[4,5])", "Real[3,1] -o Real[4,5] -o Real[4,5]"),
    ("(conv2d [[1]] : Real[4,5] -o Real[4,5])", "Real[4,5] -o Real[4,5]"),
    ("scale 2 [1, 2]", "Real[2]"),
    ("scale 2 3", "Real"),
    ("(scale : Real -o Real -o Real)", "Real -o Real -o Real"),
    ("scale 2 [[1, 2]] [3, 4]", "Real[1]"),
    ("fun (f : Bool -o Real) => scale 2 f", "(Bool -o Real) -o Bool -o Real"),
    ("fun (f : Bool -o Real) => scale 2 f true", "(Bool -o Real) -o Real"),
    ("dot [1, 2] [3, 4]", "Real"),
    ("dot [[1, 2]] [[3, 4]]", "Real"),
    ("dot [1, 2]", "Real[2] -o Real"),
    ("dot 2 3", "Real"),
    ("dot (reshape [1, 2]) ([[1, 2]] : Real[1,2])", "Real"),
    ("apply [[1, 2], [3, 4], [5, 6]] [1, 2]", "Real[3]"),
    ("apply [[1, 2]]", "Real[2] -o Real[1]"),
    ("outer [1, 2] [1, 2, 3]", "Real[2,3]"),
    ("(outer [1, 2] : Real[3] -o Real[2,3])", "Real[3] -o Real[2,3]"),
    ("(reshape [1, 2, 3, 4] : Real[2,2])", "Real[2,2]"),
    ("(reshape [[1, 2], [3, 4]] : Real[4])", "Real[4]"),
    ("(reshape : Real[4] -o Real[2,2])", "Real[4] -o Real[2,2]"),
    ("([1] + reshape (2 : Real) : Real[1])", "Real[1]"),
    ("(reshape (2 : Real) + [1] : Real[1])", "Real[1]"),
    ("transpose [[1, 2, 3]]", "Real[3,1]"),
    ("transpose (transpose [[1, 2, 3]])", "Real[1,3]"),
    ("(transpose : Real[1,3] -o Real[3,1])", "Real[1,3] -o Real[3,1]"),
    ("(fun x => conv2d [[1]] x : Real[2,2] -o Real[2,2])", "Real[2,2] -o Real[2,2]"),
    ("let scale = fun (x : Bool) => x in scale true", "Bool"),
  ])
  func resolvesConstants(term: String, expected: String) {
    let outcome = checked("def e = \(term)")
    #expect(outcome.module?.definitions.last.map { "\($0.term.type)" } ?? outcome.rendered == expected)
  }

  @Test func declarationsTakeTheNamesOfConstants() {
    #expect(type("def dot : Bool = true  def e = dot") == "Bool")
  }

  @Test func theExamplesOfTheLanguage() {
    let outcome = checked(
      """
      horizon 10
      def not : Bool -o Bool = fun x => if x then false else true
      program flip (x : Bool, n : Nat) : Bool = iter { x | y => not y } (n)      -- the paper's iterated not
      program double (n : Nat) : Nat = iter { 0 | y => succ (succ y) } (n)
      program xor (a : Bool, b : Bool) : Bool =
        if a then (if b then false else true) else (if b then true else false)
      program neurons (n : Nat) : Real[2] = iter { [1, 0] | v => [[0, 2], [3, 0]] v } (n)
      program blur (base : Real[28,28], vblur : Real[28,28] -o Real[28,28], n : Nat) : Real[28,28] =
        iter { base | y => vblur y } (n)
      program learnt (k : Real[3,3] within l1 1, x : Real[28,28], n : Nat) : Real[28,28] =
        iter { x | y => conv2d k y } (n)
      program church (a : Bool -o Bool -o Bool, b : Bool -o Bool -o Bool, x : Bool, y : Bool, z : Bool) : Bool =
        a (b x y) z
      """)
    #expect(outcome.diagnostics.isEmpty, "\(outcome.rendered)")
    #expect(outcome.module?.horizon == 10)
    #expect(
      outcome.module?.programs.map(\.name.text) == [
        "flip", "double", "xor", "neurons", "blur", "learnt", "church",
      ])
    #expect(outcome.module?.programs[0].signature == "flip (x : Bool, n : Nat) : Bool")
  }

  @Test func elaboration() throws {
    let module = try #require(
      checked("def e = let x = [1, 2] in x - 2 * x  def r : Real = - 2").module)
    guard case .apply(let function, let argument) = module.definitions[0].term.kind,
      case .lambda(_, let body) = function.kind, case .add(_, let right) = body.kind,
      case .scale(-1, _) = right.kind, case .literal([1, 2]) = argument.kind
    else {
      Issue.record("let is an application of a function, a - b is a + (-1) * b")
      return
    }
    guard case .scale(-1, let two) = module.definitions[1].term.kind, case .literal([2]) = two.kind else {
      Issue.record("a numeral is a literal where a Real is expected")
      return
    }
  }

  @Test func declarationsReferForwardAndAreOrdered() throws {
    let module = try #require(
      checked(
        """
        program p (x : Bool) : Bool = q (f x) 3
        def f : A = fun x => g x
        def g = fun (x : Bool) => not x
        program q (x : Bool, n : Nat) : Bool = iter { x | y => y } (n)
        def not = fun (x : Bool) => if x then false else true
        type A = B -o B
        type B = Bool
        """
      ).module)
    #expect(module.definitions.map(\.name) == ["q", "not", "g", "f"])
    #expect(module.programs.map(\.name.text) == ["p", "q"])
    #expect("\(module.definitions[0].term.type)" == "Bool -o Nat -o Bool")
    #expect(module.typeAliases["A"] == .function(.bool, .bool))
  }

  @Test func aProgramWithoutParametersIsAValue() {
    #expect(type("program p ( ) : Nat = 3  def e = succ p") == "Nat")
  }

  @Test func horizons() {
    #expect(checked("def e = 0").module?.horizon == 10)
    #expect(checked("def e = 0  horizon 7").module?.horizon == 7)
    #expect(checked("horizon 7", horizon: 3).module?.horizon == 3)
  }

  @Test func shadowingIsScoping() {
    #expect(type("def e = fun (x : Bool) => let x = if x then 1 else 2 in succ x") == "Bool -o Nat")
    #expect(
      type("def e = fun (x : Bool) (y : Bool) => if (fun (x : Bool) => x) y then x else x") == "Bool -o Bool -o Bool")
  }
}

/// Programs that were once refused.
@Suite struct ExpectationTests {
  @Test(arguments: [
    // A binder that takes the name of a constant hides it from the guess whether a term has a type of its own.
    "program p ( ) : Bool = iter { fun (reshape : Bool -o Bool) => reshape true | y => y } (0) (fun y => y)",
    "program p ( ) : Bool = (let dot = fun (x : Bool) => x in dot) true",
    // The operand of `scale` has the type of the result.
    "program p (c : Real) : Real[2,2] = scale c [[1, 2], [3, 4]]",
    "program p (c : Real, n : Nat) : Real[1,2] = scale c (iter { [[1, 2]] | y => y } (n))",
    "program p (c : Real) : Real[2] -o Real[2] = scale c [[1, 2], [3, 4]]",
  ]) func isAccepted(text: String) {
    let outcome = checked(text)
    #expect(outcome.module != nil, "\(outcome.rendered)")
  }
}
