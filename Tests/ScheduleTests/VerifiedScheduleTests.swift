import TestSupport
import Testing

/// Schedules are verified after every pass, always: no graph may be refused.
@Suite struct VerifiedScheduleTests {
  private func schedule(_ program: GraphProgram, thresholds: [Int] = [1, 60, 1 << 20]) throws {
    for threshold in thresholds { _ = try Scheduled(program, blas: threshold == 1, threshold: threshold) }
  }

  @Test func iterations() throws { for seed in 0..<UInt64(120) { try schedule(Trial.iteration(seed: seed).program) } }

  @Test func networks() throws { for seed in 0..<UInt64(90) { try schedule(Trial.network(seed: seed).program) } }

  @Test(arguments: [nil, 0, 3]) func anyGraphs(tensors: Int?) throws {
    for seed in 0..<UInt64(120) { try schedule(GraphProgram.adversarial(seed: seed, tensors: tensors)) }
  }
}
