import CajalSyntax
import TestSupport
import Testing

@testable import CajalTyping

/// Bounds of norms, rule by rule. That they are never too small is a property in PropertyTests.
@Suite struct NormBoundTests {
  private func bound(_ text: String) throws -> OutputBound? {
    let outcome = checked(text)
    guard let module = outcome.module else { throw Refused(messages: outcome.rendered) }
    return module.models.first.map { module.outputBound(of: $0) } ?? module.outputBound(of: module.programs[0])
  }

  private struct Refused: Error { let messages: String }

  // MARK: Programs

  struct Case: Sendable, CustomTestStringConvertible {
    let text: String
    let bound: String
    var testDescription: String { text }
  }

  @Test(arguments: [
    Case(text: "x : V within l1 2) : V = x", bound: "l1 2, l2 2, linf 2"),
    Case(text: "x : V within l2 2) : V = x", bound: "l1 4, l2 2, linf 2"),
    Case(text: "x : V within linf 2) : V = x", bound: "l1 8, l2 4, linf 2"),
    Case(text: "x : V within linf 2) : V = -3 * x", bound: "l1 24, l2 12, linf 6"),
    Case(text: "x : V within linf 2) : V = x + x - 0.5 * x", bound: "l1 20, l2 10, linf 5"),
    Case(
      text: "x : V within linf 2) : V = [[1, 0, 0, 0], [0, 0, -2, 0], [0, 0, 0, 0], [1, 1, 1, 1]] x",
      bound: "l1 14, l2 10.5831, linf 8"),
    Case(text: "x : V within l1 2, c : Real within l2 3) : V = scale c x", bound: "l1 6, l2 6, linf 6"),
    Case(text: "x : V within linf 2, y : V within l1 3) : Real = dot x y", bound: "l1 6, l2 6, linf 6"),
    Case(text: "x : V within l2 2, y : V within l2 3) : Real = dot x y", bound: "l1 6, l2 6, linf 6"),
    Case(text: "x : V within l2 2, y : V within l1 3) : Real[4,4] = outer x y", bound: "l1 12, l2 6, linf 6"),
    Case(text: "x : Real[2,2] within l1 3) : Real[4] = reshape (transpose x)", bound: "l1 3, l2 3, linf 3"),
    Case(text: "m : Real[2,4] within l1 3, x : V within linf 5) : Real[2] = apply m x", bound: "l1 15, l2 15, linf 15"),
    Case(text: "k : K within l1 1, x : I within linf 5) : I = conv2d k x", bound: "l1 125, l2 25, linf 5"),
    Case(text: "k : K within l2 1, x : I within l2 5) : I = conv2d k x", bound: "l1 75, l2 15, linf 5"),
    // A conditional by all that is known of its condition.
    Case(text: "x : V within linf 1) : V = if true then x else 3 * x", bound: "l1 12, l2 6, linf 3"),
    // An iteration by as many rounds as it may take.
    Case(text: "x : V within linf 1) : V = iter { x | y => 2 * y } (3)", bound: "l1 32, l2 16, linf 8"),
    Case(text: "x : V within linf 1) : V = iter { x | y => 2 * y } (0)", bound: "l1 4, l2 2, linf 1"),
    Case(text: "x : V within linf 1) : V = iter { x | y => 2 * y } (succ 3)", bound: "l1 2048, l2 1024, linf 512"),
    Case(text: "x : V within linf 1) : V = iter { x | y => -0.5 * y } (succ 3)", bound: "l1 4, l2 2, linf 1"),
    Case(
      text: "k : K within l1 1, x : I within linf 5) : I = iter { x | y => conv2d k y } (succ 3)",
      bound: "l1 125, l2 25, linf 5"),
    // Functions, applied and as matrices.
    Case(text: "x : V within l1 1) : V = (fun (y : V) => 2 * y) x", bound: "l1 2, l2 2, linf 2"),
    Case(text: "x : V within l1 1) : V = twice (twice x)", bound: "l1 4, l2 4, linf 4"),
    Case(
      text: "c : Real within l1 3) : Bool -o V = fun b => scale c (if b then [1, 0, 0, 0] else [0, 2, 0, 0])",
      bound: "l1 12, l2 8.48529, linf 6"),
  ])
  func programs(item: Case) throws {
    let text = """
      type V = Real[4] type K = Real[3,3] type I = Real[5,5] def twice : V -o V = fun x => 2 * x
      program p (\(item.text)
      """
    let output = try #require(try bound(text))
    #expect(output.missing.isEmpty)
    #expect(output.bound.summary == item.bound)
  }

