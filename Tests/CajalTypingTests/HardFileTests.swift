import CajalSyntax
import CajalTyping
import Diagnostics
import Driver
import Testing

/// Files that are easy to write and hard for a checker that copies: where the work is exponential they take for ever.
/// How time grows is for a benchmark to show.
@Suite(.serialized) struct HardFileTests {
  private func outcome(_ text: String, strict: Bool = false) -> Outcome {
    let source = Source(name: "test.cajal", text: text)
    return withDeepStack {
      var diagnostics = Diagnostics()
      let tree = parse(source, diagnostics: &diagnostics)
      let module = check(tree, options: CheckOptions(strictLinear: strict), diagnostics: &diagnostics)
      return Outcome(source: source, module: module, diagnostics: diagnostics.items)
    }
  }

  private func expectChecked(_ text: String) -> TypedModule? {
    let outcome = outcome(text)
    #expect(outcome.module != nil, "\(outcome.rendered.prefix(2_000))")
    return outcome.module
  }

  private func chain(_ count: Int, _ first: String, _ next: (Int) -> String, _ last: String) -> String {
    ([first] + (1...count).map(next) + [last]).joined(separator: "\n")
  }

  @Test func manyDeclarations() {
    _ = expectChecked(
      chain(
        5_000, "def d0 : Bool -o Bool = fun x => if x then false else true",
        { "def d\($0) : Bool -o Bool = fun x => iter { d\($0 - 1) x | y => y } (3)" }, ""))
  }

  @Test func forwardChains() {
    let lines = (0..<5_000).map { "def d\($0) = fun (x : Bool) => d\($0 + 1) x" }
    _ = expectChecked((lines + ["def d5000 = fun (x : Bool) => x"]).joined(separator: "\n"))
  }

  @Test func aLongChainOfLets() {
    let lets = (1...4_000).map { "let x\($0) = if x\($0 - 1) then false else true in" }.joined(separator: "\n")
    _ = expectChecked("program p (x0 : Bool) : Bool = \(lets) x4000")
    // The same around a step that captures: every binder is evaluated.
    let iterated = "iter { true | y => if x4000 then y else y } (3)"
    let module = expectChecked("program p (x0 : Bool) : Bool = \(lets) \(iterated)")
    #expect(module?.programs[0].degrees == [Degree(bound: 9, isLinear: false)])
  }

  @Test func longAndDeepModels() {
    let nets =
      "type V = Real[2]\nnet f (x : V) : V = dense\nnet g (x : V, y : V) : V = dense\nnet n (x : V) : Nat = dense\n"
    func repeated(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }
    for body in [
      repeated("f (", 4_000) + "x" + repeated(")", 4_000),
      repeated("let x = f x in ", 8_000) + "x",
      repeated("let x = g x x in ", 8_000) + "x",
      "f " + repeated("(let x = f ", 4_000) + "x" + repeated(" in x)", 4_000),
      repeated("iter { x | y => let x = f y in ", 1_500) + "x" + repeated(" } (n x)", 1_500),
      repeated("iter { x | y => let z = g x y in let x = g z z in ", 1_500) + "g x x" + repeated(" } (n x)", 1_500),
      "f (" + repeated("(", 4_000) + "x" + repeated(" : V)", 4_000) + ")",
    ] { _ = expectChecked("\(nets)model m (x : V) : V = \(body)") }
    let wide = "net h (\((0..<3_000).map { "x\($0) : V" }.joined(separator: ", "))) : V = dense\n"
    _ = expectChecked("\(nets)\(wide)model m (x : V) : V = h\(repeated(" (f x)", 3_000))")
    let many = (0..<2_000).map { "net h\($0) (x : V) : V = \(repeated("dense 3 | relu | ", 20)) dense\n" }.joined()
    _ = expectChecked("\(nets)\(many)model m (x : V) : V = \((0..<2_000).map { "h\($0) x" }.joined(separator: " + "))")
  }

  @Test func manyVariablesInNestedBranches() {
    // Each level adds a variable to all branches above it.
    let count = 150
    let parameters = (0...count).map { "x\($0) : Bool" }.joined(separator: ", ")
    var body = "x0"
    for i in 1...count { body = "if x\(i) then (\(body)) else (\(body.count < 2_000 ? body : chained(i)))" }
    _ = expectChecked("program p (\(parameters)) : Bool = \(body)")
  }

  /// A term that uses x0 … x_{i-1} once each.
  private func chained(_ i: Int) -> String {
    var term = "x0"
    for k in 1..<i { term = "iter { \(term) | y => y } (if x\(k) then 1 else 2)" }
    return term
  }

  @Test func deepTerms() {
    let depth = 4_900
    let around = { (core: String) in
      String(repeating: "if (", count: depth) + core + String(repeating: ") then false else true", count: depth)
    }
    _ = expectChecked("program p (x : Bool) : Bool = \(around("x"))")
    let iterated = expectChecked(
      "program p (x : Bool) : Bool = \(around("iter { true | y => if x then y else y } (3)"))")
    #expect(iterated?.programs[0].degrees == [Degree(bound: 9, isLinear: false)])
  }

