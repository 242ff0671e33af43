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
    func forward(_ function: String, _ keep: Int) -> CFunction {
      let behind = [name("result"), name("work"), .integer(keep)]
      let call = linked?.call("forward", given, behind) ?? .call(own["run"], [name("batch")] + given + behind)
      return .own(function, header.forward, specifiers: "", inputs + [.returnValue(call)])
    }
    let size = linked?.bytes(keep: name("keep")) ?? .call(own["bytes"], [name("batch"), name("keep")])
    let bytes = CFunction(
      specifiers: "", result: "size_t", name: names.workspaceBytes, parameters: HeaderEmitter.bytesParameters,
      body: [.returnValue(size)])
    let functions = [bytes, forward(names.forward, 0)]
    guard adjoint != nil else {
      return
        (functions
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
    func backward(
      _ function: String, _ parameters: [CParameter], _ local: [CStatement], calling: String, paramsBar: [String],
      strides: String
    ) -> CFunction {
      let places = [CExpression.name("in_bar"), name(strides)].map { hasPorts ? $0 : .number("0") }
      let behind = [name("result_bar")] + paramsBar.map(name) + places + [name("work")]
      let call =
        linked?.backward(given, behind, isEach: calling == own["backward_each"])
        ?? .call(calling, [name("batch")] + given + behind)
      return .own(function, parameters, specifiers: "", inputs + local + [.returnValue(call)])
    }
    let gradients = [
      forward(names.forwardKeep, 1),
      backward(
        names.backward, header.backward, bars, calling: own["run_adjoint"], paramsBar: isModel ? ["params_bar"] : [],
        strides: "stride"),
      backward(
        names.backwardEach, header.backwardEach, bars + strides, calling: own["backward_each"],
        paramsBar: isModel ? ["params_bar", "params_bar_stride"] : [], strides: names.barStrides),
    ]
    return (functions + gradients).items
  }

  private func array(_ type: String, _ variable: String, _ values: [CExpression]) -> CStatement {
    .variable(
      CVariable(type: type, name: variable, extent: "", initial: .list(values.map { .expression($0) })))
  }
}
