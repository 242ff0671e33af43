import BigInt
import CajalSyntax
import Diagnostics
import Foundation
import Testing

@testable import CajalTyping

/// Conserved quantities and signs (LANGUAGE.md, section 9).
@Suite struct InvariantTests {
  private static let head = """
    param k : Real
    param m : Real[3]
    net rates (y : Real[3]) : Real[2] = dense
    net share (t : Real) : Real[3] = dense | softmax
    net gate (t : Real) : Real = dense | sigmoid

    """

  private func lines(_ step: String, _ count: String = "n") throws -> [String] {
    let outcome = checked(
      Self.head + "model p (x : Real[3], t : Real, n : Nat) : Real[3] = iter { x | !y => \(step) } (\(count))")
    let module = try #require(outcome.module, "\(outcome.rendered)")
    return module.invariants(of: module.models[0])
  }

  private func sums(_ step: String) throws -> [String] {
    try lines(step).filter { $0.hasPrefix("conserves ") }
      .map { String($0.dropFirst(10)).components(upTo: "   (") }
  }

  @Test(arguments: [
    // Fluxes between pools, whatever they are.
    ("y + [[-1, 0], [1, -1], [0, 1]] (rates y)", ["y[0] + y[1] + y[2]"]),
    ("y + scale k ([[-1, 0, 0], [1, 0, 0], [0, 0, 0]] y)", ["y[0] + y[1]", "y[2]"]),
    // Exactly as written: 0.1 + 0.2 is 0.3, and thirds are thirds.
    ("y + scale k ([[-0.3, 0, 0], [0.1, 0, 0], [0.2, 0, 0]] y)", ["y[0] + y[1] + y[2]", "y[0] + 3*y[1]"]),
    ("[entry 0 y / 3, 2 * entry 0 y / 3 + entry 1 y, entry 2 y]", ["y[0] + y[1]", "y[2]"]),
    (
      "y + scale k ([[-0.3, 0, 0], [0.1, 0, 0], [0.2000001, 0, 0]] y)", ["y[0] + 3*y[1]", "666667*y[0] + 1000000*y[2]"]
    ),
    // Reactions 2 A ⇌ B + C, with the law of mass action.
    (
      "y + scale (times (entry 0 y) (entry 0 y)) (scale k [-2, 1, 1])", ["y[0] + y[1] + y[2]", "y[0] + 2*y[1]"]
    ),
    // Of a softmax the last entry is 1 - the others.
    ("scale (dot [1, 1, 1] y) (share t)", ["y[0] + y[1] + y[2]"]),
    ("scale (dot [1, 1, 1] y) m", []), ("y + m", []), ("y + [1, -1, 0]", ["y[0] + y[1]", "y[2]"]),
    // Equal functions of equal data are one unknown, and others are not.
    ("y + scale (exp t) [1, -1, 0] + scale (exp t) [0, 1, -1]", ["y[1]", "y[0] + y[2]"]),
    ("y + scale (exp t) [1, 0, 0] - scale (exp k) [0, 1, 0]", ["y[2]"]),
    ("y + times m [1, 1, 0]", ["y[2]"]), ("0.5 * y", []),
  ])
  func conserved(step: String, expected: [String]) throws {
    #expect(try sums(step) == expected)
  }

  @Test(arguments: [
    ("times (sigmoid m) y", true), ("times m y", false), ("y - scale (gate t) y", true), ("y - scale (exp t) y", false),
    ("y + softplus m", true), ("y + m", false), ("y - 0.5 * y", true), ("0.5 * y - y", false),
    ("y - scale (min 1 (abs t)) y", true), ("scale (dot [1, 1, 1] y) (share t)", true), ("times y y", true),
    ("y / (1 + y)", true), ("y / (y - 1)", false), ("relu (y - 1)", true), ("scale (t ^ 2) y", true),
    ("scale (t ^ 3) y", false), ("times (sin y) y", false), ("times (1 - sin y) y", true),
  ])
  func signs(step: String, stays: Bool) throws {
    #expect(try lines(step).contains { $0.hasPrefix("keeps y nonnegative") } == stays)
  }

