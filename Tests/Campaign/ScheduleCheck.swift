import Driver
import EmitC
import LinearMaps
import Schedule
import ScheduleInterpreter
import TestSupport

/// The schedules of a module's programs and models, run in place of their C.
struct ScheduleCheck {
  private let programs: [String: Scheduled]
  private let realBytes: Int

  /// Operations of a batch: more are not tried, since they would take seconds.
  private static let largestWork = 4e6

  init(_ compilation: Compilation, realBytes: Int) throws {
    guard let module = try compilation.moduleUnit() else { throw Discarded("no graphs") }
    self.realBytes = realBytes
    programs = try module.programs.reduce(into: [:]) { programs, unit in
      programs[unit.name] = try Scheduled(
        GraphProgram(unit.name, unit.forward, unit.backward, tensors: unit.model?.tensors.count),
        realBytes: realBytes, blas: module.options.blas == .openblas, threshold: module.options.batchThreshold)
    }
  }

  /// What is wrong with a program's answer to a request; throws `Discarded` where it would take too long.
  func fault(of name: String, _ request: Request, _ expected: Expectation) throws -> String? {
    guard let scheduled = programs[name], let backward = scheduled.program.backward else { throw Discarded("no graph") }
    if Double(request.batch) * (scheduled.program.forward.work + backward.work) > Self.largestWork {
      throw Discarded("the schedule takes too long")
    }
    let bounds = BoundingInterpreter(realBytes: realBytes)
    func fault(_ what: String, _ values: [Double], _ wanted: BoundedVector) -> String? {
      if values.count != wanted.value.count { return "\(what) has \(values.count) entries, not \(wanted.value.count)" }
      let index = values.indices.first { !(abs(values[$0] - wanted.value[$0]) <= bounds.bound(wanted.error[$0])) }
      return index.map { "\(what), entry \($0): the schedule gives \(values[$0]), the graph \(wanted.value[$0])" }
    }
    let (call, interpreter) = (request.call(scheduled.program), scheduled.interpreted())
    do {
      let forward = try interpreter.forward(call, keeps: true)
      let results = BoundedVector(joining: expected.out)
      if let reason = fault("the result", forward.results, results) { return reason }
      let plain = try interpreter.forward(call, keeps: false).results
      if plain.map(\.bitPattern) != forward.results.map(\.bitPattern) {
        return "the result is another where nothing is kept"
      }
      let all = Set(request.strides.indices.map { Wanted.port($0) } + (request.isModel ? [.parameters] : []))
      for wanted in [all, all.filter { request.wants($0) }] where !wanted.isEmpty {
        let gradients = try interpreter.backward(call, forward.kept!, wanted: wanted)
        if let tensors = gradients.tensors,
          let reason = fault("the parameters' gradient", Array(tensors.joined()), expected.parameterGradient)
        {
          return reason
        }
        for (port, rows) in gradients.inputs.enumerated() {
          guard let rows else { continue }
          let wished = BoundedVector(joining: expected.gradients[port])
          if let reason = fault("gradient \(port)", Array(rows.joined()), wished) { return reason }
        }
      }
      return nil
    } catch { return "\(error)" }
  }
}

extension Request {
  fileprivate func call(_ program: GraphProgram) -> BatchCall {
    var rest = parameters[...]
    let tensors = program.tensorSizes.map { size in
      defer { rest = rest.dropFirst(size) }
      return Array(rest.prefix(size))
    }
    let inputs = zip(strides, program.inputSizes).enumerated().map { input, layout in
      let (stride, size) = layout
      var memory = [Double](repeating: .nan, count: (batch - 1) * stride + size)
      for b in 0..<batch {
        memory.replaceSubrange((b * stride)..<(b * stride + size), with: samples[sample(b)][input])
      }
      return memory
    }
    return BatchCall(
      batch: batch, tensors: tensors, inputs: inputs, strides: strides,
      cotangents: (0..<batch).flatMap { outBars[sample($0)] })
  }

  /// As the client's last call asks for gradients.
  fileprivate func wants(_ gradient: Wanted) -> Bool {
    switch gradient {
    case .parameters: wanted >> 63 == 1
    case .port(let port): wanted >> UInt64(port) & 1 == 1
    }
  }
}
