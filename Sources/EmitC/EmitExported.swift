/// The functions that a module exports, with named arguments.
///
/// Nothing of the module calls them: another module of the process may have functions of the same names, and the linker
/// may take those instead.
extension BatchEmitter {
  /// - Parameter linked: of a program or model with tables: what the functions call.
  func exported(linked: LinkedEmitter?) -> [CItem] {
    let header = HeaderEmitter.parameters(names, unit, realBytes: options.realBytes)
    let hasPorts = !unit.ports.isEmpty
    let inputs =
      hasPorts
      ? [
        array("const void *const", "in", names.ports.map { name($0) }),
        array("const size_t", "stride", names.ports.map { name("\($0)_stride") }),
      ] : []
    let given: [CExpression] =
      (isModel ? [name("params")] : []) + (hasPorts ? [name("in"), name("stride")] : [.number("0"), .number("0")])
    func call(keep: Int) -> CExpression {
      let behind = [name("result"), name("work"), .integer(keep)]
      return linked?.call("forward", given, behind) ?? .call(own["run"], [name("batch")] + given + behind)
    }
    func forward(_ function: String, _ keep: Int) -> CFunction {
      .own(function, header.forward, specifiers: "", inputs + [.returnValue(call(keep: keep))])
    }
    let size = linked?.bytes(keep: name("keep")) ?? .call(own["bytes"], [name("batch"), name("keep")])
    let bytes = CFunction(
      specifiers: "", result: "size_t", name: names.workspaceBytes, parameters: HeaderEmitter.bytesParameters,
      body: [.returnValue(size)])
    let functions = [bytes, forward(names.forward, 0)]
    let emitter = OneEmitter(
      unit: unit, names: names, one: one, hasGradients: adjoint != nil, real: "real")
    /// Of one sample; a batch of one has its samples where their sizes say.
    func ones(bars: [CStatement], backward: CExpression?) -> [CFunction] {
      if let alone { return emitter.functions(calling: alone) }
      let single: [CStatement] = [.constant("const size_t ", "batch", .number("1"))]
      let places = hasPorts ? [inputs[0], array("const size_t", "stride", unit.ports.map { .integer($0.size) })] : []
      return emitter.functions(
        given: single + places, forward: call(keep: 0), forwardKeep: call(keep: 1), bars: bars, backward: backward)
    }
    guard adjoint != nil else {
      return
        (functions + ones(bars: [], backward: nil)
        + [
          (names.forwardKeep, header.forward), (names.backward, header.backward),
          (names.backwardEach, header.backwardEach),
        ].map { noGradient($0, specifiers: "", $1) }).items
    }
    /// Of every input; the nodes of a table have no gradient.
    func ofReals(_ suffix: String) -> [CExpression] {
      zip(names.ports, unit.ports).map { $1.isNodes ? .number("0") : name($0 + suffix) }
    }
    let bars = hasPorts ? [array("void *const", "in_bar", ofReals("_bar"))] : []
    let strides = hasPorts ? [array("const size_t", names.barStrides, ofReals("_bar_stride"))] : []
    /// - Parameter strides: of the gradients.
    func backward(calling: String, paramsBar: [String], strides: String) -> CExpression {
      let places = [CExpression.name("in_bar"), name(strides)].map { hasPorts ? $0 : .number("0") }
      let behind = [name("result_bar")] + paramsBar.map(name) + places + [name("work")]
      return linked?.backward(given, behind, isEach: calling == own["backward_each"])
        ?? .call(calling, [name("batch")] + given + behind)
    }
    let summed = backward(
      calling: own["run_adjoint"], paramsBar: isModel ? ["params_bar"] : [], strides: "stride")
    let each = backward(
      calling: own["backward_each"], paramsBar: isModel ? ["params_bar", "params_bar_stride"] : [],
      strides: names.barStrides)
    let gradients: [CFunction] = [
      forward(names.forwardKeep, 1),
      .own(names.backward, header.backward, specifiers: "", inputs + bars + [.returnValue(summed)]),
      .own(names.backwardEach, header.backwardEach, specifiers: "", inputs + bars + strides + [.returnValue(each)]),
    ]
    return (functions + gradients + ones(bars: bars, backward: summed)).items
  }

  private func array(_ type: String, _ variable: String, _ values: [CExpression]) -> CStatement {
    .variable(
      CVariable(type: type, name: variable, extent: "", initial: .list(values.map { .expression($0) })))
  }
}
