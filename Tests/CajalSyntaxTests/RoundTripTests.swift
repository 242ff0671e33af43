import CajalSyntax
import Diagnostics
import Driver
import TestSupport
import Testing

@Suite struct RoundTripTests {
  /// Prints, reads back and prints again.
  private func check(_ term: Term, width: Int = 100, _ location: SourceLocation = #_sourceLocation) {
    let text = PrettyPrinter(width: width).print(term)
    let source = Source(name: "term", text: text)
    var diagnostics = Diagnostics()
    guard let again = parseTerm(source, diagnostics: &diagnostics) else {
      let report = DiagnosticRenderer(source: source).render(diagnostics)
      Issue.record("does not read back:\n\(report)", sourceLocation: location)
      return
    }
    #expect(again.isSame(as: term), "reads back as another term: \(text)", sourceLocation: location)
    #expect(PrettyPrinter(width: width).print(again) == text, sourceLocation: location)
  }

  /// Terms that are printed exactly as they are written here: no parenthesis is too many or missing.
  @Test(arguments: [
    "x", "true", "0", "1.0", "1e-05", "5e-324", "1.7976931348623157e+308", "0.1",
    "f x y", "f (g x)", "f (-x)", "f (fun x => x)", "(fun x => x) y", "(if a then b else c) x",
    "fun x y (z : Bool -o Bool) => z", "fun x => fun_ x", "let x = a in b", "(let x = a in x) y",
    "let f = fun x => x in f y", "if a then b else if c then d else e", "if a then if b then c else d else e",
    "if if a then b else c then d else e",
    "a + b - c + d", "a + (b + c)", "a - (b - c)", "-a + b", "-(a + b)", "a + (-b)", "-(-a)", "-2 * a", "2 * (-a)",
    "2 * 3 * x", "2 * (a + b)", "2 * a + 3 * b", "(2 * f) x", "2 * f x", "0.5 * x", "1e-07 * x", "(a + b) c",
    "f (a + b)",
    "a + (if b then c else d)", "2 * (fun x => x)", "f (2 * x)",
    "succ n", "succ succ n", "succ (f x)", "succ n x", "f (succ n)", "succ (fun x => x)", "succ (-n)",
    "succ iter { 0 | y => y } (n)",
    "iter { b | y => s } (n)", "iter { b | y => s } (n) x", "f iter { b | y => s } (n)",
    "iter { -b | y => -s } (-n)", "iter { fun x => x | y => fun z => y z } (if a then b else c)",
    "(e : Bool)", "(fun x => x : Bool -o Bool)", "f (e : (Bool -o Nat) -o Real[2,3])", "((e : Bool) : Bool)",
    "[1, -2.5, 0, -0, 1e-07]", "[[1, 2], [3, 4]] v", "f [1]", "-o", "a - o", "net x (within : Bool)", "1 x", "1.5 x",
  ])
  func fewestParentheses(_ text: String) throws {
    let term = try term(text)
    #expect(PrettyPrinter().print(term) == text)
    check(term)
  }

  @Test func literalsKeepTheirBits() throws {
    guard case .vector(let numbers) = try term("[-0, -0.0, 0]").kind else {
      Issue.record("not a vector")
      return
    }
    #expect(numbers.map(\.sign) == [.minus, .minus, .plus])
  }

  @Test func longTermsAreBroken() throws {
    let text = """
      program blur (first_base : Real[28,28], second_base : Real[28,28], kernel : Real[28,28] -o Real[28,28], \
      n : Nat) : Real[28,28] = \
      if is_it_so then iter { first_base | state => kernel (another_function state (a_constant : Real)) } (n) \
      else let something = combine first_base second_base in fun argument => something + argument - something_else
      """
    let (tree, found, _) = read(text)
    #expect(found == [])
    #expect(
      PrettyPrinter().print(tree) == """
        program blur (
          first_base : Real[28,28],
          second_base : Real[28,28],
          kernel : Real[28,28] -o Real[28,28],
          n : Nat
        ) : Real[28,28] =
          if is_it_so
          then iter { first_base | state => kernel (another_function state (a_constant : Real)) } (n)
          else let something = combine first_base second_base in
          fun argument => something + argument - something_else

        """)
  }

  @Test func linesStayWithinTheWidth() {
    var generator = TreeGenerator(seed: 5)
    for _ in 0..<200 {
      let text = PrettyPrinter(width: 100).print(generator.term(4))
      for line in text.split(separator: "\n") { #expect(line.count <= 100, "\(line)") }
    }
  }

  @Test func randomTerms() {
    var generator = TreeGenerator(seed: 1)
    for round in 0..<1_500 {
      let term = generator.term(round % 7)
      check(term)
      check(term, width: 10)
    }
  }

  @Test func randomFiles() {
    var generator = TreeGenerator(seed: 2)
    for _ in 0..<400 {
      let tree = generator.tree()
      let text = PrettyPrinter().print(tree)
      let (again, found, _) = read(text)
      #expect(found == [], "\(text)")
      #expect(again.isSame(as: tree), "\(text)")
      #expect(PrettyPrinter().print(again) == text)
    }
  }

  @Test func equalityTellsTermsApart() throws {
    var generator = TreeGenerator(seed: 3)
    let terms = (0..<80).map { _ in generator.term(2) }
    for a in terms {
      for b in terms {
        #expect(a.isSame(as: b) == (PrettyPrinter().print(a) == PrettyPrinter().print(b)))
      }
    }
  }

  @Test func deepTermsPrintAndReadBack() async {
    let same = withDeepStack {
      var term = Term(.variable("x"), Span(0, 0))
      for level in 1..<Term.maximumDepth {
        let leaf = Term(.variable("y"), Span(0, 0))
        let kind: Term.Kind =
          switch level % 4 {
          case 0: .apply(leaf, term)
          case 1: .conditional(leaf, then: term, else: leaf)
          case 2: .negate(term)
          default: .letIn(Name("z", Span(0, 0)), leaf, body: term)
          }
        term = Term(kind, Span(0, 0))
      }
      let text = PrettyPrinter().print(term)
      var diagnostics = Diagnostics()
      let again = parseTerm(Source(name: "deep", text: text), diagnostics: &diagnostics)
      return again?.isSame(as: term) == true && text.utf8.count < 5_000_000
    }
    #expect(same)
  }
}
