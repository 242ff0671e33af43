import CajalEvaluator
import CajalSyntax
import CajalTyping
import Diagnostics
import TestSupport
import Testing

/// LANGUAGE.md, section 8, Evaluation.
@Suite struct DataEvaluationTests {
  private static let types = """
    data Digit = D0 | D1 | D2  data Maybe = None | Some Nat  data Pair = Pair Bool Nat  data Op = Add | Sub
    data Word = End | Letter Bool Word  data Expr = Leaf Digit | Node Op Expr Expr
    data Box = Box Real | Cube Real[2] (Bool -o Bool)
    def not : Bool -o Bool = fun x => if x then false else true
    def odd : Word -o Bool = fun s => fold { End => false | Letter b r => if b then not r else r } (s)
    def append : Word -o Word -o Word = fun s t => fold { End => t | Letter b r => Letter b r } (s)
    def reverse : Word -o Word = fun s =>
      fold { End => fun (t : Word) => t | Letter b r => fun t => r (Letter b t) } (s) End
    def length : Word -o Nat = fun s => fold { End => 0 | Letter b r => if b then succ r else succ r } (s)
    def flip : Expr -o Expr = fun t => fold { Leaf d => Leaf d | Node op l r => Node op r l } (t)
    def ones : Nat -o Word = fun n => iter { End | w => Letter true w } (n)

    """

  private func module(_ text: String) throws -> TypedModule {
    let source = Source(name: "data.cajal", text: Self.types + text)
    var diagnostics = Diagnostics()
    let tree = parse(source, diagnostics: &diagnostics)
    let module = check(tree, diagnostics: &diagnostics)
    return try #require(module, "\(DiagnosticRenderer(source: source).render(diagnostics))")
  }

