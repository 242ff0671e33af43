import CajalSyntax
import CajalTyping
import Testing

/// Well-typed data (LANGUAGE.md, section 8).
@Suite struct DataTypingTests {
  private static let types = """
    data Digit = D0 | D1 | D2  data Maybe = None | Some Nat  data Pair = Pair Bool Nat  data Op = Add | Sub
    data Word = End | Letter Bool Word  data Expr = Leaf Digit | Node Op Expr Expr  data Fun = Fun (Bool -o Real) Real[2]

    """

  @Test(arguments: [
    ("D0", "Digit"), ("Some", "Nat -o Maybe"), ("Pair true", "Nat -o Pair"), ("Letter true End", "Word"),
    ("Node Add (Leaf D0)", "Expr -o Expr"), ("fun (x : Bool) => Letter x End", "Bool -o Word"),
    ("case { D2 => 1 | D0 => 2 | D1 => 3 } (D1)", "Nat"),
    ("case { D2 => 1 | D0 => 2.5 | D1 => 3 } (D1)", "Real"),
    ("case { true => fun x => x | false => fun (y : Bool) => y } (true)", "Bool -o Bool"),
    ("case { None => 0 | Some n => succ n } (Some 3)", "Nat"),
    ("case { 0 => true | succ m => iter { false | y => y } (m) } (3)", "Bool"),
    ("case { succ m => m | 0 => 0 } ((3 : Nat[5]))", "Nat[5]"),
    ("fold { D0 => 1 | D1 => 2 | D2 => 3 } (D0)", "Nat"),
    ("fold { Letter b r => if b then r else r | End => 3 } (End)", "Nat"),
    ("fold { End => fun (x : Bool) => x | Letter b r => fun x => if b then r x else r x } (End)", "Bool -o Bool"),
    ("fold { End => End | Letter b r => Letter b r } (End)", "Word"),
    ("fold { Leaf d => d | Node op l r => case { Add => 0 | Sub => 0 } (op) } (Leaf D1)", ""),
    ("fun (s : Word) (t : Word) => fold { End => t | Letter b r => Letter b r } (s)", "Word -o Word -o Word"),
    ("iter { End | w => Letter true w } (3)", "Word"),
    ("(succ succ 3 : Nat[7])", "Nat[7]"), ("succ (3 : Nat[7])", "Nat[7]"),
    ("(widen (3 : Nat[7]) : Nat)", "Nat"), ("(widen : Nat[3] -o Nat[7])", "Nat[3] -o Nat[7]"),
    ("iter { 0 | y => succ y } ((2 : Nat[3]))", "Nat"), ("(3 : Nat[10])", "Nat"),
    ("fun (case : Bool) (fold : Bool) => if case then fold else fold", "Bool -o Bool -o Bool"),
    ("let End = true in End", "Bool"), ("let widen = fun (x : Bool) => x in widen true", "Bool"),
    ("fun (f : Fun) => case { Fun g v => scale (g true) v } (f)", "Fun -o Real[2]"),
  ])
  func infers(term: String, expected: String) {
    let outcome = checked(Self.types + "def e = \(term)")
    #expect(outcome.module?.definitions.last.map { "\($0.term.type)" } ?? "" == expected, "\(outcome.rendered)")
  }

