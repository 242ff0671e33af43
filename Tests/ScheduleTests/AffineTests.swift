import TestSupport
import Testing

@testable import Schedule

@Suite struct AffineTests {
  private static let variables = (0..<4).map {
    LoopVariable(kind: [.copy, .round, .column, .term][$0], id: $0, bound: [3, 1, 4, 2][$0])
  }

  private func random(_ random: inout SplitMix) -> Affine {
    Self.variables.reduce(Affine(random.below(21) - 10)) { sum, variable in
      random.below(2) == 0 ? sum : sum + Affine(variable, times: random.below(9) - 4)
    }
  }

  /// Every choice of the variables' values.
  private static let points: [[Int]] = variables.reduce([[]]) { points, variable in
    points.flatMap { point in (0..<variable.bound).map { point + [$0] } }
  }

  private func value(_ index: Affine, _ point: [Int]) -> Int {
    index.terms.reduce(index.constant) { $0 + $1.coefficient * point[$1.variable.id] }
  }

  @Test func arithmeticIsThatOfItsValues() {
    for seed in 0..<200 as Range<UInt64> {
      var random = SplitMix(seed: seed)
      let (a, b, factor) = (self.random(&random), self.random(&random), random.below(7) - 3)
      for point in Self.points {
        #expect(value(a + b, point) == value(a, point) + value(b, point))
        #expect(value(a - b, point) == value(a, point) - value(b, point))
        #expect(value(a + factor, point) == value(a, point) + factor)
        #expect(value(a * factor, point) == value(a, point) * factor)
      }
      #expect((a - a).isConstant && a - a == Affine(0), "nothing is left of what cancels")
      #expect((a + b).terms.map(\.variable.id) == (a + b).terms.map(\.variable.id).sorted())
      #expect((a + b).terms.allSatisfy { $0.coefficient != 0 } && (a * factor).terms.allSatisfy { $0.coefficient != 0 })
    }
  }

  @Test func rangeIsTight() {
    for seed in 0..<200 as Range<UInt64> {
      var random = SplitMix(seed: seed)
      let index = self.random(&random)
      let values = Self.points.map { value(index, $0) }
      #expect(index.range == values.min()!...values.max()!, "seed \(seed): \(index)")
    }
  }

  @Test func isWrittenAsAPersonWould() {
    let (i, k) = (Self.variables[0], Self.variables[2])
    #expect("\(Affine(3))" == "3")
    #expect("\(Affine(i))" == "i")
    #expect("\(Affine(i, times: -1) + 2)" == "-i + 2")
    #expect("\(Affine(i, times: 5) + Affine(k, times: -1) + -7)" == "5*i - j - 7")
  }
}
