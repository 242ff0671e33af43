import LinearMaps
import Schedule

/// Everything of one program or model: the functions that compute a sample, those that run over a batch, those that are
/// exported, and the structures that describe them.
struct ProgramEmitter {
  let unit: ProgramUnit
  let options: EmitOptions
  let schedule: ProgramSchedule
  let names: ProgramNames
  let tables: [String]
  /// The cajal_program or the cajal_model.
  private(set) var descriptor = ""
  private var layout: WorkspaceLayout { WorkspaceLayout(unit, schedule, realBytes: options.realBytes) }

  init(unit: ProgramUnit, options: EmitOptions, schedule: ProgramSchedule, names: ProgramNames, tables: [String]) {
    self.unit = unit
    self.options = options
    self.schedule = schedule
    self.names = names
    self.tables = tables
  }

  mutating func items(_ file: inout ModuleNames) -> [CItem] {
    var static_: [String: String] = [:]
    for part in ["sample", "run", "adjoint_sample", "run_adjoint", "sizes", "inputs", "output"]
      + (unit.model == nil ? ["program"] : ["model", "tensors", "weights"])
      + ["generic_forward", "generic_forward_keep"]
    { static_[part] = file.claim("\(names.base)_\(part)") }
    let own = StaticNames(
      names: static_, ports: names.ports.map { file.claim("\(names.base)_input_\($0)") },
      tensors: names.tensors.map { file.claim("\(names.base)_tensor_\($0)") })
    descriptor = own[unit.model == nil ? "program" : "model"]

    var items: [CItem] = [.comment(unit.judgement)]
    items += unit.sourceLines.map { .comment($0) }
    items.append(.blank)
    let forward = FunctionEmitter.emit(
      schedule.forward, name: own["sample"], names: procedureNames(outputs: ["result"]),
      realBytes: options.realBytes, readsKept: false, fileNames: file.file)
    items += [.function(forward.function), .blank]
    var adjoint: SampleFunction?
    if let backward = schedule.backward {
      let emitted = FunctionEmitter.emit(
        backward, name: own["adjoint_sample"],
        names: procedureNames(outputs: (names.tensors + names.ports).map { "\($0)_bar" }),
        realBytes: options.realBytes, readsKept: true, fileNames: file.file)
      adjoint = emitted
      if !unit.isAdjointEmpty { items += [.comment("The adjoint."), .function(emitted.function), .blank] }
    }
    if !unit.ports.isEmpty {
      items += [
        .variable(
          CVariable(
            type: "static const size_t", name: own["sizes"], extent: "",
            initial: .list(unit.ports.map { .expression(.integer($0.size)) }))), .blank,
      ]
    }
    let batch = BatchEmitter(
      unit: unit, options: options, schedule: schedule, layout: layout, names: names, own: own, forward: forward,
      adjoint: adjoint)
    items += batch.items()
    items += batch.exported()
    items += descriptors(own)
    return items
  }

  private func procedureNames(outputs: [String]) -> ProcedureNames {
    ProcedureNames(inputs: names.tensors + names.ports + ["result_bar"], outputs: outputs, tables: tables)
  }

  // MARK: Descriptors

