import CajalSyntax
import Diagnostics
import Testing

/// `param`, `!state`, `scan`, claims, brackets of expressions, quotients and powers.
@Suite struct ScienceSyntaxTests {
  @Test(arguments: [
    ("[x, 1]", "(list x 1)"), ("[1, -2.5]", "[1.0, -2.5]"), ("[-x, -1, 2 * 3]", "(list (neg x) (neg 1) (scale 2.0 3))"),
    ("[[x, 1], [2, 3]]", "(list (list x 1) [2.0, 3.0])"), ("[[1, 2], [3, 4]]", "[[1.0, 2.0], [3.0, 4.0]]"),
    ("a / b / c", "(/ (/ a b) c)"), ("2 * a / b", "(scale 2.0 (/ a b))"), ("f x ^ 2 / g", "(/ (^ 2.0 (@ f x)) g)"),
    ("x ^ -0.5", "(^ -0.5 x)"), ("1 / x - 2", "(- (/ 1 x) 2)"),
    ("iter { x | !y => y } (n)", "(iter !y x y n)"),
    ("scan { x | y => y | conserves [1, 2] | nonnegative } (3)", "(scan y | conserves [1, 2] | nonnegative x y 3)"),
    ("iter { x | y => y | conserves -1 } (n)", "(iter y | conserves -1 x y n)"),
    // Before anything else `scan` is a name.
    ("scan x", "(@ scan x)"),
  ])
  func reading(text: String, tree: String) throws {
    let source = Source(name: "t", text: text)
    var diagnostics = Diagnostics()
    let term = try #require(parseTerm(source, diagnostics: &diagnostics), "\(diagnostics.items.map(\.message))")
    #expect(shape(term) == tree)
    let printed = PrettyPrinter().print(term)
    var again = Diagnostics()
    let second = try #require(parseTerm(Source(name: "t", text: printed), diagnostics: &again), "\(printed)")
    #expect(second.isSame(as: term), "\(printed)")
  }

  @Test(arguments: [
    ("param k : Real", "param k : Real"), ("param k : Real[3] = 0.5", "param k : Real[3] = 0.5"),
    ("param k : Real[2,2] = [[1, -2], [3, 4]]", "param k : Real[2,2] = [[1, -2], [3, 4]]"),
    ("param k : Real = -2", "param k : Real = -2"),
  ])
  func parameters(text: String, printed: String) throws {
    var diagnostics = Diagnostics()
    let tree = parse(Source(name: "t", text: text + "\ndef param : Bool = true"), diagnostics: &diagnostics)
    #expect(diagnostics.items.isEmpty, "\(diagnostics.items.map(\.message))")
    #expect(tree.declarations.count == 2)
    #expect(tree.declarations.first.map { PrettyPrinter().print($0) } == printed)
  }

  /// What is wrong, and that the rest of the file is read.
  @Test(arguments: [
    ("param k = 3", "E0005"), ("param k : Real = x", "E0005"), ("param k : Real[2] = [x, 1]", "E0005"),
    ("program p (x : Real) : Real = x ^ x", "E0005"), ("program p (x : Real) : Real = x ^ 2 ^ 3", "E0005"),
    ("program p (x : Real) : Real = !x", "E0005"), ("program p (x : Real[2]) : Real[2] = []", "E0005"),
    ("program p (x : Real) : Real[2,2] = [[x, 1], [2]]", "E0209"),
    ("program p (x : Real) : Real[2] = [[x, 1], x]", "E0209"),
    ("program p (x : Real) : Real = iter { x | y => y | grows } (3)", "E0005"),
    ("program p (x : Real) : Real = iter { x | y => y | conserves } (3)", "E0005"),
    ("program p (x : Real) : Real = iter { x | !!y => y } (3)", "E0005"),
    ("program p (x : Real) : Real = scna { x | y => y } (3)", "E0005"),
  ])
  func recovery(text: String, code: String) {
    var diagnostics = Diagnostics()
    let tree = parse(Source(name: "t", text: text + "\ndef last : Bool = true\n"), diagnostics: &diagnostics)
    #expect(diagnostics.items.map(\.code.rawValue) == [code], "\(diagnostics.items.map(\.message))")
    if case .definition(let name, _, _)? = tree.declarations.last?.kind {
      #expect(name.text == "last")
    } else {
      Issue.record("the last declaration was not read")
    }
  }
}