  @Test func theExamplesOfTheLanguage() {
    let outcome = checked(
      """
      data Digit  = D0 | D1 | D2                                     -- ℝ³
      data Maybe  = None | Some Nat                                  -- ℝ ⊕ ℝ^H
      data Pair   = Pair Bool Nat                                    -- ℝ² ⊗ ℝ^H
      data Op     = Add | Sub
      data Word   = End | Letter Bool Word                           -- a list of letters
      data Expr   = Leaf Digit | Node Op Expr Expr                   -- a tree
      def not  : Bool -o Bool = fun x => if x then false else true
      def pred : Nat -o Nat = fun n => case { 0 => 0 | succ m => m } (n)
      program even (w : Word[65]) : Bool = fold { End => true | Letter b rest => if b then not rest else rest } (w)
      program automaton (w : Word[65], start : Real[8], step : Bool -o Real[8] -o Real[8], end : Real[8]) : Real =
        dot end (fold { End => start | Letter b state => step b state } (w))
      program learnt (t : Expr[64], table : Op -o Digit -o Digit -o Digit) : Digit =
        fold { Leaf d => d | Node op l r => table op l r } (t)
      """)
    #expect(outcome.diagnostics.isEmpty, "\(outcome.rendered)")
    let model = checked(
      """
      type Img = Real[28,28]
      data Images = End | Image Img Images
      def plus : Nat[37] -o Nat[10] -o Nat[37] = fun m n => iter { m | y => succ y } (n)
      net digit (x : Img) : Nat[10] = conv 8 5x5 | relu | maxpool 4 | dense | softmax
      model total (xs : Images[5]) : Nat[37] = fold { End => 0 | Image x rest => plus rest (digit x) } (xs)
      """)
    #expect(model.diagnostics.isEmpty, "\(model.rendered)")
    #expect(model.module.map { HorizonAnalysis.analyse($0)[0].drops.count } == 0)
  }

  @Test func dimensions() throws {
    let module = try #require(checked(Self.types + "horizon 7").module)
    let sizes = module.dataTypes.map { Type.data($0).dimension(horizon: 7) }
    #expect(sizes == [3, 8, 14, 2, nil, nil, 4])
    #expect(module.dataTypes.map(\.name) == ["Digit", "Maybe", "Pair", "Op", "Word", "Expr", "Fun"])
    #expect(module.dataTypes.map(\.arity) == [0, 0, 0, 0, 1, 2, 0])
    #expect(module.dataTypes.map(\.isChain) == [false, false, false, false, true, false, false])
    #expect(Type.function(.natBelow(3), .nat).dimension(horizon: 7) == 21)
  }

  /// Declared types share their parts: a chain of types that each use the last one twice is measured in linear time.
  @Test func sharedTypesTakeLinearTime() throws {
    var text = "data T0 = C0\n"
    for level in 1...2_000 { text += "data T\(level) = C\(level) T\(level - 1) T\(level - 1)\n" }
    let module = try #require(checked(text + "program p (x : T2000) : T2000 = x").module)
    #expect(module.programs[0].type.dimension(horizon: 3) == 1)
  }

  @Test func alternativesAreInTheOrderOfTheDeclaration() throws {
    let module = try #require(checked(Self.types + "def e = case { Some n => succ n | None => 7 } (None)").module)
    guard case .cases(let operand, let alternatives) = module.definitions[0].term.kind,
      case .constructor(let data, 0) = operand.kind, case .natural(7) = alternatives[0].body.kind
    else {
      Issue.record("not a case over None")
      return
    }
    #expect(data.name == "Maybe")
    #expect(alternatives.map { $0.binders.map(\.name) } == [[], ["n"]])
    let bool = try #require(checked("def e = case { false => 0 | true => 1 } (true)").module)
    guard case .cases(_, let two) = bool.definitions[0].term.kind, case .natural(1) = two[0].body.kind else {
      Issue.record("true is first")
      return
    }
  }

