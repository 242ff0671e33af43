import LinearMaps
import Schedule

/// The loops over a batch whose samples are computed side by side, as cajal_lanes.h has it.
extension BatchEmitter {
  /// Room for lanes of any width, whatever the batch.
  func workspaceBytes(_ plan: LanePlan) -> CFunction {
    let samples = layout.batchMultiple
    let group = plan.kept * samples * layout.realBytes
    let body: [CStatement] =
      group == 0
      ? [.unused(["batch", "keep"]), .returnValue(.number("0"))]
      : [
        .ifThen(.prefix("!", name("keep")), [.returnValue(.integer(plan.isUnkeptLocal ? 0 : group))]),
        .constant(
          "const size_t", "groups",
          .binary("/", name("batch"), .integer(samples))
            + .binary("!=", .binary("%", name("batch"), .integer(samples)), .number("0"))),
        .returnValue(
          .conditional(
            .binary(">", name("groups"), .binary("/", name("SIZE_MAX"), .integer(group))), name("SIZE_MAX"),
            name("groups") * .integer(group))),
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
    var body = readBuffers(code, local) + [array("result", size), array("aside", size)]
    if isKept, plan.isUnkeptLocal { body.append(array("unkept", plan.kept)) }
    var group = reads(code, local)
    if isKept {
      let unkept = CExpression.cast("cajal_unaligned_lanes *", name(plan.isUnkeptLocal ? "unkept" : "work"))
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
    var body = readBuffers(code, local)
    for port in unit.ports.indices {
      body += [array(local.bars[port], unit.ports[port].size), array(local.sums[port], unit.ports[port].size)]
    }
    body.append(array("aside", unit.ports.map(\.size).max()!))
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

  /// - Parameter isZero: compilers do not see that a shared input is put aside before it is read.
  private func array(_ variable: String, _ size: Int, isZero: Bool = false) -> CStatement {
    .variable(
      CVariable(
        type: "lanes", name: variable, extent: "\(size)",
        initial: isZero ? .list([.expression(.number("0"))]) : nil))
  }

  private func forEachGroup(_ body: [CStatement]) -> CStatement {
    let rest = CExpression.binary("-", name("batch"), name("b"))
    let all = name("CAJAL_LANES")
    let count = CStatement.constant("const size_t", "count", .conditional(.binary("<", rest, all), rest, all))
    // As in `forEachSample`: where lanes hold one real, a group is a sample.
    return .counting("b", to: name("batch"), by: all, [.hide("b"), count] + body)
  }

  private func keptGroup(_ type: String, _ plan: LanePlan) -> CExpression {
    .cast(type, name("work")) + .binary("/", name("b"), name("CAJAL_LANES")) * .integer(plan.kept)
  }

  /// The inputs that a function reads; the last one is the cotangent of the result.
  private func inputs(of code: SampleFunction) -> [Int] {
    code.arguments.compactMap { if case .input(let index) = $0 { index } else { nil } }
  }

  private func size(ofInput index: Int) -> Int {
    index < unit.ports.count ? unit.ports[index].size : unit.output.size
  }

  private func readBuffers(_ code: SampleFunction, _ local: LaneNames) -> [CStatement] {
    inputs(of: code).flatMap {
      [array(local.inputs[$0], size(ofInput: $0)), array(local.asides[$0], size(ofInput: $0), isZero: true)]
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
        case .row, .keep, .wants, .round, .work: preconditionFailure("in no lanes")
        }
      })
  }
}

/// Names of local arrays of lanes.
private struct LaneNames {
  /// Of the ports, then of the cotangent.
  var inputs: [String] = []
  /// Where their rows go that have to be copied first.
  var asides: [String] = []
  var bars: [String] = []
  var sums: [String] = []

  init(_ emitter: BatchEmitter) {
    var scope = NameScope(inside: emitter.fileNames)
    for name in ["b", "bar_stride", "count", "kept", "unkept", "aside", "result", "result_bar", "result_bar_aside"] {
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
