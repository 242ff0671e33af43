import Diagnostics
import Formatting
import Testing

/// What formatting makes of a text, each of which is a rule of docs/editors.md.
@Suite struct StyleTests {
  private func formatted(_ text: String) throws -> String? {
    var diagnostics = Diagnostics()
    return try format(Source(name: "test.cajal", text: text), diagnostics: &diagnostics)
  }

  @Test(arguments: [
    // Space
    ("def  f:Bool-o   Bool=fun x=>x", "def f : Bool -o Bool = fun x => x"),
    ("def f = λ ( x:𝟚 ).x", "def f = λ(x : 𝟚). x"),
    ("program p( ):Nat=succ( succ 0 )", "program p ( ) : Nat = succ (succ 0)"),
    ("program p (n:Nat):Nat=iter{0|y=>succ y}(n)", "program p (n : Nat) : Nat = iter { 0 | y => succ y } (n)"),
    (
      "program p (x:Real [2,2]):Real[ 2, 2 ]=2*x+x/3-- x", "program p (x : Real[2,2]) : Real[2, 2] = 2 * x + x / 3 -- x"
    ),
    ("program p (x : Real) : Real[2] = [ - x,-x ]", "program p (x : Real) : Real[2] = [- x, -x]"),
    ("program p (x:Bool,y:Bool):Bool=x", "program p (x : Bool, y : Bool) : Bool = x"),
    ("def m = [ [1,-2] ,[3 , 4] ]", "def m = [[1, -2], [3, 4]]"),
    ("net f(x:Real[4,4]):Real=conv 1 3x3|relu|dense", "net f (x : Real[4,4]) : Real = conv 1 3x3 | relu | dense"),
    (
      "model m (x:Real[2]):Real[2]=iter{x| ! y=>y^-2}(3)",
      "model m (x : Real[2]) : Real[2] = iter { x | !y => y ^ -2 } (3)"
    ),
    // Lines
    ("\n\n  horizon 3\r\n\n\n\tdef t = true   \n\n", "horizon 3\n\ndef t = true"),
    ("def t =\ntrue", "def t =\n  true"),
    (
      "def f : Bool -o Bool =\nfun x =>\n if x then true\n else false",
      "def f : Bool -o Bool =\n  fun x =>\n  if x then true\n  else false"
    ),
    ("def r : Real[2] =\n[1,\n2]", "def r : Real[2] =\n  [1,\n   2]"),
    ("def r : Real[2] = [\n1,\n2\n]", "def r : Real[2] = [\n  1,\n  2\n]"),
    ("def t = true def u =\n  let x = true in\n      x", "def t = true def u =\n  let x = true in\n  x"),
    ("def u = let x =\ntrue in\nx", "def u = let x =\n    true in\n  x"),
    ("def u =\nlet x =\ntrue\nin x", "def u =\n  let x =\n    true\n  in x"),
    (
      "def f : Nat -o Nat = fun n => case {\n0 => 0\n| succ m =>\nm\n} (n)",
      "def f : Nat -o Nat = fun n => case {\n  0 => 0\n  | succ m =>\n    m\n} (n)"
    ),
    (
      "def f : Nat -o Nat = fun n =>\ncase { 0 => 0\n| succ m => m } (n)",
      "def f : Nat -o Nat = fun n =>\n  case { 0 => 0\n       | succ m => m } (n)"
    ),
    (
      "model m (x : Real[2]) : Real[3,2] =\nscan { x | !y =>\ny\n| nonnegative } (2)",
      "model m (x : Real[2]) : Real[3,2] =\n  scan { x | !y =>\n    y\n  | nonnegative } (2)"
    ),
    ("program p (x : Real[2]) : Real =\ndot x\n[1, 2]", "program p (x : Real[2]) : Real =\n  dot x\n    [1, 2]"),
    // Comments
    ("-- a  \ndef t = -- b\n  -- c\ntrue\n    -- d\ndef u = t", "-- a\ndef t = -- b\n  -- c\n  true\n-- d\ndef u = t"),
    ("{- a  \n    b -}  def t = {-c-}true", "{- a\n    b -} def t = {-c-} true"),
    ("horizon 3      -- aligned", "horizon 3      -- aligned"),
  ]) func rule(before: String, after: String) throws {
    #expect(try formatted(before) == after + "\n")
    #expect(try formatted(after) == after + "\n")
  }

  @Test func longLinesAreBrokenWhereItShowsBest() throws {
    let terms = (1...30).map { "x\($0)" }
    let parameters = terms.map { "\($0) : Bool" }.joined(separator: ", ")
    let text = try formatted("program p (\(parameters)) : Bool = true")
    let lines = try #require(text).split(separator: "\n")
    #expect(lines.allSatisfy { $0.count <= formattedWidth } && lines.count > 3)
    #expect(lines[1].hasPrefix("           x"), "\(lines[1])")
    let sum = try formatted("def s = \((1...60).map { "\($0) * a" }.joined(separator: " + "))")
    #expect(try #require(sum).split(separator: "\n").allSatisfy { $0.hasPrefix("def") || $0.hasPrefix("  ") })
    let word = String(repeating: "a", count: 200)
    let commented = "def f = fun (x : Bool) => x -- \(word)\n"
    #expect(try formatted(commented) == commented)
    #expect(try formatted("def f = \(word)") == "def f =\n  \(word)\n")
  }

  @Test(arguments: ["", "def", "program p (x : Bool) : Bool = (x", "def f = \u{7}", "-- nothing", "{- open"])
  func errorsGiveNoText(text: String) throws {
    var diagnostics = Diagnostics()
    #expect(try format(Source(name: "test.cajal", text: text), diagnostics: &diagnostics) == nil)
    #expect(diagnostics.hasErrors)
  }
}
