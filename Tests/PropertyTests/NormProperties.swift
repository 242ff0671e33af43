import CajalSyntax
import CajalTyping
import TestSupport
import Testing

/// No program's result is ever larger than the bound that follows from what goes in.
@Suite struct NormProperties {
  @Test(arguments: Dialect.allCases) func resultsKeepWithinTheirBounds(dialect: Dialect) {
    hold(dialect.options(bounds: true)) { program, random in
      for _ in 0..<4 {
        let scale = [0, 0.25, 1, 3][random.below(4)]
        let point = program.randomPoint(&random).map { $0.map { scale * $0 } }
        let ports = point.map { NormBound(of: $0) }
        let bound = try bound(program, ports)
        let expected = try program.denotation(point)
        let tolerance = try program.tolerance(point, expected)
        try require(within(expected, bound, tolerance), "bound", "at \(point.map(short)): \(short(expected)), \(bound)")
      }
    }
  }

  /// What is known of the ports is known of the result: the property above would hold of no bounds at all.
  @Test(arguments: Dialect.allCases) func boundsFollowFromBounds(dialect: Dialect) {
    hold(dialect.options(bounds: true), share: 0.5) { program, random in
      let ports = program.randomPoint(&random).map { NormBound(of: $0) }
      try require(try bound(program, ports).isKnown, "no bound")
    }
  }

  /// Each norm of each port alone, which is what `within` says.
  @Test func oneNormOfEachPortIsEnough() {
    hold(Dialect.reals.options(bounds: false), share: 0.5) { program, random in
      let point = program.randomPoint(&random)
      let ports = point.map { vector -> NormBound in
        let all = NormBound(of: vector)
        switch random.below(3) {
        case 0: return NormBound(l1: all.l1, l2: .infinity, linf: .infinity)
        case 1: return NormBound(l1: .infinity, l2: all.l2, linf: .infinity)
        default: return NormBound(l1: .infinity, l2: .infinity, linf: all.linf)
        }
      }
      let expected = try program.denotation(point)
      let tolerance = try program.tolerance(point, expected)
      let bound = try bound(program, ports)
      try require(bound.isKnown, "no bound")
      try require(within(expected, bound, tolerance), "bound", "at \(point.map(short)): \(short(expected)), \(bound)")
    }
  }

  private func bound(_ program: CheckedProgram, _ ports: [NormBound]) throws -> NormBound {
    guard let bound = program.module.normBound(of: program.judgement, ports: ports) else {
      throw Discarded("too much to compute")
    }
    return bound
  }

  /// The tolerance is of an entry.
  private func within(_ result: [Double], _ bound: NormBound, _ tolerance: Double) -> Bool {
    let norms = NormBound(of: result)
    let size = Double(result.count)
    return norms.l1 <= bound.l1 + size * tolerance && norms.l2 <= bound.l2 + size * tolerance
      && norms.linf <= bound.linf + tolerance
  }
}
