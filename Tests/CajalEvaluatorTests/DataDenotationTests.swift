import CajalEvaluator
import CajalSyntax
import CajalTyping
import Diagnostics
import TestSupport
import Testing

/// LANGUAGE.md, section 8, Denotation, against values and numbers worked out by hand.
@Suite struct DataDenotationTests {
  private static let types = """
    data Digit = D0 | D1 | D2  data Maybe = None | Some Nat  data Pair = Pair Bool Nat  data Op = Add | Sub
    data Word = End | Letter Bool Word  data Expr = Leaf Digit | Node Op Expr Expr  data Box = Box Real
    data Reals = Nil | Cons Real Reals  data Tree = Tip Real | Fork Tree Tree
    def not : Bool -o Bool = fun x => if x then false else true
    def odd : Word -o Bool = fun s => fold { End => false | Letter b r => if b then not r else r } (s)
    def append : Word -o Word -o Word = fun s t => fold { End => t | Letter b r => Letter b r } (s)
    def reverse : Word -o Word = fun s =>
      fold { End => fun (t : Word) => t | Letter b r => fun t => r (Letter b t) } (s) End

    """

  private func module(_ text: String) throws -> TypedModule {
    let source = Source(name: "data.cajal", text: Self.types + text)
    var diagnostics = Diagnostics()
    let tree = parse(source, diagnostics: &diagnostics)
    let module = check(tree, diagnostics: &diagnostics)
    return try #require(module, "\(DiagnosticRenderer(source: source).render(diagnostics))")
  }

  private func value(_ text: String, _ links: [VectorInterpreter.Link]) throws -> [Double] {
    try duals(text, links).values
  }

