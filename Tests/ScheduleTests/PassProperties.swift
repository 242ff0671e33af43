import LinearMaps
import ScheduleInterpreter
import TestSupport
import Testing

@testable import Schedule

/// What a draft computes, sample by sample, is what its graph computes, after planning and after every pass.
@Suite struct PassProperties {
  /// Names the first pass after which it is not.
  private func check(_ trial: Trial, threshold: Int) throws {
    // Drafts do not know what the batch shares: a model's tensors are inputs.
    let tensors = trial.program.tensorSizes.count
    let program = GraphProgram(trial.program.name, trial.program.forward, trial.program.backward)
    let trial = Trial(
      program, seed: 1, batch: min(trial.batch, 3), strides: [Int](repeating: 0, count: tensors) + trial.strides)
    let options = ScheduleOptions(realBytes: 8, blas: false, batchThreshold: threshold)
    let store = TableStore()
    let planner = ProgramPlanner(signature: program.signature, options: options, tables: store)
    var (forward, residuals, keptSize) = try planner.forward(program.forward, readBy: program.backward)
    var adjoint = planner.backward(try #require(program.backward), residuals: residuals)

    func placed(_ draft: Draft) -> Procedure {
      var procedure = draft.procedure
      procedure.workspaceSize = draft.body.scratchBytes / options.realBytes
      return procedure
    }
    func compare(after pass: String) -> Bool {
      let schedule = ProgramSchedule(forward: placed(forward), backward: placed(adjoint), keptSize: keptSize)
      // Gradients that are added to are those of all samples together, as a model's.
      let interpreted = ScheduledProgram(
        schedule, of: program.forward, .of(program.forward, tensors: adjoint.accumulatesOutputs ? 0 : nil),
        tables: store.tables, realBytes: options.realBytes)
      guard let reason = trial.disagreement(with: interpreted, areChosen: false) else { return true }
      Issue.record("\(program.name), threshold \(threshold), after \(pass): \(reason)")
      return false
    }

    guard compare(after: ProgramDrafts.plan) else { return }
    for pass in SchedulePipeline.standard + SchedulePipeline.scalar {
      pass.run(&forward)
      pass.run(&adjoint)
      guard compare(after: pass.name) else { return }
    }
    let shared = Set(program.inputSizes.indices)
    for pass in SchedulePipeline.beforeCut(.forward, shared: shared, options: options) {
      pass.run(&forward)
      guard compare(after: pass.name) else { return }
    }
    for pass in SchedulePipeline.beforeCut(.adjoint, shared: shared, options: options) {
      pass.run(&adjoint)
      guard compare(after: pass.name) else { return }
    }
  }

  @Test(arguments: 0..<4) func anyGraphs(group: UInt64) throws {
    for seed in (group * 10)..<(group * 10 + 10) { try check(Trial.adversarial(seed: seed), threshold: 1) }
  }

  @Test(arguments: 0..<2) func networks(group: UInt64) throws {
    for seed in (group * 20)..<(group * 20 + 20) { try check(Trial.network(seed: seed), threshold: 1) }
  }

  @Test(arguments: 0..<2) func iterations(group: UInt64) throws {
    for seed in (group * 12)..<(group * 12 + 12) { try check(Trial.iteration(seed: seed), threshold: 1) }
  }

  @Test func repeatedData() throws {
    for seed in 7000..<UInt64(7060) { try check(Trial.repeatedData(seed: seed), threshold: 1) }
  }
}
