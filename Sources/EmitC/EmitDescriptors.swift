/// The structures that describe a program or a model to generic callers.
struct DescriptorEmitter {
  let unit: ProgramUnit
  let options: EmitOptions
  let own: StaticNames
  /// Of the texts' names.
  let stem: String

  /// Which functions a structure names.
  struct Functions {
    let bytes: String
    let forward: String
    let forwardKeep: String
    let backward: String
    let backwardEach: String

    static func own(of names: StaticNames) -> Functions {
      Functions(
        bytes: names["bytes"], forward: names["generic_forward"], forwardKeep: names["generic_forward_keep"],
        backward: names["generic_backward"], backwardEach: names["backward_each"])
    }

    static func linked(of names: StaticNames) -> Functions {
      Functions(
        bytes: names["linked_bytes"], forward: names["linked_forward"], forwardKeep: names["linked_forward_keep"],
        backward: names["linked_backward"], backwardEach: names["linked_backward_each"])
    }
  }

  private func constant(_ type: String, _ name: String, _ initial: CInitialiser, extent: String? = nil) -> CItem {
    .variable(CVariable(type: "static const \(type)", name: name, extent: extent, initial: initial))
  }

  /// Compilers need not take longer literals than these.
  private func isShort(_ text: String) -> Bool { text.utf8.count < CText.longestLiteral }

  private func text(_ string: String, _ name: String) -> CExpression {
    isShort(string) ? .string(Array(string.utf8)) : .name(name)
  }

  /// The array of a text that is too long for a literal.
  private func long(_ string: String, _ name: String) -> [CItem] {
    if isShort(string) { return [] }
    let values = (Array(string.utf8) + [0]).map { CInitialiser.expression(.cast("char", .number("\($0)"))) }
    return [constant("char", name, .list(values), extent: "")]
  }

  private func pointers(to names: [String]) -> CInitialiser {
    .list(names.map { .expression(.prefix("&", .name($0))) })
  }

  /// What the structure points at.
  func parts() -> [CItem] {
    var items: [CItem] = []
    for (port, name) in zip(unit.ports, own.ports) {
      items += long(port.name, "\(name)_name") + long(port.type, "\(name)_type")
      items += parts(of: port, name) + values(of: port, name)
      items.append(constant("cajal_port", name, description(port, name)))
    }
    if !unit.ports.isEmpty {
      items.append(constant("cajal_port *const", own["inputs"], pointers(to: own.ports), extent: ""))
    }
    items += long(unit.output.type, "\(own["output"])_type") + values(of: unit.output, own["output"])
    items.append(constant("cajal_port", own["output"], description(unit.output, own["output"])))
    items += long(unit.name, "\(stem)_name") + long(unit.judgement, "\(stem)_judgement")
    guard let model = unit.model else { return items }
    for (index, tensor) in model.tensors.enumerated() {
      let name = own.tensors[index]
      items += long(tensor.name, "\(name)_name")
      if let initial = tensor.initial {
        precondition(initial.count == tensor.count, "a number for each parameter")
        items.append(.reals("\(name)_initial", initial, realBytes: options.realBytes))
      }
      items.append(
        constant(
          "cajal_tensor", name, description(tensor, name, text(tensor.name, "\(name)_name"), model.offsets[index])))
    }
    if !model.tensors.isEmpty {
      items.append(constant("cajal_tensor *const", own["tensors"], pointers(to: own.tensors), extent: ""))
    }
    if let values = model.weights, !values.isEmpty {
      precondition(values.count == model.parameterCount, "a weight for each parameter")
      items.append(.reals(own["weights"], values, realBytes: options.realBytes))
    }
    return items
  }

