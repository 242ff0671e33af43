import CajalEvaluator
import CajalSyntax
import CajalTyping
import Diagnostics
import TestSupport
import Testing

/// Functions on data, parts of tensors and trajectories, by both oracles.
@Suite struct ScienceEvaluationTests {
  private func module(_ text: String) throws -> TypedModule {
    var diagnostics = Diagnostics()
    let tree = parse(Source(name: "t", text: text), diagnostics: &diagnostics)
    return try #require(check(tree, diagnostics: &diagnostics), "\(diagnostics.items.map(\.message))")
  }

  /// A model's judgement at a point, with the derivative in one direction.
  private func model(_ body: String, _ x: [Double], _ direction: [Double]) throws -> [Dual] {
    let module = try module("model m (x : Real[\(x.count)]) : Real[\(x.count)] = \(body)")
    return try VectorInterpreter(module: module).evaluate(
      module.models[0].judgement, environment: [[Dual](x, direction: direction)])
  }

  private static let inf = Double.infinity

  /// The table of derivatives at kinks and at the ends of domains (LANGUAGE.md, section 6).
  @Test(arguments: [
    ("abs x", 0, 0, 0), ("abs x", -2, 2, -1), ("relu x", 0, 0, 0), ("relu x", 3, 3, 1), ("sqrt x", 0, 0, inf),
    ("sqrt x", 4, 2, 0.25), ("x ^ 0", 0, 1, 0), ("x ^ 0", 2, 1, 0), ("x ^ 1", 0, 0, 1), ("x ^ 2", 0, 0, 0),
    ("x ^ 2", 3, 9, 6), ("x ^ 3", 2, 8, 12), ("x ^ -1", 2, 0.5, -0.25), ("x ^ 0.5", 4, 2, 0.25),
    ("min x 1", 1, 1, 1), ("max x 1", 1, 1, 1), ("min 1 x", 1, 1, 0), ("max 1 x", 1, 1, 0), ("max x 1", 0, 1, 0),
    ("recip x", 0, inf, -inf), ("log x", 1, 0, 1), ("exp x", 0, 1, 1), ("sin x", 0, 0, 1), ("cos x", 0, 1, 0),
    ("tanh x", 0, 0, 1), ("sigmoid x", 0, 0.5, 0.25), ("1 / x", 2, 0.5, -0.25), ("x / 4", 2, 0.5, 0.25),
    ("x / x", 2, 1, 0), ("2 * x ^ 2 / 4", 3, 4.5, 3),
  ])
  func derivatives(body: String, x: Double, value: Double, slope: Double) throws {
    let got = try model(body, [x], [1])[0]
    #expect(abs(got.value - value) <= 1e-15 * abs(value) || got.value == value, "\(got)")
    #expect(abs(got.tangent - slope) <= 1e-15 * abs(slope) || got.tangent == slope, "\(got)")
  }

  @Test func numbersOutsideOfTheDomain() throws {
    #expect(try model("log x", [-1], [0])[0].value.isNaN && model("sqrt x", [-1], [0])[0].value.isNaN)
    #expect(try model("log x", [0], [0])[0].value == -Self.inf)
    for name in ["min", "max"] {
      #expect(try model("\(name) x 1", [.nan], [1])[0].value.isNaN)
      #expect(try model("\(name) 1 x", [.nan], [1])[0].value.isNaN)
    }
  }

  @Test func partsOfTensors() throws {
    let x = [1.0, 2, 3, 4]
    for (body, expected) in [
      ("times x [2, 3, 4, 5]", [2.0, 6, 12, 20]), ("concat (slice 2 4 x) (slice 0 2 x)", [3, 4, 1, 2]),
      ("[entry 3 x, dot x x, 7, -entry 0 x]", [4, 30, 7, -1]),
      ("let m = (reshape x : Real[2,2]) in concat (entry 1 m) (apply m [1, 1])", [3, 4, 3, 7]),
      ("concat ([[entry 0 x, 1], [0, entry 1 x]] [5, 6]) [0, 0]", [11, 12, 0, 0]),
      ("reshape (slice 1 3 (scan { slice 0 2 x | y => 2 * y } (4)))", [2, 4, 4, 8]),
      ("iter { x | !y => times y y - 1 } (2)", [-1, 8, 63, 224]),
      ("scan { entry 1 x | y => y / 2 } (3)", [2, 1, 0.5, 0.25]),
    ] {
      #expect(try model(body, x, [0, 0, 0, 0]).values == expected, "\(body)")
    }
  }

  /// Evaluation of closed programs and the equations agree.
  @Test(arguments: [
    "times [1, 2] [3, 4]", "entry 1 [[1, 2], [3, 4]]", "slice 1 2 [[1, 2], [3, 4]]", "concat [1] [2, 3]",
    "scan { [1, 2] | y => [[0, 1], [0.5, 0]] y } (3)", "[[entry 0 [1, 2], 3], [4, 5]] [1, 1]", "[1, 2] / 4",
    "scan { (0.5 : Real) | y => y } (0)",
  ])
  func evaluation(text: String) throws {
    let module = try module("def nothing : Bool = true")
    var diagnostics = Diagnostics()
    let written = try #require(parseTerm(Source(name: "t", text: text), diagnostics: &diagnostics))
    let term = try #require(
      checkClosedTerm(written, against: nil, in: module, diagnostics: &diagnostics),
      "\(diagnostics.items.map(\.message))")
    let value = try Evaluator(module: module).evaluate(term)
    let vector = try VectorInterpreter(module: module).evaluate(closed: term)
    #expect(value.encoding(as: term.type, horizon: 10) == vector)
    // What is printed reads back as the same term.
    let printed = term.concreteSyntax(definitions: module.definitions)
    let again = try #require(parseTerm(Source(name: "t", text: printed), diagnostics: &diagnostics), "\(printed)")
    let second = try #require(
      checkClosedTerm(again, against: term.type, in: module, diagnostics: &diagnostics), "\(printed)")
    #expect(try VectorInterpreter(module: module).evaluate(closed: second) == vector, "\(printed)")
  }

  @Test func aLongTrajectoryNeedsNoStack() throws {
    let module = try module("program p (x : Real) : Real[200001] = scan { x | y => y / 2 + y / 2 } (200000)")
    let value = try Evaluator(module: module).evaluate(module.programs[0], values: [.real(3)])
    guard case .tensor(let tensor) = value else {
      Issue.record("no tensor")
      return
    }
    #expect(tensor.shape == [200_001] && tensor.entries.allSatisfy { $0 == 3 })
  }
}