  @Test func manyRoundsSettle() throws {
    let text =
      "program p (k : Real[3,3] within l1 1, x : Real[4,4] within linf 2) : Real[4,4] = iter { x | y => conv2d k y } (succ 3)"
    #expect(try bound("horizon 16000000 " + text)?.bound.linf == 2)
    // A factor below 1 makes the sum of all states converge.
    let shrinking = "horizon 1000000 program p (x : Real within linf 1) : Real = iter { x | y => 0.5 * y } (succ 0)"
    #expect(try bound(shrinking)?.bound.linf == 1)
    // And above 1 there is no bound that is a number, or none that is worth the time.
    let growing = "program p (x : Real within linf 1) : Real = iter { x | y => 1.5 * y } (succ 0)"
    #expect(try bound("horizon 1000000 " + growing)?.bound.isKnown == false)
    #expect(try bound("horizon 100 " + growing)?.bound.isKnown == true)
  }

  @Test func whatIsMissing() throws {
    func missing(_ text: String) throws -> [Int]? {
      let output = try bound("type V = Real[4] program p (" + text)
      if let output { #expect(output.bound.isKnown == output.missing.isEmpty) }
      return output?.missing
    }
    #expect(try missing("x : V, y : V) : Real = dot x y") == nil, "nothing is bounded")
    #expect(try missing("x : V within l1 1, y : V) : Real = dot x y") == [1])
    #expect(try missing("x : V within l1 1, y : V, c : Real) : Real = scale c (dot x y)") == [1, 2])
    #expect(try missing("x : V within l1 1, n : Nat) : V = iter { x | y => y } (n)") == [1])
    #expect(try missing("x : V within l1 1, f : V -o V) : V = f x") == [1])
    #expect(try missing("x : V within l1 1, b : Bool) : V = if b then x else x") == [1])
    #expect(try missing("x : V within l1 1, y : V) : Real = dot x (0 * y)") == [])
  }

  @Test func tooMuchToComputeIsNoBound() throws {
    let inner = "iter { z | w => 0.99999 * w } (200)"
    let nested = "iter { x | y => iter { y | z => \(inner) } (200) } (200)"
    let text = "horizon 1000 program p (x : Real[4] within l1 1) : Real[4] = \(nested)"
    #expect(try bound(text) == nil)
  }

  // MARK: Models

  private func model(_ layers: String, _ rest: String) throws -> OutputBound? {
    try bound(
      """
      type I = Real[6,6]
      net k (x : I) : Real[3,3] = \(layers)
      net n (x : I) : Nat = dense | softmax
      net open (x : I) : Nat = dense
      model m \(rest)
      """)
  }

  @Test(arguments: [
    ("conv 2 3x3 | relu | dense | within l1 0.5", "l1 0.5, l2 0.5, linf 0.5"),
    ("dense | within l1 0.5 | tanh", "l1 0.5, l2 0.5, linf 0.5"),
    ("dense | within linf 4 | tanh", "l1 9, l2 3, linf 1"),
    ("dense | tanh", "l1 9, l2 3, linf 1"), ("dense | sigmoid", "l1 9, l2 3, linf 1"),
    ("dense | softmax", "l1 1, l2 1, linf 1"), ("dense | softmax | relu", "l1 1, l2 1, linf 1"),
    ("dense | tanh | within l2 2", "l1 6, l2 2, linf 1"),
    ("dense | sigmoid | softplus", "l1 15.2384, l2 5.07945, linf 1.69315"),
    ("tanh | maxpool 2", "l1 9, l2 3, linf 1"), ("within l1 2 | avgpool 2", "l1 2, l2 2, linf 2"),
  ])
  func lastLayers(layers: String, expected: String) throws {
    #expect(try model(layers, "(x : I) : Real[3,3] = k x")?.bound.summary == expected)
  }

  @Test(arguments: ["dense", "dense | relu", "dense | softplus", "tanh | dense", "conv 1 3x3 stride 2", "relu | dense"])
  func layersWithoutBounds(layers: String) throws {
    #expect(try model(layers, "(x : I) : Real[3,3] = k x") == nil)
  }

  @Test func linksAndStates() throws {
    let step = "iter { x | y => conv2d (k x) y } (n x)"
    #expect(try model("dense | within l1 1", "(x : I within linf 1) : I = \(step)")?.bound.linf == 1)
    #expect(try model("dense | within l1 1", "(x : I) : I = \(step)")?.missing == [0])
    #expect(try model("dense", "(x : I within linf 1) : I = \(step)")?.missing == [1])
    let state = "iter { x | y => conv2d (k y) y } (n x)"
    #expect(try model("dense | within l1 1", "(x : I within linf 1) : I = \(state)")?.bound.linf == 1)
    #expect(try model("dense | within l1 2", "(x : I within linf 1) : I = \(state)")?.bound.linf == 512)
    let twice = "let z = k x in conv2d z (conv2d z x)"
    #expect(try model("dense | within l1 3", "(x : I within linf 2) : I = \(twice)")?.bound.linf == 18)
    #expect(
      try model("dense | within l1 1", "(x : I within linf 1) : I = iter { x | y => conv2d (k x) y } (open x)")?.missing
        == [2])
  }

