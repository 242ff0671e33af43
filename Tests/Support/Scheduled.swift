import LinearMaps
import Schedule
import ScheduleInterpreter

/// A program or a model with its schedule.
public struct Scheduled: Sendable {
  public let program: GraphProgram
  public let schedule: ProgramSchedule
  public let options: ScheduleOptions
  private let tables: [Table]

  public init(_ program: GraphProgram, realBytes: Int = 8, blas: Bool = false, threshold: Int = 4096) throws {
    self.program = program
    options = ScheduleOptions(realBytes: realBytes, blas: blas, batchThreshold: threshold)
    let store = TableStore()
    schedule = try Schedule.schedule(
      forward: program.forward, backward: program.backward, program.signature, options: options, tables: store)
    tables = store.tables
  }

  /// How it is computed in lanes, where it can be.
  public var lanes: LanePlan? {
    let sizes = program.inputSizes + [program.outputSize]
    return !program.signature.isModel && sizes.count > 1 && !sizes.contains(0) ? schedule.lanes : nil
  }

  /// - Parameter lanes: in lanes, where that is possible.
  public func interpreted(lanes: Bool = true) -> ScheduledProgram {
    ScheduledProgram(
      schedule, of: program.forward, program.signature, tables: tables, realBytes: options.realBytes,
      lanes: lanes ? self.lanes : nil)
  }

  /// Each way in which it can be run.
  public var ways: [(name: String, forward: Procedure, backward: Procedure?)] {
    let whole = program.signature.isModel ? "for any batch" : "sample by sample"
    return [(whole, schedule.forward, schedule.backward)]
      + schedule.variants.map { way in
        let inputs = way.inputs.map { program.forward.parameters[$0].name }.joined(separator: ", ")
        return (inputs.isEmpty ? "for any batch" : "for batches that share \(inputs)", way.forward, way.backward)
      }
  }

  /// The loops and buffers of all ways, as `--emit schedule` prints them.
  public var text: String {
    ways.map { name, forward, backward in
      "forward \(name)\n\(forward)" + (backward.map { "backward \(name)\n\($0)" } ?? "")
    }.joined()
  }

  public var lines: [String] { text.split(separator: "\n").map(String.init) }
}