  private func value(_ text: String) throws -> Value {
    let module = try module("def e = \(text)")
    return try Evaluator(module: module).evaluate(#require(module.definitions.last).term)
  }

  @Test(arguments: [
    ("D1", "D1"), ("Some (succ 2)", "Some 3"), ("Pair (not true) 4", "Pair false 4"),
    ("Letter true (Letter false End)", "Letter true (Letter false End)"),
    ("Node Add (Leaf D0) (Node Sub (Leaf D1) (Leaf D2))", "Node Add (Leaf D0) (Node Sub (Leaf D1) (Leaf D2))"),
    ("Box (-0.5)", "Box (-0.5)"), ("Cube [1, -2] not", "Cube [1, -2] <function : Bool -o Bool>"),
    ("Letter", "<function : Bool -o Word -o Word>"), ("Letter true", "<function : Word -o Word>"),
    ("case { None => 0 | Some n => succ n } (Some 4)", "5"), ("case { Some n => succ n | None => 7 } (None)", "7"),
    ("case { 0 => 0 | succ m => m } (4)", "3"), ("case { succ m => m | 0 => 9 } (0)", "9"),
    ("case { false => 1 | true => 2 } (true)", "2"),
    ("case { Pair a n => if a then n else succ n } (Pair false 2)", "3"),
    ("odd (Letter true (Letter false (Letter true (Letter true End))))", "true"),
    ("append (Letter true End) (Letter false End)", "Letter true (Letter false End)"),
    ("reverse (Letter true (Letter false (Letter false End)))", "Letter false (Letter false (Letter true End))"),
    ("flip (Node Add (Leaf D0) (Node Sub (Leaf D1) (Leaf D2)))", "Node Add (Node Sub (Leaf D2) (Leaf D1)) (Leaf D0)"),
    ("length (iter { End | w => Letter true w } (5))", "5"), ("ones 3", "Letter true (Letter true (Letter true End))"),
    ("(widen (3 : Nat[5]) : Nat)", "3"),
    ("case { End => 0 | Letter b r => if b then succ (length r) else length r } (ones 4)", "4"),
  ])
  func evaluates(_ text: String, _ expected: String) throws { #expect(try value(text).description == expected) }

  @Test func whatIsPrintedReadsBack() throws {
    let module = try module("")
    func value(_ text: String) throws -> Value {
      var diagnostics = Diagnostics()
      let term = try #require(parseTerm(Source(name: "term", text: text), diagnostics: &diagnostics))
      let typed = try #require(checkClosedTerm(term, against: nil, in: module, diagnostics: &diagnostics))
      return try Evaluator(module: module).evaluate(typed)
    }
    for text in ["Box (-0.5)", "Node Add (Leaf D0) (Node Sub (Leaf D1) (Leaf D2))", "reverse (ones 7)"] {
      let printed = try value(text)
      #expect(try value(printed.description).isSame(as: printed))
    }
    #expect(try !value("ones 3").isSame(as: value("ones 4")))
    #expect(try !value("D1").isSame(as: value("None")))
    #expect(try !value("Box 2").isSame(as: value("Box 2.5")))
  }

  /// Nothing here may use the machine's stack: evaluating, printing, comparing and freeing.
  @Test func aMillionNodes() throws {
    let module = try module("program p (w : Word[3]) : Nat = length w")
    let evaluator = Evaluator(module: module)
    let type = try #require(module.dataTypes.first { $0.name == "Word" })
    func list() -> Value {
      (0..<1_000_000).reduce(Value.data(DataValue(type, 0, []))) { rest, _ in
        .data(DataValue(type, 1, [.bool(true), rest]))
      }
    }
    let (first, second) = (list(), list())
    #expect(try evaluator.evaluate(module.programs[0], values: [first]).description == "1000000")
    #expect(first.isSame(as: second))
    #expect(first.description.utf8.count == 1_000_000 * 14 + 1)
    let table = try #require(try evaluator.table(of: first, rows: 1_000_001, horizon: 3))
    #expect(table.nodes == .chain(1_000_001))
    #expect(try evaluator.table(of: first, rows: 1_000_000, horizon: 3) == nil)
  }

  /// Lists that terms build are released by a loop as well.
  @Test func longListsAreBuilt() throws {
    #expect(try value("length (reverse (ones 100000))").description == "100000")
  }

  /// Functions and data around each other.
  @Test func functionsInDataAreReleasedByALoop() throws {
    let module = try module(
      """
      data Chain = Stop | Link (Bool -o Bool) Chain
      def chain = iter { Stop | c => Link (fun x => not x) c } (200000)
      def flips = fold { Stop => true | Link f r => f r } (chain)
      """)
    let evaluator = Evaluator(module: module)
    #expect(try evaluator.evaluate(#require(module.definitions.last).term).description == "true")
  }

  // MARK: Encodings

  @Test(
    arguments: [
      ("D1", [0, 1, 0]), ("None", [1, 0, 0, 0, 0]), ("Some 2", [0, 0, 0, 1, 0]), ("Some 4", [0, 0, 0, 0, 0]),
      ("Pair false 1", [0, 0, 0, 0, 0, 1, 0, 0]), ("Box 3", [3, 0, 0, 0, 0, 0, 0, 0, 0]),
      ("Cube [2, 3] not", [0, 0, 2, 2, 0, 0, 3, 3, 0]),
    ] as [(String, [Double])])
  func encodings(_ text: String, _ expected: [Double]) throws {
    let module = try module("horizon 4 def e = \(text)")
    let term = try #require(module.definitions.last).term
    let evaluator = Evaluator(module: module)
    #expect(try evaluator.encoding(of: evaluator.evaluate(term), as: term.type, horizon: 4) == expected)
    // The oracle lays them out in the same way.
    #expect(try VectorInterpreter(module: module).evaluate(closed: term) == expected)
  }

  @Test func tables() throws {
    let module = try module(
      "def list = Letter true (Letter false End)  def tree = Node Sub (Leaf D2) (Node Add (Leaf D0) (Leaf D1))")
    let evaluator = Evaluator(module: module)
    func table(_ name: String, _ rows: Int) throws -> TableLink? {
      let term = try #require(module.definitions.first { $0.name == name }).term
      return try evaluator.table(of: evaluator.evaluate(term), rows: rows, horizon: 4)
    }
    let list = try #require(try table("list", 4))
    #expect(list.entries.values == [0, 1, 1, 0, 0, 1, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0])
    #expect(list.nodes == .chain(3))
    #expect(try table("list", 2) == nil)
    let tree = try #require(try table("tree", 5))
    #expect(tree.nodes == .tree([1, 2, -1, -1, 3, 4, -1, -1, -1, -1]))
    #expect(tree.entries.values.prefix(14) == [0, 1, 0, 0, 0, 0, 1, 1, 0, 0, 0, 1, 0, 0])
  }

  @Test func pointsOfDeclaredTypes() throws {
    let module = try module(
      """
      horizon 4
      program p (d : Digit, m : Maybe, f : Digit -o Digit, g : Pair -o Nat[3]) : Nat =
        case { D0 => case { None => widen (g (Pair true 1)) | Some n => iter { widen (g (Pair false 2)) | k => k } (n) } (m)
             | D1 => case { None => widen (g (Pair true 2)) | Some n => iter { widen (g (Pair false 3)) | k => k } (n) } (m)
             | D2 => case { None => widen (g (Pair true 3)) | Some n => iter { widen (g (Pair true 2)) | k => k } (n) } (m)
        } (f d)
      """)
    let program = module.programs[0]
    let points = ValuePoints(context: program.context, horizon: 4)
    #expect(points.sampledPorts == [2, 3])
    let evaluator = Evaluator(module: module)
    for seed in 0..<60 as Range<UInt64> {
      let point = try #require(try points.sample(seed: seed))
      let value = try evaluator.evaluate(program, values: point.values)
      let vector = try VectorInterpreter(module: module).evaluate(program, environment: point.vectors)
      #expect(try evaluator.encoding(of: value, as: program.type, horizon: 4) == vector)
    }
    #expect(ValuePoints(context: Array(program.context.prefix(2)), horizon: 4).count == 15)
  }
}
