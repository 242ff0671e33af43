import LinearMaps
import Schedule

/// The loops over a batch whose samples are computed side by side, as cajal_lanes.h has it.
extension BatchEmitter {
  /// Room for lanes of any width, whatever the batch.
  func workspaceBytes(_ plan: LanePlan) -> CFunction {
    let samples = layout.batchMultiple
    let group = plan.kept * samples * layout.realBytes
    let room = layout.shared * layout.realBytes
    let (most, groups) = (name("SIZE_MAX"), name("groups") * .integer(group))
    let body: [CStatement] =
      group == 0
      ? [.unused(["batch", "keep"]), .returnValue(.integer(room))]
      : [
        .ifThen(.prefix("!", name("keep")), [.returnValue(.integer(layout.forward * layout.realBytes))]),
        .constant(
          "const size_t", "groups",
          .binary("/", name("batch"), .integer(samples))
            + .binary("!=", .binary("%", name("batch"), .integer(samples)), .number("0"))),
        .returnValue(
          .conditional(
            .binary(
              ">", name("groups"), .binary("/", room == 0 ? most : .binary("-", most, .integer(room)), .integer(group))),
            most, room == 0 ? groups : .integer(room) + groups)),
      ]
    return CFunction(
      specifiers: "static", result: "size_t", name: own["bytes"],
      parameters: [CParameter("size_t", "batch"), CParameter("int", "keep")], body: body)
  }

  func runLanes(_ plan: LanePlan) -> [CStatement] {
    let code = forward[0].functions[0]
    let local = LaneNames(self)
    let size = unit.output.size
    let isKept = code.arguments.contains(.kept)
    var arrays =
      readBuffers(code, local) + [LaneArray(name: "result", size: size), LaneArray(name: "aside", size: size)]
    if isKept, plan.isUnkeptLocal { arrays.append(LaneArray(name: "unkept", size: plan.kept)) }
    let body = declared(arrays, plan, of: schedule.forward)
    var group = reads(code, local)
    if isKept {
      let unkept = CExpression.cast(
        "cajal_unaligned_lanes *", plan.isUnkeptLocal ? name("unkept") : keptStart)
      group += [
        .hide("keep"),
        .constant(
          "cajal_unaligned_lanes *const ", "kept",
          .conditional(name("keep"), keptGroup("cajal_unaligned_lanes *", plan), unkept)),
      ]
    }
    group += [
      call(code, local, outputs: ["result"]),
      .call(
        "cajal_write_lanes",
        [.integer(size), name("result"), name("out"), .integer(size), name("b"), name("count"), name("aside")]),
    ]
    return body + [forEachGroup(group)]
  }

  func runAdjointLanes(_ plan: LanePlan, _ code: SampleFunction) -> [CStatement] {
    let local = LaneNames(self)
    func gradient(_ port: Int, _ function: String, _ arguments: [CExpression]) -> CStatement {
      .call(function, [.integer(unit.ports[port].size)] + arguments)
    }
    func place(_ port: Int) -> [CExpression] { [bar(.port(port)), barStride(port)] }
    var arrays = readBuffers(code, local)
    for port in unit.ports.indices {
      let size = unit.ports[port].size
      arrays += [LaneArray(name: local.bars[port], size: size), LaneArray(name: local.sums[port], size: size)]
    }
    arrays.append(LaneArray(name: "aside", size: unit.ports.map(\.size).max()!))
    var body = declared(arrays, plan, of: schedule.backward!)
    for port in unit.ports.indices { body.append(gradient(port, "cajal_clear_lanes", [name(local.sums[port])])) }
    var group = reads(code, local)
    if code.arguments.contains(.kept) {
      group.append(
        .constant(
          "const cajal_unaligned_lanes *const ", "kept", keptGroup("const cajal_unaligned_lanes *", plan)))
    }
    group.append(call(code, local, outputs: local.bars))
    for port in unit.ports.indices {
      let given = [name(local.bars[port])] + place(port)
      group.append(
        gradient(
          port, "cajal_write_gradient",
          given + [name("b"), name("count"), name("aside"), name(local.sums[port])]))
    }
    body.append(forEachGroup(group))
    for port in unit.ports.indices {
      body.append(gradient(port, "cajal_write_shared_gradient", [name(local.sums[port])] + place(port)))
    }
    return body
  }

