import Schedule

/// What a module exports, as JSON with sorted keys (docs/manifest.schema.json).
///
/// - Throws: `EmitError`.
public func manifest(_ module: ModuleUnit) throws -> String {
  let scheduled = try ScheduledModule(module)
  let options = module.options
  let stacks = ModuleCode(scheduled).stacks
  func describe(_ index: Int) -> JSON {
    let unit = module.programs[index]
    let names = scheduled.names.programs[index]
    let lanes = scheduled.lanes[index]
    let (layout, cost) = (scheduled.layout(of: index), scheduled.cost(of: index, stack: stacks[index]))
    var fields: [String: JSON] = [
      "name": .string(unit.name), "horizon": .integer(unit.horizon),
      "inputs": .array(zip(unit.ports, names.ports).map { port($0, cName: $1) }),
      "output": port(unit.output, cName: "result"),
      "gradients": .bool(scheduled.schedules[index].backward != nil),
      "functions": .object(
        [
          "workspace_bytes": .string(names.workspaceBytes), "forward": .string(names.forward),
          "forward_keep": .string(names.forwardKeep), "backward": .string(names.backward),
          "backward_each": .string(names.backwardEach), "one": .string(names.one),
        ].merging(
          scheduled.schedules[index].backward == nil ? [:] : ["one_with_gradient": .string(names.oneWithGradient)]
        ) { $1 }),
      "constant_bytes": .integer(cost.constantBytes),
      "cost": .object(
        ["forward": procedure(cost.forward)].merging(cost.backward.map { ["backward": procedure($0)] } ?? [:]) { $1 }),
      "stack": .object(["bytes": .integer(cost.stack.all), "one_bytes": .integer(cost.stack.one)]),
      "workspace": .object([
        "batch_multiple": .integer(layout.batchMultiple),
        "forward_bytes": .integer(layout.forward * options.realBytes),
        "forward_bytes_per_sample": .integer(layout.forwardRows * options.realBytes),
        "keep_bytes": .integer(layout.shared * options.realBytes),
        "keep_bytes_per_sample": .integer(layout.keptRows * options.realBytes),
        "each_bytes": .integer(layout.eachBytes),
      ]),
    ]
    if let model = unit.model {
      fields["signature"] = .string(unit.judgement)
      fields["parameter_count"] = .integer(model.parameterCount)
      fields["tensors"] = .array(zip(model.tensors, model.offsets).map { tensor($0, offset: $1) })
      fields["weights"] = .bool(model.weights != nil)
    } else {
      fields["judgement"] = .string(unit.judgement)
      fields["lanes"] = .bool(lanes != nil)
      let shared = Set(scheduled.schedules[index].variants.flatMap(\.inputs)).sorted()
      if !shared.isEmpty { fields["shared_matrices"] = .array(shared.map { .string(names.ports[$0]) }) }
    }
    return .object(fields)
  }
  let models = module.programs.indices.filter { module.programs[$0].model != nil }
  let programs = module.programs.indices.filter { module.programs[$0].model == nil }
  return JSON.object([
    "abi": .integer(module.abi), "compiler": .string(options.compiler), "source": .string(options.sourceName),
    "header": .string(options.headerName), "prefix": .string(scheduled.names.prefix),
    "real": .string(options.realBytes == 4 ? "float" : "double"), "blas": .string(options.blas.rawValue),
    "check_finite": .bool(options.checkFinite), "module_info": .string("\(scheduled.names.prefix)_module_info"),
    "models": .array(models.map(describe)), "programs": .array(programs.map(describe)),
  ]).text + "\n"
}

private func procedure(_ cost: ProcedureCost) -> JSON {
  func part(_ cost: Cost) -> JSON {
    .object([
      "operations": .count(cost.operations), "reals_read": .count(cost.loads), "reals_written": .count(cost.stores),
    ])
  }
  return .object(["sample": part(cost.sample), "batch": part(cost.batch)])
}

private func port(_ port: PortDescription, cName: String) -> JSON {
  var fields: [String: JSON] = [
    "name": .string(port.name), "c_name": .string(cName), "type": .string(port.type), "size": .integer(port.size),
    // No bound is null.
    "degree": port.degree == Int.max ? .null : .integer(port.degree), "linear": .bool(port.linear),
    "dims": .array(port.dims.map { .integer($0) }),
  ]
  if !port.values.isEmpty { fields["values"] = .array(port.values.map { .string($0) }) }
  if port.isDistribution { fields["distribution"] = .bool(true) }
  if let table = port.table {
    fields["element"] = .string(port.isNodes ? "int32" : "real")
    fields["nodes"] = .integer(table.rows)
    fields["arity"] = .integer(table.arity)
    if !port.isNodes {
      fields["parts"] = .array(
        table.parts.map {
          .object(["name": .string($0.name), "offset": .integer($0.offset), "size": .integer($0.size)])
        })
    }
  }
  return .object(fields)
}

private func tensor(_ tensor: TensorDescription, offset: Int) -> JSON {
  var fields: [String: JSON] = [
    "name": .string(tensor.name), "dims": .array(tensor.dims.map { .integer($0) }), "offset": .integer(offset),
    "count": .integer(tensor.count), "fan_in": .integer(tensor.fanIn),
  ]
  if tensor.initial != nil { fields["initial"] = .bool(true) }
  return .object(fields)
}

private enum JSON {
  case null
  case bool(Bool)
  case integer(Int)
  /// A whole number, which may be larger than any integer.
  case count(Double)
  case string(String)
  case array([JSON])
  case object([String: JSON])

  var text: String {
    var pieces: [String] = []
    write(&pieces, 0)
    return pieces.joined()
  }

  private func write(_ pieces: inout [String], _ level: Int) {
    switch self {
    case .null: pieces.append("null")
    case .bool(let value): pieces.append(value ? "true" : "false")
    case .integer(let value): pieces.append("\(value)")
    case .count(let value): pieces.append(Int(exactly: value).map { "\($0)" } ?? "\(value)")
    case .string(let value): pieces.append(JSON.quoted(value))
    case .array(let values):
      JSON.list(values.map { ("", $0) }, "[", "]", &pieces, level)
    case .object(let fields):
      let sorted = fields.sorted { $0.key < $1.key }.map { (JSON.quoted($0.key) + ": ", $0.value) }
      JSON.list(sorted, "{", "}", &pieces, level)
    }
  }

  private static func list(
    _ values: [(String, JSON)], _ begin: String, _ end: String, _ pieces: inout [String], _ level: Int
  ) {
    if values.isEmpty {
      pieces.append(begin + end)
      return
    }
    pieces.append(begin)
    for (index, (key, value)) in values.enumerated() {
      pieces.append((index == 0 ? "\n" : ",\n") + String(repeating: "  ", count: level + 1) + key)
      value.write(&pieces, level + 1)
    }
    pieces.append("\n" + String(repeating: "  ", count: level) + end)
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": result += "\\" + String(scalar)
      case "\u{0}"..."\u{1F}", "\u{7F}":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