  // MARK: Definitions that each use the last one twice

  @Test func doublingAtFirstOrder() {
    let module = expectChecked(
      chain(
        60, "def d0 = fun (x : Bool) => iter { true | y => if x then y else y } (3)",
        { "def d\($0) = fun (x : Bool) => d\($0 - 1) (d\($0 - 1) x)" },
        "program p (x : Bool) : Bool = d60 x"))
    #expect(module?.programs[0].degrees == [Degree(bound: .max, isLinear: false)])
    let linear = expectChecked(
      chain(
        60, "def d0 = fun (x : Bool) => if x then false else true",
        { "def d\($0) = fun (x : Bool) => d\($0 - 1) (d\($0 - 1) x)" },
        "program p (x : Bool) : Bool = d60 x"))
    #expect(linear?.programs[0].degrees == [Degree(bound: 1, isLinear: true)])
  }

  @Test func doublingAtSecondOrder() {
    let next = { (i: Int) in "def d\(i) = fun (g : Bool -o Bool) => d\(i - 1) (d\(i - 1) g)" }
    let linear = expectChecked(
      chain(
        60, "def d0 = fun (g : Bool -o Bool) (x : Bool) => g x", next,
        "program p (h : Bool -o Bool, x : Bool) : Bool = d60 h x"))
    #expect(linear?.programs[0].degrees == Array(repeating: Degree(bound: 1, isLinear: true), count: 2))
    let iterated = expectChecked(
      chain(
        60, "def d0 = fun (g : Bool -o Bool) (x : Bool) => iter { x | y => g y } (3)", next,
        "program p (h : Bool -o Bool, x : Bool) : Bool = d60 h x"))
    #expect(iterated?.programs[0].degrees == [Degree(bound: .max, isLinear: false), Degree(bound: 1, isLinear: true)])
    // Applied to a function that is not linear.
    let applied = expectChecked(
      chain(
        60, "def d0 = fun (g : Bool -o Bool) (x : Bool) => g x", next,
        "program p (x : Bool) : Bool = d60 (fun z => iter { true | w => if z then w else w } (3)) x"))
    #expect(applied?.programs[0].degrees == [Degree(bound: 9, isLinear: false)])
  }

  @Test func doublingAtThirdOrder() {
    let function = "(Bool -o Bool) -o Bool -o Bool"
    let module = expectChecked(
      chain(
        60, "def d0 = fun (f : \(function)) (g : Bool -o Bool) => f (fun x => g x)",
        { "def d\($0) = fun (f : \(function)) => d\($0 - 1) (d\($0 - 1) f)" },
        "program p (h : Bool -o Bool, x : Bool) : Bool = d60 (fun g y => g y) h x"))
    #expect(module?.programs[0].degrees == Array(repeating: Degree(bound: 1, isLinear: true), count: 2))
  }

  @Test func whatIsTooMuchWorkIsCalledUnknown() {
    // The functions' arguments are functions of functions, and not linear: nothing is remembered about them.
    let function = "(Bool -o Bool) -o Bool -o Bool"
    let module = expectChecked(
      chain(
        60, "def d0 = fun (f : \(function)) (g : Bool -o Bool) => f (fun x => iter { x | y => g y } (3))",
        { "def d\($0) = fun (f : \(function)) (g : Bool -o Bool) => d\($0 - 1) (d\($0 - 1) f) g" },
        "program p (h : Bool -o Bool, x : Bool) : Bool = d60 (fun g y => g y) h x"))
    #expect(module?.programs[0].degrees[0] == Degree(bound: .max, isLinear: false))
  }

  @Test func nestedLetsThatBranch() {
    let module = expectChecked(
      "program p (x : Bool) : Bool = let f0 = fun (z : Bool) => iter { true | w => if z then w else w } (3) in\n"
        + (1...40).map { "let f\($0) = fun (z : Bool) => if z then f\($0 - 1) true else f\($0 - 1) false in" }
        .joined(separator: "\n") + " f40 x")
    #expect(module?.programs[0].degrees == [Degree(bound: 1, isLinear: true)])
  }

  @Test func manyErrors() {
    let text = (0..<5_000).map { "def d\($0) : Bool = unknown\($0)" }.joined(separator: "\n")
    let outcome = outcome(text)
    #expect(outcome.module == nil)
  }

  @Test func aLongCycle() {
    let text = (0..<5_000).map { "def d\($0) = d\(($0 + 1) % 5_000)" }.joined(separator: "\n")
    let outcome = outcome(text)
    #expect(outcome.codes == ["E0305"])
  }

  @Test func aLongChainOfAliases() {
    let text = (0..<5_000).map { "type T\($0) = T\($0 + 1)" }.joined(separator: "\n")
    _ = expectChecked(text + "\ntype T5000 = Bool\ndef e : T0 = true")
  }
}
