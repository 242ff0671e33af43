import EmitC
import LinearMaps
import TestSupport
import Testing

/// Schedules are verified after every pass, always: no graph may be refused. Without a C compiler, so over many.
@Suite struct VerifiedScheduleTests {
  private func schedule(_ unit: ProgramUnit, thresholds: [Int] = [1, 60, 1 << 20]) throws {
    for threshold in thresholds {
      let options = Harness.options(blas: threshold == 1 ? .openblas : .none, batchThreshold: threshold)
      _ = try scheduleText(ModuleUnit(programs: [unit], options: options))
    }
  }

  @Test func iterations() throws { for seed in 0..<UInt64(120) { try schedule(IterationGraph.trial(seed: seed).unit) } }

  @Test func networks() throws { for seed in 0..<UInt64(150) { try schedule(NetworkGraph.trial(seed: seed).unit) } }

  @Test(arguments: [nil, 0, 3]) func anyGraphs(tensors: Int?) throws {
    for seed in 0..<UInt64(200) { try schedule(RandomProgramTests.unit(seed: seed, tensors: tensors)) }
  }
}
