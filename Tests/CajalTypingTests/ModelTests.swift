import CajalSyntax
import CajalTyping
import Diagnostics
import Testing

/// The two zones of a model (LANGUAGE.md, section 6).
@Suite struct ModelTests {
  private static let nets = """
    type V = Real[9]
    net f (x : V) : V = dense
    net g (x : V, y : V) : V = dense
    net k (x : V) : Real[3] = dense
    net count (x : V) : Nat = dense
    net even (x : V) : Bool = dense
    net map (x : V) : Real[9] -o Real[9] = dense
    def double : V -o V = fun x => 2 * x
    program mix (a : V, b : V) : V = scale (dot a [1, 0, 0, 0, 0, 0, 0, 0, 0]) b

    """

  private static func outcome(_ model: String, horizon: Int? = nil, strict: Bool = false) -> Outcome {
    let outcome = checked(nets + model, horizon: horizon, strict: strict)
    // No model applies all of these nets.
    return Outcome(
      source: outcome.source, module: outcome.module, diagnostics: outcome.diagnostics.filter { $0.code != .unused })
  }

  private func model(_ text: String) throws -> (model: LinkedModel, module: TypedModule) {
    let outcome = Self.outcome(text)
    guard let module = outcome.module, let model = module.models.first else {
      throw NoModel(messages: outcome.rendered)
    }
    return (model, module)
  }