  @Test(arguments: [
    ("y + [[-1, 0], [0.9, 0], [0, 0]] (rates y)", "conserves [1, 1, 1]", "E0222", "-0.1*rates[0]"),
    ("y + m", "conserves 1", "E0222", "m[0] + m[1] + m[2]"),
    ("times m y", "nonnegative", "E0223", "`m[0]`"),
    ("y - 1", "nonnegative", "E0223", "the constant part of it is `-1`"),
  ])
  func refused(step: String, claim: String, code: String, residual: String) {
    let outcome = checked(
      Self.head + "model p (x : Real[3], t : Real, n : Nat) : Real[3] = iter { x | !y => \(step) | \(claim) } (n)")
    #expect(outcome.codes.first == code && outcome.rendered.contains(residual), "\(outcome.rendered)")
  }

  @Test(arguments: ["conserves [1, 1, 1]", "conserves 2", "nonnegative"])
  func proved(claim: String) {
    let text = "scan { x | !y => y + scale (gate t) ([[-1, 0, 0], [0.5, 0, 0], [0.5, 0, 0]] y) | \(claim) } (4)"
    let outcome = checked(Self.head + "model p (x : Real[3], t : Real) : Real[5,3] = \(text)")
    #expect(outcome.module != nil, "\(outcome.rendered)")
  }

  @Test func definitionsAndProgramsToo() {
    let step = "iter { x | y => [[0, 1], [1, 0]] y | conserves [1, -1] } (n)"
    #expect(checked("program p (x : Real[2], n : Nat) : Real[2] = \(step)").codes == ["E0222"])
    #expect(
      checked("def f : Real[2] -o Nat -o Real[2] = fun x n => \(step)\nprogram p (n : Nat) : Real[2] = f [1, 2] n")
        .codes
        == ["E0222"])
    #expect(
      checked("program p (x : Real[2], n : Nat) : Real[2] = iter { x | y => [[0, 1], [1, 0]] y | conserves 1 } (n)")
        .module != nil)
    // A name is what it is given.
    #expect(
      checked(
        "program p (x : Real[2], n : Nat) : Real[2] = let s = fun (v : Real[2]) => [[0, 1], [1, 0]] v in "
          + "iter { x | y => s y | conserves 1 } (n)"
      ).module != nil)
  }

  @Test func decimalsAreExact() {
    #expect(Rational(written: 0.1) == Rational(1, over: 10))
    #expect(Rational(written: -2.5e-7) == Rational(-1, over: 4_000_000))
    #expect(Rational(written: 3e20) == Rational(BigInt(3) * BigInt(10).power(20)))
    #expect(Rational(written: 0) == .zero && Rational(written: .infinity) == nil)
    #expect(Rational(1, over: 3).description == "1/3" && Rational(-5, over: 4).description == "-1.25")
    #expect(Rational(2, over: 3) < Rational(3, over: 4) && Rational(-1) < .zero)
  }

  @Test func nullSpaces() {
    var space = NullSpace(columns: 3)
    #expect(space.basis == [[1, 0, 0], [0, 1, 0], [0, 0, 1]])
    space.insert([0: Rational(2), 1: Rational(-1)])
    space.insert([0: Rational(-4), 1: Rational(2)])
    #expect(space.basis == [[1, 2, 0], [0, 0, 1]])
    space.insert([1: Rational(1, over: 3), 2: Rational(1)])
    #expect(space.basis == [[3, 6, -2]])
    space.insert([2: .one])
    #expect(space.isTrivial && space.basis.isEmpty)
  }

  @Test func intervals() {
    let x = Interval(lower: Rational(-2), upper: Rational(3))
    #expect(x * x == Interval(lower: Rational(-6), upper: Rational(9)))
    #expect(x.power(2) == Interval(lower: .zero, upper: Rational(9)))
    #expect(Interval.nonnegative * Interval.nonnegative == .nonnegative)
    #expect(Interval.nonnegative * Interval(.zero) == Interval(.zero))
    #expect((x + .nonnegative).lower == Rational(-2) && (x * .all) == .all)
    #expect(Elementwise.recip.interval(Interval(lower: Rational(2), upper: nil)).upper == Rational(1, over: 2))
  }

  /// Where the step could not be read, what is left of it says nothing.
  @Test func nothingIsSaidOfWhatCouldNotBeRead() {
    let step = "iter { x | !y => y + [f * 1, 0] | conserves [1, 1] } (n)"
    #expect(checked("param f : Real\nmodel p (x : Real[2], n : Nat) : Real[2] = \(step)").codes == ["E0005"])
  }
}

extension String {
  fileprivate func components(upTo end: String) -> String {
    range(of: end).map { String(self[..<$0.lowerBound]).trimmed } ?? self
  }

  private var trimmed: String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}
