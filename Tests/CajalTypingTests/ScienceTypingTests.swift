import CajalSyntax
import CajalTyping
import Diagnostics
import Testing

/// Learnt tensors, data that are computed, states that are data, trajectories (LANGUAGE.md, sections 5 and 6).
@Suite struct ScienceTypingTests {
  private static let nets = """
    param k : Real[3] = 0.5
    param c : Real
    net f (x : Real[3]) : Real[3] = dense
    net g (x : Real[2], y : Real) : Real[3] = dense

    """

  private func outcome(_ text: String) -> Outcome {
    let outcome = checked(Self.nets + text)
    return Outcome(
      source: outcome.source, module: outcome.module, diagnostics: outcome.diagnostics.filter { $0.code != .unused })
  }

  private func model(_ body: String, _ result: String = "Real[3]") throws -> (model: LinkedModel, module: TypedModule) {
    let outcome = outcome("model m (x : Real[3], t : Real, n : Nat) : \(result) = \(body)")
    let module = try #require(outcome.module, "\(outcome.rendered)")
    return (module.models[0], module)
  }

  private func links(_ body: String, _ result: String = "Real[3]") throws -> [String] {
    let (model, module) = try model(body, result)
    let printer = JudgementPrinter(module)
    return model.links.map { "\($0.variable.name) = \(printer.text(of: $0.datum))" }
  }

  // MARK: What is computed from data is data