  // MARK: Rounding up

  @Test func arithmeticRoundsUp() {
    var random = SplitMix(seed: 7)
    for _ in 0..<20_000 {
      func number() -> Double {
        switch random.below(5) {
        case 0: Double(random.below(1_000))
        case 1: Double(bitPattern: random.next() & 0x7FFF_FFFF_FFFF_FFFF)
        default: Double(random.next() >> 11) * 0x1p-53
        }
      }
      let (a, b) = (number(), number())
      guard a.isFinite, b.isFinite else { continue }
      // Exact in 80 bits or by the sign of the error; a bound that is one too large would be a bound.
      let product = Upward.product(a, b)
      #expect(product >= a * b && (product == a * b || product == (a * b).nextUp))
      if product.isFinite, a * b > 0x1p-900 { #expect((-product).addingProduct(a, b) <= 0, "\(a) · \(b)") }
      let sum = Upward.sum(a, b)
      #expect(sum >= a + b)
      if sum.isFinite { #expect(max(a, b) - sum + min(a, b) <= 0, "\(a) + \(b)") }
      let root = Upward.root(a)
      if a > 0x1p-900 { #expect((-a).addingProduct(root, root) >= 0, "√\(a)") }
    }
    #expect(Upward.product(0, .infinity) == 0 && Upward.product(3, .infinity) == .infinity)
    #expect(Upward.product(1e-300, 1e-300) > 0)
    #expect(Upward.product(1e300, 1e300) == .infinity && Upward.sum(1e308, 1.5e308) == .infinity)
    #expect(Upward.product(0.5, 0.25) == 0.125 && Upward.sum(0.5, 0.25) == 0.75 && Upward.root(2.25) == 1.5)
    #expect(Upward.product(0.1, 0.1) >= 0.01 && Upward.sum(0.1, 0.2) >= 0.3)
  }

  @Test func normsOfAVectorBoundEachOther() {
    var random = SplitMix(seed: 8)
    for size in [1, 2, 5, 30] {
      for _ in 0..<200 {
        let vector = (0..<size).map { _ in Double(random.below(2_001) - 1_000) / 256 }
        let norms = NormBound(of: vector)
        for known in [
          NormBound(l1: norms.l1, l2: .infinity, linf: .infinity),
          NormBound(l1: .infinity, l2: norms.l2, linf: .infinity),
          NormBound(l1: .infinity, l2: .infinity, linf: norms.linf),
          NormBound(l1: norms.l1, l2: .infinity, linf: norms.linf),
        ] {
          let all = known.completed(dimension: Double(size))
          #expect(norms <= all, "\(vector): \(norms), \(all)")
        }
      }
    }
  }

  @Test(
    arguments: [
      (0, "0"), (1, "1"), (784, "784"), (0.5, "0.5"), (0.1, "0.1"), (1.0 / 3, "0.333334"), (2.0 / 3, "0.666667"),
      (123_456_789, "123457000"), (1_234_561, "1234570"), (1e15, "1e15"), (1e9, "1000000000"), (1.5e-12, "1.5e-12"),
      (0.000_585_937_5, "0.000585938"), (1e300, "1e300"), (5e-324, "4.94065e-324"), (999_999.5, "1000000"), (10, "10"),
    ] as [(Double, String)])
  func numbersAreShownRoundedUp(value: Double, text: String) {
    #expect(NormBound.roundedUp(value) == text)
    #expect((Double(text) ?? 0) >= value)
  }
}