  private func duals(_ text: String, _ links: [VectorInterpreter.Link]) throws -> [Dual] {
    let module = try module(text)
    return try VectorInterpreter(module: module).evaluate(#require(module.programs.last), links: links)
  }

  private func vector(_ entries: Double...) -> VectorInterpreter.Link { .vector([Dual](entries)) }

  // MARK: Types with a dimension

  @Test func caseAppliesALinearMapToEachSummand() throws {
    // None ↦ 1, Some n ↦ n + 1.
    let text = "horizon 4 program p (m : Maybe) : Nat = case { None => 1 | Some n => succ n } (m)"
    #expect(try value(text, [vector(2, 3, 5, 7, 11)]) == [0, 5, 5, 7])
    let pair = "horizon 3 program p (x : Pair) : Nat = case { Pair b n => if b then n else succ n } (x)"
    #expect(try value(pair, [vector(1, 2, 3, 10, 20, 30)]) == [1, 12, 23])
  }

  @Test func caseOfANatural() throws {
    let text = "horizon 4 program p (n : Nat, a : Nat) : Nat = case { 0 => a | succ m => iter { m | k => k } (a) } (n)"
    #expect(try value(text, [vector(2, 3, 5, 7), vector(1, 0, 0, 0)]) == [5, 5, 7, 0])
  }

  /// What an alternative is on the basis decides: `case { Box b => s } (Box x)` is not s at x.
  @Test func whatIsNotLinearHasALinearExtension() throws {
    let square = """
      horizon 3
      program p (b : Op, c : Bool) : Bool =
        case { Add => c | Sub => not c } (b)
      """
    #expect(try value(square, [vector(2, 3), vector(5, 7)]) == [31, 29])
    // The binder is used once a round: not linear in it, and extended from its values true and false.
    let extended = """
      horizon 3
      data Flag = Flag Bool
      program p (f : Flag) : Bool = case { Flag b => iter { true | y => if b then not y else y } (2) } (f)
      """
    #expect(try value(extended, [vector(2, 3)]) == [5, 0])
  }

  @Test func whatHasNoExtensionIsAnError() throws {
    let text = """
      program p (b : Box) : Real = case { Box x => iter { 1 | y => scale x y } (2) } (b)
      """
    #expect(throws: InterpretationError.self) { try value(text, [vector(2)]) }
  }

  // MARK: Tables

  private func chain(_ rows: [[Double]], _ count: Int? = nil) -> VectorInterpreter.Link {
    .table(TableLink(entries: rows.flatMap { $0 }, nodes: .chain(count ?? rows.count)))
  }

  @Test func aRowIsAWeightedSum() throws {
    // V_i = nil_i · 1 + cons_i · (x_i · V_{i+1})
    let text = "program p (xs : Reals[3]) : Real = fold { Nil => 1 | Cons x r => scale x r } (xs)"
    #expect(try value(text, [chain([[0, 1, 5], [0, 1, 7], [1, 0, 9]])]) == [35])
    #expect(try value(text, [chain([[2, 3, 5], [4, 6, 7], [8, 10, 11]])]) == [5_102])
    // Rows that do not count, and the terms that miss them, are left out.
    #expect(try value(text, [chain([[2, 3, 5], [4, 6, 7], [.nan, .nan, .nan]], 2)]) == [62])
    #expect(try value(text, [chain([[2, 3, 5], [4, 6, 7], [8, 10, 11]], 0)]) == [0])
    // A term of weight 0 need not be finite.
    #expect(try value(text, [chain([[2, 0, .infinity], [4, 6, 7], [8, 10, 11]])]) == [2])
  }

  @Test func rowsMayHaveSeveralParents() throws {
    let text = "program p (t : Tree[4]) : Real = fold { Tip x => x | Fork l r => l + r } (t)".replacing(
      "l + r", with: "scale l r")
    let entries: [Double] = [0, 1, 9, 0, 1, 9, 1, 0, 3, 2, 0, 5]
    let shared = TableLink(entries: entries, nodes: .tree([1, 1, 2, 3, -1, -1, -1, -1]))
    #expect(try value(text, [.table(shared)]) == [900])
    let missing = TableLink(entries: entries, nodes: .tree([1, -1, 2, 3, -1, -1, -1, -1]))
    #expect(try value(text, [.table(missing)]) == [0])
  }

  @Test func tablesThatDoNotFit() throws {
    let chains = "program p (xs : Reals[2]) : Real = fold { Nil => 1 | Cons x r => scale x r } (xs)"
    let trees = "program p (t : Tree[2]) : Real = fold { Tip x => x | Fork l r => scale l r } (t)"
    let six = [Double](repeating: 1, count: 6)
    func isRefused(_ text: String, _ entries: [Double], _ nodes: TableLink.Nodes) {
      let link = TableLink(entries: entries, nodes: nodes)
      #expect(throws: InterpretationError.self) { try value(text, [.table(link)]) }
    }
    isRefused(chains, six, .chain(3))
    isRefused(chains, six, .chain(-1))
    isRefused(chains, [1, 2], .chain(1))
    isRefused(chains, six, .tree([-1, -1]))
    isRefused(trees, six, .tree([0, -1, -1, -1]))
    isRefused(trees, six, .tree([2, -1, -1, -1]))
    isRefused(trees, six, .tree([-2, -1, -1, -1]))
    isRefused(trees, six, .tree([-1, -1]))
    #expect(throws: InterpretationError.self) { try value(chains, [vector(1)]) }
  }

  @Test func derivatives() throws {
    let text = "program p (xs : Reals[2]) : Real = fold { Nil => 1 | Cons x r => scale x r } (xs)"
    func derivative(_ entries: [Double], _ position: Int) throws -> Double {
      let direction = entries.indices.map { $0 == position ? 1.0 : 0 }
      let link = TableLink(entries: [Dual](entries, direction: direction), nodes: .chain(2))
      return try duals(text, [.table(link)])[0].tangent
    }
    // 2 + 3·5·(4 + 0)
    let entries: [Double] = [2, 3, 5, 4, 6, 7]
    #expect(try (0..<6).map { try derivative(entries, $0) } == [1, 20, 12, 15, 0, 0])
    // Of a term that is left out, only the weight has a gradient.
    #expect(try (0..<6).map { try derivative([2, 0, 5, 4, 6, 7], $0) } == [1, 20, 0, 0, 0, 0])
  }

  @Test func casesLookAtTheRoot() throws {
    let text = """
      def product : Reals -o Real = fun xs => fold { Nil => 1 | Cons x r => scale x r } (xs)
      program p (xs : Reals[3]) : Real = case { Nil => 100 | Cons x r => x * product r } (xs)
      """.replacing("x * product r", with: "scale x (2 * product r)")
    #expect(try value(text, [chain([[2, 3, 5], [4, 6, 7], [8, 10, 11]])]) == [10_400])
    #expect(try value(text, [chain([[2, 3, 5], [4, 6, 7], [8, 10, 11]], 1)]) == [200])
  }

  @Test func aFunctionIsItsMatrix() throws {
    let text = """
      program p (w : Word[3], x : Bool) : Bool =
        fold { End => fun (y : Bool) => y | Letter b r => fun y => if b then r (not y) else r y } (w) x
      """
    let word = chain([[0, 1, 1, 0], [0, 1, 0, 1], [1, 0, 0, 0]])
    #expect(try value(text, [word, vector(2, 3)]) == [3, 2])
  }

  /// A sum stays where it stands: under an alternative that is not linear in it, the sum of two data is not the sum of
  /// what is built of them.
  @Test func aSumStaysWhereItStands() throws {
    let fold = "fold { End => x | Letter b r => iter { b | y => if r then y else not y } (2) }"
    let inside = "program p (c : Bool, x : Bool) : Bool = \(fold) (Letter true (if c then End else Letter true End))"
    let outside =
      "program p (c : Bool, x : Bool) : Bool = \(fold) (if c then Letter true End else Letter true (Letter true End))"
    let links = [vector(0.5, 0.5), vector(0.75, 0.25)]
    #expect(try value(inside, links) != value(outside, links))
    #expect(try value(inside, [vector(1, 0), vector(1, 0)]) == value(outside, [vector(1, 0), vector(1, 0)]))
  }

  // MARK: Theorem 2

  private static let programs = [
    "program p (w : Word[9]) : Bool = odd w",
    "program p (v : Word[9], w : Word[9]) : Bool = odd (append v (reverse w))",
    "program p (w : Word[9]) : Nat = fold { End => 0 | Letter b r => if b then succ r else r } (reverse w)",
    "program p (w : Word[9]) : Bool = case { End => true | Letter b r => if b then odd r else not (odd r) } (w)",
    """
    program p (w : Word[9]) : Pair =
      fold { End => Pair true 0
           | Letter b r => case { Pair c n => if b then Pair (not c) n else Pair c (succ n) } (r) } (w)
    """,
    """
    def next : Digit -o Digit = fun d => case { D0 => D1 | D1 => D2 | D2 => D0 } (d)
    def plus : Digit -o Digit -o Digit = fun d e => case { D0 => e | D1 => next e | D2 => next (next e) } (d)
    program p (t : Expr[15]) : Digit =
      fold { Leaf d => d | Node op l r => case { Add => plus l r | Sub => plus l (next r) } (op) } (t)
    """,
    """
    def pred : Nat -o Nat = fun n => case { 0 => 0 | succ m => m } (n)
    program p (t : Expr[15]) : Nat =
      fold { Leaf d => case { D0 => 0 | D1 => 1 | D2 => 2 } (d)
           | Node op l r => case { Add => iter { l | y => succ y } (r) | Sub => iter { l | y => pred y } (r) } (op) } (t)
    """,
    "program p (w : Word[9], n : Nat) : Bool = odd (iter { w | v => Letter true v } (n))",
  ]

  /// Over encodings of values the result is the encoding of what evaluation gives.
  @Test(arguments: programs) func evaluationAgrees(text: String) throws {
    let module = try module("horizon 24 " + text)
    let program = try #require(module.programs.last)
    let evaluator = Evaluator(module: module)
    var random = SplitMix64(seed: 7)
    for _ in 0..<12 {
      var values: [Value] = []
      var links: [VectorInterpreter.Link] = []
      for port in program.context {
        if let data = port.variable.type.asRecursive, let rows = port.rows {
          let value = self.value(of: data, depth: 3, &random)
          values.append(value)
          links.append(.table(try #require(try evaluator.table(of: value, rows: rows, horizon: 24))))
        } else {
          values.append(.natural(3))
          links.append(.vector([Dual](try #require(Value.natural(3).encoding(as: .nat, horizon: 24)))))
        }
      }
      let value = try evaluator.evaluate(program, values: values)
      let expected = try #require(try evaluator.encoding(of: value, as: program.type, horizon: 24))
      #expect(try VectorInterpreter(module: module).evaluate(program, links: links).values == expected)
    }
  }

  private func value(of data: DataType, depth: Int, _ random: inout SplitMix64) -> Value {
    let candidates = data.constructors.indices.filter { depth > 0 || data.constructors[$0].arity == 0 }
    let index = candidates[random.next(below: candidates.count)]
    let fields = data.constructors[index].fields.map { field -> Value in
      switch field {
      case .recursive: value(of: data, depth: depth - 1, &random)
      case .other(.data(let other)): value(of: other, depth: 0, &random)
      case .other: .bool(random.next(below: 2) == 0)
      }
    }
    return .data(DataValue(data, index, fields))
  }

  @Test func longTablesDoNotUseTheStack() throws {
    let rows = 20_000
    let text = "program p (w : Word[\(rows)]) : Bool = odd w"
    var entries = [Double](repeating: 0, count: rows * 4)
    for row in 0..<rows {
      entries[row * 4 + (row == rows - 1 ? 0 : 1)] = 1
      entries[row * 4 + 2] = 1
    }
    let link = TableLink(entries: entries, nodes: .chain(rows))
    #expect(try value(text, [.table(link)]) == (rows % 2 == 0 ? [1, 0] : [0, 1]))
  }
}