  /// The links as `name = datum`, and the judgement's term.
  private func elaborated(_ text: String) throws -> (links: [String], term: String) {
    let (model, module) = try model(text)
    let printer = JudgementPrinter(module)
    for (link, port) in zip(model.links, model.judgement.context) { #expect(link.variable === port.variable) }
    #expect(model.links.count == model.judgement.context.count)
    return (
      model.links.map { "\($0.variable.name) = \(printer.text(of: $0.datum))" },
      model.judgement.term.concreteSyntax(definitions: module.definitions, nets: module.nets)
    )
  }

  private struct NoModel: Error { let messages: String }

  // MARK: Data

  struct Case: Sendable, CustomTestStringConvertible {
    let text: String
    let links: [String]
    let term: String
    var testDescription: String { text }
  }

  @Test(arguments: [
    Case(text: "model m (x : V) : V = x", links: ["x = x"], term: "x"),
    Case(text: "model m (x : V) : V = [1, 2, 3, 4, 5, 6, 7, 8, 9]", links: [], term: "[1, 2, 3, 4, 5, 6, 7, 8, 9]"),
    Case(text: "model m (x : V, y : V) : V = f x", links: ["f = f x"], term: "f"),
    Case(text: "model m (x : V) : V = f (f x) + x", links: ["f = f (f x)", "x = x"], term: "f + x"),
    // Equal applications are one, through lets and parentheses and types as well.
    Case(text: "model m (x : V) : V = f x + f x", links: ["f = f x"], term: "f + f"),
    Case(text: "model m (x : V) : V = f x + (f (x : V))", links: ["f = f x"], term: "f + f"),
    Case(text: "model m (x : V) : V = let y = f x in y + f x", links: ["f = f x"], term: "f + f"),
    Case(text: "model m (x : V) : V = let y = x in f y + f x", links: ["f = f x"], term: "f + f"),
    Case(
      text: "model m (x : V) : V = let y = (let z = f x in f z) in y + f (f x)", links: ["f = f (f x)"], term: "f + f"),
    Case(text: "model m (x : V) : V = f (let y = f x in y) + f (f x)", links: ["f = f (f x)"], term: "f + f"),
    // Different ones are not.
    Case(
      text: "model m (x : V, y : V) : V = f x + f y + g x y + g y x",
      links: ["f = f x", "f2 = f y", "g = g x y", "g2 = g y x"],
      term: "f + f2 + g + g2"),
    Case(
      text: "model m (x : V, f2 : V) : V = f x + f f2 + f2", links: ["f = f x", "f3 = f f2", "f2 = f2"],
      term: "f + f3 + f2"),
    // Names are resolved, not compared.
    Case(
      text: "model m (x : V, y : V) : V = let y = x in let x = f y in g x y", links: ["g = g (f x) x"], term: "g"),
    // Unused data, and data that are let and not used.
    Case(text: "model m (x : V, y : Nat) : V = let z = f x in x", links: ["x = x"], term: "x"),
    // Data are used as linear variables are: in steps, as functions, as conditions, as arguments.
    Case(
      text: "model m (x : V) : V = iter { x | y => mix y (f x) } (count x)",
      links: ["x = x", "f = f x", "count = count x"], term: "iter { x | y => mix y f } (count)"),
    Case(
      text: "model m (x : V) : V = if even x then x else f x", links: ["even = even x", "x = x", "f = f x"],
      term: "if even then x else f"),
    Case(text: "model m (x : V) : V = map x (map x x)", links: ["map = map x", "x = x"], term: "map (map x)"),
    Case(text: "model m (x : V, h : V -o V) : V = h (h x)", links: ["h = h", "x = x"], term: "h (h x)"),
    Case(text: "model m (n : Nat) : Nat = succ n", links: ["n = n"], term: "succ n"),
    Case(text: "model m (x : V) : V = double (f x)", links: ["f = f x"], term: "double f"),
    // The linear zone is as it was.
    Case(
      text: "model m (x : V) : V = let z = 2 * x in (fun (w : V) => mix w (f x)) z",
      links: ["x = x", "f = f x"], term: "let z = 2 * x in let w = z in mix w f"),
    // A name for a datum in the linear zone hides an outer one, and does not have to be used.
    Case(text: "model m (x : V) : V = (fun (y : V) => let z = x in y) x", links: ["x = x"], term: "let y = x in y"),
    Case(text: "model m (f : V) : V = f", links: ["f = f"], term: "f"),
  ])
  func elaboration(item: Case) throws {
    // Sums need the same variables on both sides; data are not counted.
    let (links, term) = try elaborated(item.text)
    #expect(links == item.links)
    #expect(term == item.term)
  }

  @Test func inputsAreAllThere() throws {
    let (model, _) = try model("model m (x : V within l2 3, n : Nat, unused : Bool) : V = f x")
    #expect(model.inputs.map(\.variable.name) == ["x", "n", "unused"])
    #expect(model.inputs.map(\.bound) == [Bound(norm: .l2, radius: 3), nil, nil])
    #expect(model.signature == "m (x : Real[9] within l2 3.0, n : Nat, unused : Bool) : Real[9]")
    #expect(model.judgement.context.allSatisfy { $0.bound == nil })
    #expect(model.nets == [0])
  }

  @Test func equalDataAreOneObject() throws {
    let (model, _) = try model("model m (x : V) : V = let a = f x in g a (f x) + g (f a) a")
    guard case .network(1, let first) = model.links[0].datum.kind,
      case .network(1, let second) = model.links[1].datum.kind,
      case .network(0, let inner) = second[0].kind
    else {
      Issue.record("not the nets that were written")
      return
    }
    #expect(first[0] === first[1] && first[0] === second[1] && inner[0] === first[0])
  }

  @Test func sharedDataDoNotGrow() throws {
    // The tree has 2^200 leaves.
    let lets = (1...200).map { "let x\($0) = g x\($0 - 1) x\($0 - 1) in " }.joined()
    let (model, module) = try model("model m (x0 : V) : V = \(lets) x200 + x200")
    #expect(model.links.count == 1 && model.nets == [1])
    #expect(JudgementPrinter(module).describe(model).joined().count < 1_000)
    #expect(JudgementPrinter(module).print().count < 10_000)
  }

  @Test func deepDataAreRefused() {
    let chain = String(repeating: "f (", count: 200) + "x" + String(repeating: ")", count: 200)
    let lets = String(repeating: "let x = \(chain) in ", count: 60)
    #expect(Self.outcome("model m (x : V) : V = \(lets) x").codes == ["E0006"])
  }

  // MARK: Nets on the state

  @Test(arguments: [
    Case(
      text: "model m (x : V) : V = iter { x | y => mix (f y) y } (count x)", links: ["x = x", "count = count x"],
      term: "iter { x | !y => mix (f y) y } (count)"),
    Case(
      text: "model m (x : V) : V = iter { x | y => g x y } (count x)", links: ["x = x", "count = count x"],
      term: "iter { x | !y => g x y } (count)"),
    Case(
      text: "model m (x : V) : V = iter { x | y => g (f x) (f y) + f x } (count x)",
      links: ["x = x", "f = f x", "count = count x"], term: "iter { x | !y => g f (f y) + f } (count)"),
    // By way of lets; these stay.
    Case(
      text: "model m (x : V) : V = iter { x | y => let z = y in f z + z + y } (count x)",
      links: ["x = x", "count = count x"], term: "iter { x | !y => f y + y + y } (count)"),
    Case(
      text: "model m (x : V) : V = iter { x | y => let z = f y in z + z } (count x)",
      links: ["x = x", "count = count x"], term: "iter { x | !y => let z = f y in z + z } (count)"),
    Case(
      text: "model m (x : V) : V = iter { x | y => let z = f y in let w = g z x in w + g w z + x } (count x)",
      links: ["x = x", "count = count x"],
      term: "iter { x | !y => let z = f y in let w = g z x in w + g w z + x } (count)"),
    Case(
      text: "model m (x : V) : V = iter { x | y => f (let z = f y in g z z) } (count x)",
      links: ["x = x", "count = count x"], term: "iter { x | !y => f (let z = f y in g z z) } (count)"),
    // On some paths only, or not used beside.
    Case(
      text: "model m (x : V) : V = iter { x | y => if even y then y else x } (count x)",
      links: ["x = x", "count = count x"], term: "iter { x | !y => if even y then y else x } (count)"),
    // The state of an outer iteration, in an inner step.
    Case(
      text: "model m (x : V) : V = iter { x | y => iter { y | z => mix (f y) z } (count y) } (count x)",
      links: ["x = x", "count = count x"],
      term: "iter { x | !y => iter { y | z => mix (f y) z } (count y) } (count)"),
    Case(
      text: "model m (x : V) : V = iter { x | y => iter { y | z => g y z } (count y) } (count x)",
      links: ["x = x", "count = count x"], term: "iter { x | !y => iter { y | !z => g y z } (count y) } (count)"),
    // The result of a net on the state is applied.
    Case(
      text: "model m (x : V) : V = iter { x | y => map y (map x y) } (count x)",
      links: ["x = x", "map = map x", "count = count x"], term: "iter { x | !y => map y (map y) } (count)"),
    // A state that hides the name of another.
    Case(
      text: "model m (y : V) : V = iter { y | y => f y } (count y)", links: ["y = y", "count = count y"],
      term: "iter { y | !y => f y } (count)"),
  ])
  func netsOnTheState(item: Case) throws { try elaboration(item: item) }

  @Test func onlyStatesOfNetsAreData() throws {
    let (model, _) = try model(
      "model m (x : V) : V = iter { iter { x | a => mix a (f x) } (count x) | b => iter { f b | c => mix c b } (3) } (count x)"
    )
    #expect(model.dataStates.map(\.name) == ["b"])
  }

  @Test func netsOnTheStateAreNotLinear() throws {
    let text = "model m (x : V, z : V) : V = iter { x | y => mix (f y) z } (count x)"
    let (model, module) = try model(text)
    #expect(module.degree(ofBinder: model.dataStates[0]) == Degree(bound: .max, isLinear: false))
    let degrees = Dictionary(uniqueKeysWithValues: zip(model.links.map(\.variable.name), model.judgement.degrees))
    #expect(degrees["x"] == Degree(bound: .max, isLinear: false))
    // Only what comes through the state is lost.
    #expect(degrees["count"] == Degree(bound: 1, isLinear: true))
    #expect(JudgementPrinter(module).describe(model).contains { $0.hasPrefix("nonlinear in y : Real[9]") })
    #expect(Self.outcome(text, strict: true).codes == ["E0106"])
  }

  /// In parts of a sum the largest degree counts, by way of `let` too.
  @Test func aStateIsAffineByWayOfLet() throws {
    for step in ["y + [0, l]", "[l, l] + y - 2 * [0, l]", "let k = 3 * l in y + [k, 0]"] {
      let text = "model m (x : Real[2]) : Real[3,2] = scan { x | !y => let l = 0.5 * entry 0 y in \(step) } (2)"
      let (model, module) = try model(text)
      #expect(JudgementPrinter(module).describe(model).contains { $0.hasPrefix("affine in y") }, "\(step)")
      #expect(model.judgement.degrees.map(\.bound) == [1], "\(step)")
    }
    let product = "model m (x : Real[2]) : Real[3,2] = scan { x | !y => let l = entry 0 y in scale l y } (2)"
    let (model, module) = try model(product)
    #expect(JudgementPrinter(module).describe(model).contains { $0.hasPrefix("nonlinear in y") })
    #expect(model.judgement.degrees.map(\.bound) == [4])
  }

  @Test func degreesCountEveryUse() throws {
    func degrees(_ text: String) throws -> [Degree] { try model(text).model.judgement.degrees }
    #expect(
      try degrees("model m (x : V) : V = scale (dot (f x) x) x") == [
        Degree(bound: 1, isLinear: true), Degree(bound: 2, isLinear: false),
      ])
    #expect(try degrees("model m (x : V) : V = x + x") == [Degree(bound: 1, isLinear: true)])
    #expect(try degrees("model m (x : V) : V = let y = x in mix y x") == [Degree(bound: 2, isLinear: false)])
    #expect(
      try degrees("model m (x : V) : V = iter { x | y => scale (dot (f x) y) x } (3)") == [
        Degree(bound: 10, isLinear: false), Degree(bound: 9, isLinear: false),
      ])
    #expect(Self.outcome("model m (x : V) : V = scale (dot (f x) x) x", strict: true).codes == [])
  }

  // MARK: Errors

  struct Wrong: Sendable, CustomTestStringConvertible {
    let text: String
    let code: String
    let place: String
    var testDescription: String { "\(code): \(text)" }
  }

  @Test(arguments: [
    // Not data.
    Wrong(text: "model m (x : V) : V = (fun (y : V) => f y) x", code: "E0211", place: "y"),
    Wrong(text: "model m (x : V) : V = (fun (y : V) => f (2 * y)) x", code: "E0211", place: "2 * y"),
    Wrong(text: "model m (x : V) : V = (fun (y : V) => let z = double y in f z) x", code: "E0211", place: "z"),
    Wrong(text: "model m (x : V) : V = (fun (y : V) => f (let z = 2 * y in z)) x", code: "E0211", place: "z"),
    Wrong(
      text: "model m (x : V) : V = (fun (y : V) => f (iter { y | z => z } (3))) x", code: "E0211",
      place: "iter { y | z => z } (3)"),
    Wrong(text: "model m (x : V) : V = (fun (y : V) => f (map x y)) x", code: "E0211", place: "map x y"),
    Wrong(text: "model m (x : V) : V = f (fun y => y)", code: "E0201", place: "fun y => y"),
    // Computed from data alone.
    Wrong(text: "model m (x : V) : V = f (2 * x)", code: "", place: ""),
    Wrong(text: "model m (x : V) : V = f (if even x then x else x)", code: "", place: ""),
    Wrong(text: "model m (x : V) : V = let y = 2 * x in f y", code: "", place: ""),
    Wrong(text: "model m (x : V) : V = f (let y = 2 * x in y)", code: "", place: ""),
    Wrong(text: "model m (x : V) : V = f (iter { x | y => y } (3))", code: "", place: ""),
    Wrong(text: "model m (x : V) : V = f (map x x)", code: "", place: ""),
    Wrong(text: "model m (x : V) : V = f [1, 2, 3, 4, 5, 6, 7, 8, 9]", code: "", place: ""),
    Wrong(text: "model m (x : V) : V = iter { x | y => let z = double y in f z } (count x)", code: "", place: ""),
    Wrong(text: "model m (x : V) : V = iter { x | y => f (double y) } (count x)", code: "", place: ""),
    Wrong(text: "model m (x : V) : V = let y = 2 * x in mix y y", code: "", place: ""),
    Wrong(text: "model m (x : V) : V = let y = 2 * x in if even x then y else x", code: "", place: ""),
    // Not applied in full.
    Wrong(text: "model m (x : V) : V = g x", code: "E0212", place: "g x"),
    Wrong(text: "model m (x : V) : V = (g x) x", code: "", place: ""),
    Wrong(text: "model m (x : V) : V -o V = f", code: "E0212", place: "f"),
    Wrong(text: "model m (x : V) : V = let h = f in h x", code: "E0212", place: "f"),
    Wrong(text: "model m (x : V) : V = f (g x)", code: "E0212", place: "g x"),
    Wrong(text: "model m (x : V) : V = g f x", code: "E0212", place: "f"),
    Wrong(text: "model m (x : V) : V = f x x", code: "E0202", place: "f x"),
    // Types.
    Wrong(text: "model m (n : Nat) : V = f n", code: "E0201", place: "n"),
    Wrong(text: "model m (x : V) : V = f (even x)", code: "E0201", place: "even x"),
    Wrong(text: "model m (x : V) : V = even x", code: "E0201", place: "even x"),
    Wrong(text: "model m (x : V) : V = f (x : Nat)", code: "E0201", place: "x"),
    Wrong(text: "model m (x : Nat) : Nat = iter { x | y => f y } (x)", code: "E0201", place: "y"),
    // Where nets and models cannot be.
    Wrong(text: "program p (x : V) : V = f x", code: "E0310", place: "f"),
    Wrong(text: "def e = f", code: "E0310", place: "f"),
    Wrong(text: "def e = g (fun x => x) 3", code: "E0310", place: "g"),
    Wrong(text: "model m (x : V) : V = x model n (x : V) : V = m x", code: "E0310", place: "m"),
    Wrong(text: "model m (x : V) : V = m x", code: "E0310", place: "m"),
    Wrong(text: "model m (x : V) : V = x program p (x : V) : V = m x", code: "E0310", place: "m"),
    // The linear zone is as strict as ever.
    Wrong(text: "model m (x : V) : V = (fun (z : V) => let y = 2 * z in mix y y) x", code: "E0101", place: "y"),
    Wrong(text: "model m (x : V) : V = (fun (z : V) => let y = 2 * z in x) x", code: "E0102", place: "y"),
    Wrong(text: "model m (x : V) : V = (fun (y : V) => x) x", code: "E0102", place: "y"),
    Wrong(text: "model m (x : V) : V = iter { x | y => mix y y } (count x)", code: "E0101", place: "y"),
    Wrong(text: "model m (x : V) : V = iter { x | y => x } (count x)", code: "E0102", place: "y"),
    Wrong(text: "model m (x : V) : V = iter { x | y => let z = y in x } (count x)", code: "E0102", place: "z"),
    Wrong(
      text: "model m (x : V) : V = iter { x | y => iter { f y | z => mix z z } (3) } (count x)", code: "E0101",
      place: "z"),
    Wrong(
      text: "model m (x : V) : V = (fun (z : V) => let y = 2 * z in if even x then y else x) x", code: "E0103",
      place: "x"),
    // As for programs.
    Wrong(text: "model m (x : V, x : V) : V = x", code: "E0304", place: "x"),
    Wrong(text: "model f (x : V) : V = x", code: "E0303", place: "f"),
    Wrong(text: "model m (x : W) : V = f x", code: "E0302", place: "W"),
    Wrong(text: "model m (n : Nat within l1 1) : Nat = n", code: "E0407", place: "Nat"),
    Wrong(text: "model m (x : V) : V = h x", code: "E0301", place: "h"),
  ])
  func errors(item: Wrong) {
    let outcome = Self.outcome(item.text)
    #expect(outcome.codes == (item.code.isEmpty ? [] : [item.code]), "\(outcome.rendered)")
    #expect(outcome.place() == item.place)
  }

  @Test func errorsInANetAreNotRepeated() {
    let outcome = checked(
      """
      net f (x : Real[4]) : Real[4] = conv 8 5x5
      net g (x : Imag) : Real[4] = dense
      model m (x : Real[4]) : Real[4] = scale (dot (f x) (g x)) (f x)
      """)
    #expect(outcome.codes == ["E0210", "E0302"], "\(outcome.rendered)")
  }

  @Test func netsAreUnknownToValuesFromOutside() throws {
    let (_, module) = try model("model m (x : V) : V = f x")
    for (text, code) in [("f", "E0310"), ("m", "E0310"), ("f 3", "E0310")] {
      let source = Source(name: "set", text: text)
      var diagnostics = Diagnostics()
      let term = try #require(parseTerm(source, diagnostics: &diagnostics))
      #expect(checkClosedTerm(term, against: nil, in: module, diagnostics: &diagnostics) == nil)
      #expect(diagnostics.items.map(\.code.rawValue) == [code])
      #expect(!DiagnosticRenderer(source: source).render(diagnostics).isEmpty)
    }
  }

  @Test func modelsAreDescribed() throws {
    let (model, module) = try model(
      "model m (x : V) : V = iter { x | y => mix (f x) (g x y) } (count x)")
    #expect(
      JudgementPrinter(module).describe(model) == [
        "x : Real[9]     no bound on the degree, not linear (used in a step)",
        "f x : Real[9]   no bound on the degree, not linear (used in a step)",
        "count x : Nat   degree 1, linear",
        "nonlinear in y : Real[9], which is data in the step",
        "361 parameters, in f, g, count",
      ])
  }

  /// What only one operand of a sum, or one branch, depends on: the map is affine in it.
  @Test(arguments: [
    ("x + [1, 2, 3, 4, 5, 6, 7, 8, 9]", false), ("x + y", false), ("x + 2 * x", true), ("x + y - 2 * (y + x)", false),
    ("if b then x else y", false), ("if b then x else 2 * x", true),
  ]) func dataOfOneOperandIsAffine(body: String, isLinear: Bool) throws {
    let (model, _) = try model("model m (x : V, y : V, b : Bool) : V = let _z = y in let _c = b in \(body)")
    let degrees = Dictionary(
      uniqueKeysWithValues: zip(model.links.map(\.variable.name), model.judgement.degrees))
    #expect(degrees["x"] == Degree(bound: 1, isLinear: isLinear))
  }
}
