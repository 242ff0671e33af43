import Schedule
import ScheduleInterpreter

/// The schedule, run by its interpreter.
public struct ScheduleImplementation: Implementation {
  public let name = "schedule"
  /// Products of shared matrices from this size on are the batch's.
  public let threshold: Int

  public init(threshold: Int) { self.threshold = threshold }

  public func prepare(_ programs: [CheckedProgram]) throws -> [PreparedProgram?] {
    try programs.map { program in
      let graph = try? program.graph()
      return try graph.map {
        PreparedSchedule(
          scheduled: try Scheduled(
            GraphProgram(program.program.name, compiling: $0, constants: program.nodeInputs), threshold: threshold))
      }
    }
  }
}

private struct PreparedSchedule: PreparedProgram {
  let scheduled: Scheduled

  func run(batch: Int, _ inputs: [[Double]], shared: [Bool], outputBar: [Double]?) throws
    -> (output: [Double], gradients: [[Double]])
  {
    let strides = zip(shared, scheduled.program.inputSizes).map { $0 ? 0 : $1 }
    let call = BatchCall(batch: batch, inputs: inputs, strides: strides, cotangents: outputBar ?? [])
    let interpreter = scheduled.interpreted()
    do {
      let (output, kept) = try interpreter.forward(call, keeps: outputBar != nil)
      guard let kept else { return (output, []) }
      let ports = inputs.indices.map { Wanted.port($0) }
      let gradients = try interpreter.backward(call, kept, wanted: Set(ports)).inputs.map { Array($0!.joined()) }
      for port in ports.indices where interpreter.computesOnlyWanted(call) {
        let alone = try interpreter.backward(call, kept, wanted: [ports[port]]).inputs[port]!
        try require(
          agree(Array(alone.joined()), gradients[port], equalNaN: true), "alone",
          "gradient \(port) is \(alone) where it alone is wanted, and else \(gradients[port])")
      }
      return (output, gradients)
    } catch let fault as ScheduleFault { throw Falsified("fault", "\(fault)") }
  }
}
