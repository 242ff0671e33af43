import CajalSyntax
import CajalTyping
import LinearMaps
import TestSupport
import Testing

/// Lemma 4, with the degrees of LANGUAGE.md, section 2: additivity and homogeneity where a variable is linear, a
/// polynomial of the degree that is claimed where it is not.
@Suite struct LinearityProperties {
  @Test(arguments: Dialect.allCases) func mapsAreLinearInLinearVariables(dialect: Dialect) {
    hold(dialect.options(), atLeast: 0.4) { program, random in
      let linear = program.judgement.degrees.indices.filter { program.judgement.degrees[$0].isLinear }
      guard !linear.isEmpty else { throw Discarded("no linear variable") }
      for port in linear {
        try require(program.judgement.degrees[port].bound == 1, "degree", "a linear variable has degree 1")
        let x = program.randomPoint(&random)
        var (y, sum) = (x, x)
        y[port] = CheckedProgram.randomVector(x[port].count, &random)
        sum[port] = zip(x[port], y[port]).map { 2 * $0 - 3 * $1 }
        let (fx, fy, fsum) = (try program.denotation(x), try program.denotation(y), try program.denotation(sum))
        let expected = zip(fx, fy).map { 2 * $0 - 3 * $1 }
        try require(
          agree(fsum, expected, within: 10 * program.tolerance(sum, expected)), "linear",
          "in port \(port) at \(x.map(short)) and \(short(y[port])): \(short(fsum)), not \(short(expected))")
      }
    }
  }

  /// Along a line the (d+1)-st difference of a polynomial of degree d vanishes.
  @Test(arguments: Dialect.allCases) func mapsArePolynomialsOfTheirDegrees(dialect: Dialect) {
    hold(dialect.options(), atLeast: 0.4) { program, random in
      let small = program.judgement.degrees.indices.filter { program.judgement.degrees[$0].bound <= 6 }
      guard !small.isEmpty else { throw Discarded("no variable of small degree") }
      let graph = try program.graph()
      for port in small {
        let degree = program.judgement.degrees[port].bound
        let point = program.randomPoint(&random)
        let direction = CheckedProgram.randomVector(point[port].count, &random)
        var difference = [Double](repeating: 0, count: program.resultDimension)
        var coefficient = 1.0
        var tolerance = 0.0
        for t in 0...(degree + 1) {
          var moved = point
          moved[port] = zip(point[port], direction).map { $0 + Double(t) * $1 }
          let value = Interpreter().run(graph, moved)[0]
          if value.contains(where: { !($0.magnitude < 1e12) }) { throw Discarded("too large") }
          tolerance += abs(coefficient) * (try program.tolerance(moved, value))
          difference = zip(difference, value).map { $0 + coefficient * $1 }
          coefficient *= -Double(degree + 1 - t) / Double(t + 1)
        }
        try require(
          agree(difference, difference.map { _ in 0 }, within: tolerance), "degree",
          "port \(port) is said to have degree \(degree) at most, at \(point.map(short)) towards \(short(direction)) "
            + "the difference is \(short(difference))")
      }
    }
  }

  @Test(arguments: Dialect.allCases) func strictLinearAcceptsWhatIsLinear(dialect: Dialect) {
    hold(dialect.options(), atLeast: 0.9) { program, _ in
      let module = program.module
      let isLinear =
        module.programs.allSatisfy { $0.degrees.allSatisfy(\.isLinear) }
        && module.binderDegrees.values.allSatisfy(\.isLinear)
      do {
        _ = try CheckedProgram(program.program, options: CheckOptions(strictLinear: true))
        try require(isLinear, "accepted", "a variable is not linear")
      } catch let rejected as CheckedProgram.Rejected {
        try require(!isLinear, "refused", "all variables are linear: \(rejected)")
        try require(rejected.codes.isSubset(of: [.notLinear, .capturedByStep]), "code", "\(rejected)")
      }
    }
  }

  /// The paper's lemma 4 fails for what a step captures; these are the smallest examples.
  @Test(arguments: [
    ("program main (g : Bool -o Bool, n : Nat) : Bool = iter { true | y => g y } (n)", 0, 3),
    ("program main (g : Nat -o Nat) : Nat = iter { 1 | y => g y } (2)", 0, 3),
    (
      "program main (a : Bool, n : Nat) : Bool = iter { true | y => if y then a else (if a then false else true) } (n)",
      0, 3
    ),
    ("program main (k : Real[1,3], x : Real[2,4], n : Nat) : Real[2,4] = iter { x | y => conv2d k y } (n)", 0, 3),
    // At horizon 2 the degree is 1, and the map is affine.
    ("horizon 2\nprogram main (g : Bool -o Bool, n : Nat) : Bool = iter { true | y => g y } (n)", 0, 1),
    // The state is used in an inner step: its square is taken in every round.
    (
      """
      program main (s : Bool -o Bool, n : Nat) : Bool -o Bool =
        iter { s | y => fun x => iter { x | z => y z } (2) } (n)
      """, 0, 9
    ),
  ])
  func iteratedVariablesAreNotLinear(text: String, port: Int, degree: Int) throws {
    let horizon = text.hasPrefix("horizon") ? "" : "horizon 4\n"
    let dummy = RandomProgram(seed: 0, horizon: 4, context: [], type: .bool, body: Term(.bool(true)))
    let program = try CheckedProgram(dummy, text: horizon + text + "\n")
    #expect(!program.judgement.degrees[port].isLinear)
    #expect(program.judgement.degrees[port].bound >= degree)
    var random = SplitMix(seed: 7)
    // Positive vectors, so that nothing cancels by chance.
    let x = program.dimensions.map { size in (0..<size).map { _ in 0.5 + Double(random.below(4)) } }
    var (y, sum, double) = (x, x, x)
    y[port] = x[port].map { $0 + 1 }
    sum[port] = zip(x[port], y[port]).map { $0 + $1 }
    double[port] = x[port].map { 2 * $0 }
    let (fx, fy) = (try program.denotation(x), try program.denotation(y))
    #expect(try program.denotation(sum) != zip(fx, fy).map { $0 + $1 }, "additive")
    #expect(try program.denotation(double) != fx.map { 2 * $0 }, "homogeneous")
  }
}