  /// The cajal_program or the cajal_model.
  func structure(_ name: String, functions: Functions) -> CItem {
    func field(_ name: String, _ value: CExpression) -> (String, CInitialiser) { (name, .expression(value)) }
    let type = unit.model == nil ? "cajal_program" : "cajal_model"
    var fields = [
      field("struct_size", .call("sizeof", [.name(type)])), field("horizon", .integer(unit.horizon)),
      field("real_bytes", .call("sizeof", [.name("real")])), field("name", text(unit.name, "\(stem)_name")),
      field(unit.model == nil ? "judgement" : "signature", text(unit.judgement, "\(stem)_judgement")),
      field("input_count", .integer(unit.ports.count)),
      field("inputs", unit.ports.isEmpty ? .number("0") : .name(own["inputs"])),
      field("output", .prefix("&", .name(own["output"]))),
    ]
    if let model = unit.model {
      let isTrained = model.weights.map { !$0.isEmpty } ?? false
      fields += [
        field("parameter_count", .integer(model.parameterCount)), field("tensor_count", .integer(model.tensors.count)),
        field("tensors", model.tensors.isEmpty ? .number("0") : .name(own["tensors"])),
        field("weights", isTrained ? .name("\(own["weights"]).values") : .number("0")),
      ]
    }
    fields += [
      field("workspace_bytes", .name(functions.bytes)), field("forward", .name(functions.forward)),
      field("forward_keep", .name(functions.forwardKeep)), field("backward", .name(functions.backward)),
      field("backward_each", .name(functions.backwardEach)),
    ]
    return constant(type, name, .fields(fields))
  }

  private func description(
    _ tensor: TensorDescription, _ name: String, _ text: CExpression, _ offset: Int
  ) -> CInitialiser {
    let dims = tensor.dims.count <= 4 ? tensor.dims : [tensor.count]
    let initial = tensor.initial == nil ? CExpression.number("0") : .name("\(name)_initial.values")
    return .list(
      [
        .call("sizeof", [.name("cajal_tensor")]), text, .integer(dims.count),
      ].map { .expression($0) } + [.list((dims.isEmpty ? [0] : dims).map { .expression(.integer($0)) })]
        + [offset, tensor.count, tensor.fanIn].map { .expression(.integer($0)) } + [.expression(initial)])
  }

  private func description(_ port: PortDescription, _ name: String) -> CInitialiser {
    // The structure has room for four dimensions.
    let dims = port.dims.count <= 4 ? port.dims : [port.size]
    let degree = port.degree == Int.max ? CExpression.name("SIZE_MAX") : .integer(port.degree)
    let shape = dims.isEmpty ? [0] : dims
    func field(_ name: String, _ value: CExpression) -> (String, CInitialiser) { (name, .expression(value)) }
    let isResult = port.name.isEmpty
    var fields = [
      field("struct_size", .call("sizeof", [.name("cajal_port")])), field("linear", .integer(port.linear ? 1 : 0)),
      field("name", isResult ? .string([]) : text(port.name, "\(name)_name")),
      field("type", text(port.type, "\(name)_type")),
      field("size", .integer(port.size)), field("degree", degree), field("rank", .integer(dims.count)),
      ("dims", .list(shape.map { .expression(.integer($0)) })),
    ]
    if port.isDistribution { fields.append(field("distribution", .integer(1))) }
    if hasValues(port) {
      fields += [field("value_count", .integer(port.values.count)), field("values", .name("\(name)_values"))]
    }
    guard let table = port.table else { return .fields(fields) }
    fields += [
      field("element", .integer(port.isNodes ? 1 : 0)), field("nodes", .integer(table.rows)),
      field("arity", .integer(table.arity)),
    ]
    if !port.isNodes {
      fields += [field("part_count", .integer(table.parts.count)), field("parts", .name("\(name)_parts"))]
    }
    return .fields(fields)
  }

  /// Those whose names are no literals are left out.
  private func hasValues(_ port: PortDescription) -> Bool { !port.values.isEmpty && port.values.allSatisfy(isShort) }

  /// The names of the values of a port that has some.
  private func values(of port: PortDescription, _ name: String) -> [CItem] {
    guard hasValues(port) else { return [] }
    let names = port.values.map { CInitialiser.expression(.string(Array($0.utf8))) }
    return [constant("char *const", "\(name)_values", .list(names), extent: "")]
  }

  /// The layout of a table's rows.
  private func parts(of port: PortDescription, _ name: String) -> [CItem] {
    guard let table = port.table, !port.isNodes else { return [] }
    var items: [CItem] = []
    for (index, part) in table.parts.enumerated() {
      let fields: [CExpression] = [
        .call("sizeof", [.name("cajal_part")]), .string(Array(part.name.utf8)), .integer(part.offset),
        .integer(part.size),
      ]
      items.append(constant("cajal_part", "\(name)_part_\(index + 1)", .list(fields.map { .expression($0) })))
    }
    let names = table.parts.indices.map { "\(name)_part_\($0 + 1)" }
    return items + [constant("cajal_part *const", "\(name)_parts", pointers(to: names), extent: "")]
  }
}