  @Test func linksAreDataAndNets() throws {
    #expect(try links("let e = exp x in times e e + f (times e k)") == ["x = x", "f = f (times (exp x) k)"])
    #expect(try links("f (2 * x)") == ["f = f (2 * x)"])
    #expect(
      try links("let a = slice 0 2 x in g a (entry 2 x) + g a (entry 2 x)") == ["g = g (slice 0 2 x) (entry 2 x)"])
    #expect(try links("scale c k") == ["c = c", "k = k"])
    // What no one uses is not linked.
    #expect(try links("let e = exp x in f k") == ["f = f k"])
    // In the scope of a linear variable, and of a state.
    #expect(try links("(fun (z : Real[3]) => z) (f (exp x))") == ["f = f (exp x)"])
    #expect(try links("iter { x | y => times (f (sin k)) y } (n)") == ["x = x", "f = f (sin k)", "n = n"])
    // An iteration over data is data.
    #expect(
      try links("let z = iter { x | y => 2 * y } (3) in f z + z")
        == ["x = x", "f = f (iter { x | y => 2 * y } (3))"])
  }

  @Test func aNameIsComputedOnce() throws {
    let (model, module) = try model("let e = exp x in times e (times e e)")
    #expect(
      model.judgement.term.concreteSyntax(definitions: module.definitions, nets: module.nets)
        == "let e = exp x in times e (times e e)")
  }

  @Test func sharedDataDoNotGrow() throws {
    // As trees both would have 2^200 leaves.
    let lets = (1...200).map { "let x\($0) = times x\($0 - 1) x\($0 - 1) in " }.joined()
    let (model, module) = try model("let x0 = x in \(lets) f x200 + x200")
    #expect(model.links.map(\.variable.name) == ["x", "f"])
    #expect(JudgementPrinter(module).describe(model).joined().count < 2_000)
  }

  @Test(arguments: [
    "x + 1", "1 - x", "1.5 - x", "min x 0", "max 0.5 x", "1 / x", "x / (1 + x)", "x / t", "x / 3", "x ^ 2 + x ^ -1.5",
    "times x k", "[t, entry 1 x, dot x k]", "concat [t] (slice 1 3 x)", "apply [[t, 0, 1], [0, t, 1], [1, 1, t]] x",
    "[[t, 0, 1], [0, t, 1], [1, 1, t]] x", "iter { x | !y => apply (outer y k) y + k } (n)",
    "iter { x | !y => k } (n)", "iter { x | y => times (exp y) y } (n)", "iter { x | y => y / (1 + y) } (n)",
    "iter { x | y => f (concat (slice 0 2 y) [t]) } (n)", "entry 2 (scan { x | !y => y + 1 } (4))",
    "let h = fun (z : Real[3]) => 2 * z in h (h x)", "let half = 0.5 in scale half (scale half x)",
  ])
  func isAccepted(body: String) throws { _ = try model(body) }

  @Test(arguments: [
    ("iter { x | y => y + 1 } (n)", "E0103"), ("iter { x | y => times y y } (n)", "E0101"),
    ("(fun (z : Real[3]) => exp z) x", "E0211"), ("(fun (z : Real[3]) => f (2 * z)) x", "E0211"),
    ("exp", "E0212"), ("min x", "E0212"), ("f (exp n)", "E0201"), ("exp (if t then n else n)", "E0201"),
    ("concat t x", "E0207"), ("concat x", "E0212"),
    ("entry 3 x", "E0207"), ("[x, x, x]", "E0201"), ("x / k / 0", "E0227"), ("times x t", "E0207"),
    ("scan { x | y => y } (n)", "E0221"), ("scan { x | y => y } (1)", "E0201"),
    ("entry 0 (scan { x | y => y } (n))", "E0221"), ("entry n x", "E0225"),
    ("iter { x | y => y | conserves [1, 1] } (n)", "E0207"), ("x + [1, 2]", "E0201"),
  ])
  func isRefused(body: String, code: String) {
    let outcome = outcome("model m (x : Real[3], t : Real, n : Nat) : Real[3] = \(body)")
    #expect(outcome.codes.first == code, "\(outcome.rendered)")
  }

  @Test func whatADiagnosticLeadsTo() {
    for body in ["y + 1", "times y y", "[1, 2, 3]"] {
      let outcome = outcome("model m (x : Real[3], n : Nat) : Real[3] = iter { x | y => \(body) } (n)")
      #expect(
        outcome.rendered.contains("help: write `| !y => …`: in a model a state that is data"), "\(outcome.rendered)")
    }
  }

  // MARK: Programs

  @Test(arguments: [
    ("x : Real[3], y : Real[3]", "Real[3]", "times x y"), ("x : Real[3]", "Real", "entry 1 x"),
    ("x : Real[3,2]", "Real[2]", "entry 2 x"), ("x : Real[3,2]", "Real[1,2]", "slice 1 2 x"),
    ("x : Real[2]", "Real[2]", "[entry 1 x, entry 0 x]"), ("x : Real[2]", "Real[3]", "concat x [entry 0 x]"),
    ("x : Real[2], n : Nat", "Real[2]", "iter { x | y => y / 2 } (n)"),
    ("x : Real[2]", "Real[4,2]", "scan { x | y => y / 2 } (3)"), ("x : Real", "Real[3]", "scan { x | y => y } (2)"),
    ("x : Real[2], v : Real[2]", "Real[2]", "[[entry 0 x, entry 1 x], [entry 1 x, entry 0 x]] v"),
    ("x : Real[2]", "Real[1]", "scan { dot x x' | y => y } (0)"),
  ])
  func programs(context: String, result: String, body: String) {
    let context = body.contains("x'") ? context + ", x' : Real[2]" : context
    let outcome = outcome("program p (\(context)) : \(result) = \(body)")
    #expect(outcome.module != nil, "\(outcome.rendered)")
  }

  @Test(arguments: [
    ("x : Real[3]", "Real[3]", "exp x", "E0226"), ("x : Real[3]", "Real[3]", "x ^ 2", "E0226"),
    ("x : Real[3], y : Real[3]", "Real[3]", "x / y", "E0226"), ("x : Real[3]", "Real[3]", "times x k", "E0310"),
    ("x : Real[3], n : Nat", "Real[3]", "iter { x | !y => y } (n)", "E0224"),
    ("x : Real, y : Real", "Real[2]", "[x, y]", "E0103"),
    ("x : Real[2], y : Real[2]", "Real[4]", "concat x y", "E0103"),
    ("x : Real[3]", "Real", "relu x", "E0226"),
  ])
  func programsRefuse(context: String, result: String, body: String, code: String) {
    let outcome = outcome("program p (\(context)) : \(result) = \(body)")
    #expect(outcome.codes.first == code, "\(outcome.rendered)")
  }

  @Test func namesMayBeTaken() {
    #expect(checked("def exp : Real -o Real = fun x => 2 * x\nprogram p (x : Real) : Real = exp x").module != nil)
    #expect(checked("program p (times : Real, concat : Real) : Real = scale times concat").module != nil)
    #expect(checked("param k : Real\nmodel m (k : Bool) : Bool = k").module?.models[0].learnt.isEmpty == true)
  }

  // MARK: Learnt tensors

  @Test func learntTensors() throws {
    let (model, module) = try model("scale c x + k")
    #expect(module.learnt.map(\.name.text) == ["k", "c"] && module.learnt[0].shape == [3])
    #expect(module.learnt[0].initial == .number(0.5) && module.learnt[1].initial == nil)
    #expect(model.learnt.map(\.index) == [0, 1])
    #expect(JudgementPrinter(module).describe(model).last == "4 parameters, in k, c")
  }

  @Test(arguments: [
    ("param k : Nat", "E0206"), ("param k : Real[2] = [1, 2, 3]", "E0207"), ("param k : Real\nparam k : Real", "E0303"),
    ("param k : Foo", "E0302"),
  ])
  func learntTensorsAreRefused(text: String, code: String) { #expect(checked(text).codes.first == code) }

  @Test func whatIsNotUsedIsWarnedOf() {
    let outcome = checked("param k : Real\nparam _spare : Real\nmodel m (x : Real) : Real = x")
    #expect(outcome.codes == ["W0504"] && outcome.place() == "k")
  }

  // MARK: Degrees

  @Test func degreesOfDataStates() throws {
    let (affine, module) = try model("iter { x | !y => 0.5 * y + k } (n)")
    #expect(JudgementPrinter(module).describe(affine).contains { $0.hasPrefix("affine in y : Real[3]") })
    #expect(!affine.judgement.degrees[0].isLinear && affine.judgement.degrees[0].bound == 1)
    let (square, module2) = try model("iter { x | !y => times y y } (3)")
    #expect(JudgementPrinter(module2).describe(square).contains { $0.hasPrefix("nonlinear in y : Real[3]") })
    // At horizon 10: 2^9.
    #expect(square.judgement.degrees[0] == Degree(bound: 512, isLinear: false))
    let (linear, module3) = try model("iter { x | !y => 2 * y } (n)")
    #expect(!JudgementPrinter(module3).describe(linear).contains { $0.contains("in y :") })
    #expect(linear.judgement.degrees[0] == Degree(bound: 1, isLinear: true))
    let (cosine, module4) = try model("cos x")
    #expect(cosine.judgement.degrees[0] == .init(bound: .max, isLinear: false))
    #expect(module4.models.count == 1)
  }

  @Test func degreesOfTrajectories() throws {
    let outcome = outcome(
      "program p (x : Real[2], m : Real[2] -o Real[2]) : Real[6,2] = scan { x | y => m y } (5)")
    let degrees = try #require(outcome.module, "\(outcome.rendered)").programs[0].degrees
    #expect(degrees == [Degree(bound: 1, isLinear: true), Degree(bound: 5, isLinear: false)])
    #expect(checked("program p (x : Real) : Real[3] = scan { x | y => y } (2)", strict: true).module != nil)
  }

  @Test func strictLinearRefusesWhatIsNotLinearInAState() {
    let text = "model m (x : Real[3], n : Nat) : Real[3] = iter { x | !y => "
    #expect(checked(text + "2 * y } (n)", strict: true).codes.isEmpty)
    #expect(checked(text + "2 * y + 1 } (n)", strict: true).codes == ["E0106"])
  }
}