  @Test func aTableIsAPort() throws {
    let module = try #require(
      checked(
        Self.types + """
          type W = Word
          program p (w : W[65], b : Bool) : Bool = fold { End => b | Letter c r => if c then r else r } (w)
          program q () : Bool = p (Letter true End) false
          model m (w : Word[3], e : Bool) : Bool = p w e
          """
      ).module)
    #expect(module.programs[0].context.map(\.rows) == [65, nil])
    #expect(module.programs[0].signature == "p (w : Word[65], b : Bool) : Bool")
    #expect(module.models[0].inputs.map(\.rows) == [3, nil])
    #expect(module.models[0].judgement.context.map(\.rows) == [3, nil])
    #expect(module.definitions.map { "\($0.term.type)" } == ["Word -o Bool -o Bool"])
  }

  @Test func whatIsPrintedReadsBack() throws {
    let text =
      Self.types
        + """
        def e = fun (s : Word) (t : Word) => fold { End => t | Letter b r => Letter b r } (s)
        def f = fun (n : Nat[3]) => case { 0 => (widen n' : Nat) | succ m => widen m } (let n' = (1 : Nat[3]) in n)
        """.replacing(" (widen n' : Nat) ", with: " (3 : Nat) ").replacing("(let n' = (1 : Nat[3]) in n)", with: "(n)")
    let module = try #require(checked(text).module)
    for definition in module.definitions {
      let printed = definition.term.concreteSyntax(definitions: module.definitions)
      let again = checked(Self.types + "def e = \(printed)")
      #expect(again.module?.definitions[0].term.concreteSyntax(definitions: []) == printed, "\(again.rendered)")
    }
  }

  // MARK: Models

  private static let nets = """
    type V = Real[4]  data Vs = No | Vec V Vs  data Tree = Leaf V | Fork Tree Tree  data Box = Box V
    net f (x : V) : V = dense
    net g (x : V, y : V) : V = dense

    """

  @Test(arguments: [
    // Fields are data: nets may be applied to them, and they may be used any number of times.
    "model m (xs : Vs[5]) : V = fold { No => [0, 0, 0, 0] | Vec x rest => scale (dot x (f x)) rest } (xs)",
    "model m (xs : Vs[5]) : Real = fold { No => 0 | Vec x rest => scale (dot x (f x)) rest } (xs)",
    "model m (xs : Vs[5]) : V = fold { No => [0, 0, 0, 0] | Vec x rest => rest } (xs)",
    // A recursive binder is linear, or data where a net is applied to it.
    "model m (t : Tree[5]) : V = fold { Leaf x => f x | Fork l r => g l r } (t)",
    "model m (t : Tree[5]) : V = fold { Leaf x => f x | Fork l r => scale (dot (f l) l) r } (t)",
    "model m (t : Tree[5]) : V = fold { Leaf x => f x | Fork l r => let y = l in scale (dot (f y) y) r } (t)",
    // Sub-tables are data.
    "model m (xs : Vs[5]) : V = case { No => [0, 0, 0, 0] | Vec x rest => f x } (xs)",
    """
    model m (xs : Vs[5]) : V =
      case { No => [0, 0, 0, 0] | Vec x rest => case { No => f x | Vec y others => g x y } (rest) } (xs)
    """,
    "model m (b : Box) : V = case { Box v => v } (b)",
    "model m (xs : Vs[5], b : V) : V = fold { No => b | Vec x rest => scale (dot (g x b) b) rest } (xs)",
  ])
  func modelsOverTables(text: String) {
    let outcome = checked(Self.nets + text)
    #expect(outcome.module?.models.count == 1, "\(outcome.rendered)")
  }

  @Test(arguments: [
    ("model m (t : Tree[5]) : V = fold { Leaf x => f x | Fork l r => l } (t)", "E0102", "r"),
    ("model m (t : Tree[5]) : V = fold { Leaf x => f x | Fork l r => g l r + r } (t)", "", ""),
    ("model m (t : Tree[5]) : V = fold { Leaf x => f x | Fork l r => scale (dot (f l) r) r } (t)", "E0101", "r"),
    ("model m (b : Box) : V = case { Box v => f v } (b)", "E0211", "v"),
    ("model m (b : Box) : V = case { Box v => scale (dot v v) v } (b)", "E0101", "v"),
    ("program p (xs : Vs[5]) : V = fold { No => [0, 0, 0, 0] | Vec x rest => rest } (xs)", "E0102", "x"),
  ])
  func zones(text: String, code: String, place: String) {
    let outcome = checked(Self.nets + text)
    let codes = outcome.codes.filter { $0 != "W0504" }
    #expect(codes.first ?? "" == code, "\(outcome.rendered)")
    if !code.isEmpty { #expect(outcome.place(outcome.codes.firstIndex(of: code) ?? 0) == place) }
  }
}