  /// On the stack, or behind the procedure's own buffers in the workspace.
  private func declared(_ arrays: [LaneArray], _ plan: LanePlan, of procedure: Procedure) -> [CStatement] {
    guard plan.room > 0 else {
      return arrays.map { array in
        .variable(
          CVariable(
            type: "lanes", name: array.name, extent: "\(array.size)",
            initial: array.isZero ? .list([.expression(.number("0"))]) : nil))
      }
    }
    var end = procedure.workspaceSize
    let places = arrays.map { array -> CStatement in
      defer { end += array.size }
      return .constant("lanes *const ", array.name, end == 0 ? name("room") : name("room") + .integer(end))
    }
    precondition(end <= plan.room, "the lanes of the inputs and outputs are counted in LanePlan")
    return [.constant("lanes *const ", "room", .call("cajal_lanes_in", [name("work")]))] + places
  }

  /// Where what is kept of the first group begins.
  private var keptStart: CExpression {
    layout.shared == 0 ? name("work") : .cast("real *", name("work")) + .integer(layout.shared)
  }

  private func forEachGroup(_ body: [CStatement]) -> CStatement {
    let rest = CExpression.binary("-", name("batch"), name("b"))
    let all = name("CAJAL_LANES")
    let count = CStatement.constant("const size_t", "count", .conditional(.binary("<", rest, all), rest, all))
    // As in `forEachSample`: where lanes hold one real, a group is a sample.
    return .counting("b", to: name("batch"), by: all, [.hide("b"), count] + body)
  }

  private func keptGroup(_ type: String, _ plan: LanePlan) -> CExpression {
    .cast(type, keptStart) + .binary("/", name("b"), name("CAJAL_LANES")) * .integer(plan.kept)
  }

  /// The inputs that a function reads; the last one is the cotangent of the result.
  private func inputs(of code: SampleFunction) -> [Int] {
    code.arguments.compactMap { if case .input(let index) = $0 { index } else { nil } }
  }

  private func size(ofInput index: Int) -> Int {
    index < unit.ports.count ? unit.ports[index].size : unit.output.size
  }

  private func readBuffers(_ code: SampleFunction, _ local: LaneNames) -> [LaneArray] {
    inputs(of: code).flatMap {
      [
        LaneArray(name: local.inputs[$0], size: size(ofInput: $0)),
        LaneArray(name: local.asides[$0], size: size(ofInput: $0), isZero: true),
      ]
    }
  }

  private func reads(_ code: SampleFunction, _ local: LaneNames) -> [CStatement] {
    inputs(of: code).map { index in
      let size = CExpression.integer(size(ofInput: index))
      let given: [CExpression] =
        index < unit.ports.count
        ? [.index(name("in"), .integer(index)), .index(name("stride"), .integer(index))] : [name("out_bar"), size]
      return .call(
        "cajal_read_lanes",
        [size] + given + [name("b"), name("count"), name(local.asides[index]), name(local.inputs[index])])
    }
  }

  private func call(_ code: SampleFunction, _ local: LaneNames, outputs: [String]) -> CStatement {
    .call(
      code.function.name,
      code.arguments.map { argument in
        switch argument {
        case .input(let index): name(local.inputs[index])
        case .output(let index): name(outputs[index])
        case .kept: name("kept")
        case .work: name("room")
        case .row, .keep, .wants, .round: preconditionFailure("in no lanes")
        }
      })
  }
}

/// An array of lanes of a run over a batch.
private struct LaneArray {
  let name: String
  let size: Int
  /// Compilers do not see that a shared input is put aside before it is read.
  var isZero = false
}

/// Names of arrays of lanes.
private struct LaneNames {
  /// Of the ports, then of the cotangent.
  var inputs: [String] = []
  /// Where their rows go that have to be copied first.
  var asides: [String] = []
  var bars: [String] = []
  var sums: [String] = []

  init(_ emitter: BatchEmitter) {
    var scope = NameScope(inside: emitter.fileNames)
    for name in [
      "b", "bar_stride", "count", "kept", "unkept", "room", "aside", "result", "result_bar", "result_bar_aside",
    ] {
      _ = scope.take(name)
    }
    for port in emitter.names.ports {
      let name = scope.claim(port, suffixes: ["", "_aside", "_bar", "_sum"])
      inputs.append(name)
      asides.append("\(name)_aside")
      bars.append("\(name)_bar")
      sums.append("\(name)_sum")
    }
    inputs.append("result_bar")
    asides.append("result_bar_aside")
  }
}

extension ProgramUnit {
  /// A program that has inputs, and no space of dimension 0.
  var fitsLanes: Bool {
    model == nil && !ports.isEmpty && output.size > 0 && ports.allSatisfy { $0.size > 0 }
  }
}
