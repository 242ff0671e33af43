import LinearMaps
import ScheduleInterpreter
import Testing

@testable import Schedule

/// Drafts by hand, from x of 20 entries to y of 20, and their adjoints, run for two samples.
enum DraftTrial {
  static let size = 20

  static func buffer(_ name: String, _ storage: Storage) -> Buffer { Buffer(name: name, size: size, storage: storage) }

  /// The results, and the gradients in x, for every sample or added up.
  static func answer(_ forward: Draft, _ adjoint: Draft, summed: Bool = false) throws -> [[Double]] {
    func procedure(_ draft: Draft) -> Procedure {
      var procedure = draft.procedure
      procedure.workspaceSize = draft.body.scratchBytes / 8
      return procedure
    }
    let schedule = ProgramSchedule(forward: procedure(forward), backward: procedure(adjoint), keptSize: size)
    let g = GraphBuilder()
    let graph = g.finish(results: [g.parameter("x", .real([size]))])
    // Gradients that are added to are those of all samples together, as a model's.
    let program = ScheduledProgram(
      schedule, of: graph, .of(graph, tensors: adjoint.accumulatesOutputs ? 0 : nil), tables: [], realBytes: 8)
    let reals = (0..<(2 * size)).map { 1 + Double($0) }
    let call = BatchCall(
      batch: 2, inputs: [reals], strides: [size], cotangents: reals, gradientStrides: [summed ? 0 : size])
    let (results, kept) = try program.forward(call, keeps: true)
    return [results] + (try program.backward(call, try #require(kept), wanted: [.port(0)]).inputs[0] ?? [])
  }

  /// To each entry one statement is done.
  static func each(_ variable: LoopVariable, _ body: Statement...) -> Statement {
    .loop(CountedLoop(variable: variable, lower: 0, upper: variable.bound, descending: false, body: body))
  }
}