  private func descriptors(_ own: StaticNames) -> [CItem] {
    var items: [CItem] = []
    func constant(_ type: String, _ name: String, _ initial: CInitialiser, extent: String? = nil) {
      items.append(.variable(CVariable(type: "static const \(type)", name: name, extent: extent, initial: initial)))
    }
    func text(_ string: String, _ name: String) -> CExpression {
      let bytes = Array(string.utf8)
      if bytes.count < CText.longestLiteral { return .string(bytes) }
      // Compilers need not take longer literals.
      let values = (bytes + [0]).map { CInitialiser.expression(.cast("char", .number("\($0)"))) }
      constant("char", name, .list(values), extent: "")
      return .name(name)
    }
    for (port, name) in zip(unit.ports, own.ports) {
      constant(
        "cajal_port", name, description(port, text(port.name, "\(name)_name"), text(port.type, "\(name)_type")))
    }
    if !unit.ports.isEmpty {
      constant(
        "cajal_port *const", own["inputs"], .list(own.ports.map { .expression(.prefix("&", .name($0))) }), extent: "")
    }
    constant(
      "cajal_port", own["output"],
      description(unit.output, .string([]), text(unit.output.type, "\(own["output"])_type")))
    let name = text(unit.name, "\(descriptor)_name")
    let judgement = text(unit.judgement, "\(descriptor)_judgement")
    func field(_ name: String, _ value: CExpression) -> (String, CInitialiser) { (name, .expression(value)) }
    let type = unit.model == nil ? "cajal_program" : "cajal_model"
    var fields = [
      field("struct_size", .call("sizeof", [.name(type)])), field("horizon", .integer(unit.horizon)),
      field("real_bytes", .call("sizeof", [.name("real")])), field("name", name),
      field(unit.model == nil ? "judgement" : "signature", judgement),
      field("input_count", .integer(unit.ports.count)),
      field("inputs", unit.ports.isEmpty ? .number("0") : .name(own["inputs"])),
      field("output", .prefix("&", .name(own["output"]))),
    ]
    if let model = unit.model {
      for (index, tensor) in model.tensors.enumerated() {
        let name = text(tensor.name, "\(own.tensors[index])_name")
        constant("cajal_tensor", own.tensors[index], description(tensor, name, offset: model.offsets[index]))
      }
      if !model.tensors.isEmpty {
        constant(
          "cajal_tensor *const", own["tensors"],
          .list(own.tensors.map { .expression(.prefix("&", .name($0))) }), extent: "")
      }
      var weights = CExpression.number("0")
      if let values = model.weights, !values.isEmpty {
        precondition(values.count == model.parameterCount, "a weight for each parameter")
        items.append(.reals(own["weights"], values, realBytes: options.realBytes))
        weights = .name("\(own["weights"]).values")
      }
      fields += [
        field("parameter_count", .integer(model.parameterCount)), field("tensor_count", .integer(model.tensors.count)),
        field("tensors", model.tensors.isEmpty ? .number("0") : .name(own["tensors"])),
        field("weights", weights),
      ]
    }
    fields += [
      field("workspace_bytes", .name(names.workspaceBytes)), field("forward", .name(own["generic_forward"])),
      field("forward_keep", .name(own["generic_forward_keep"])), field("backward", .name(own["run_adjoint"])),
    ]
    constant(type, descriptor, .fields(fields))
    return items + [.blank]
  }

  private func description(_ tensor: TensorDescription, _ name: CExpression, offset: Int) -> CInitialiser {
    let dims = tensor.dims.count <= 4 ? tensor.dims : [tensor.count]
    return .list(
      [
        .call("sizeof", [.name("cajal_tensor")]), name, .integer(dims.count),
      ].map { .expression($0) } + [.list((dims.isEmpty ? [0] : dims).map { .expression(.integer($0)) })]
        + [offset, tensor.count, tensor.fanIn].map { .expression(.integer($0)) })
  }

  private func description(_ port: PortDescription, _ name: CExpression, _ type: CExpression) -> CInitialiser {
    // The structure has room for four dimensions.
    let dims = port.dims.count <= 4 ? port.dims : [port.size]
    let degree = port.degree == Int.max ? CExpression.name("SIZE_MAX") : .integer(port.degree)
    let shape = dims.isEmpty ? [0] : dims
    return .list(
      [
        .call("sizeof", [.name("cajal_port")]), .integer(port.linear ? 1 : 0), name, type, .integer(port.size), degree,
        .integer(dims.count),
      ].map { .expression($0) } + [.list(shape.map { .expression(.integer($0)) })])
  }
}

/// The names of a program's static functions and structures.
struct StaticNames {
  let names: [String: String]
  let ports: [String]
  let tensors: [String]
  subscript(part: String) -> String { names[part]! }
}

/// The workspace of a program: what the samples of a batch share, then what is kept of each.
struct WorkspaceLayout {
  /// In reals.
  let forward: Int
  let kept: Int
  /// Where the adjoint puts gradients that are not wanted, for each tensor and each port.
  private(set) var aside: [Int] = []
  /// What both directions share where there is an adjoint.
  let shared: Int
  let realBytes: Int

  init(_ unit: ProgramUnit, _ schedule: ProgramSchedule, realBytes: Int) {
    self.realBytes = realBytes
    forward = schedule.forward.workspaceSize
    kept = schedule.keptSize
    guard let backward = schedule.backward else {
      shared = forward
      return
    }
    let reals = 64 / realBytes
    var end = backward.workspaceSize
    for size in unit.tensors.map(\.count) + unit.ports.map(\.size) {
      aside.append(end)
      end = WorkspaceLayout.sum(end, WorkspaceLayout.sum(size, reals - 1) / reals * reals)
    }
    shared = max(forward, end)
  }

  private static func sum(_ a: Int, _ b: Int) -> Int {
    let (sum, overflow) = a.addingReportingOverflow(b)
    return overflow ? Int.max : sum
  }

  /// Whether the shared part can be addressed.
  var isPossible: Bool { shared <= Int.max / 64 }
}
