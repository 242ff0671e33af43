/// The functions that a module exports, with named arguments.
///
/// Nothing of the module calls them: another module of the process may have functions of the same names, and the linker
/// may take those instead.
extension BatchEmitter {
  /// - Parameter linked: of a program or model with tables: what the functions call.
  func exported(linked: LinkedEmitter?) -> [CItem] {
    let header = HeaderEmitter.parameters(names, unit, realBytes: options.realBytes)
    let inputs: [CStatement] =
      unit.ports.isEmpty
      ? []
      : [
        array("const void *const", "in", names.ports.map { name($0) }),
        array("const size_t", "stride", names.ports.map { name("\($0)_stride") }),
      ]
    let given: [CExpression] =
      (isModel ? [name("params")] : [])
      + (unit.ports.isEmpty ? [.number("0"), .number("0")] : [name("in"), name("stride")])
    func forward(_ function: String, _ keep: Int) -> CFunction {
      CFunction(
        specifiers: "", result: "int", name: function, parameters: header.forward,
        body: inputs + [
          .returnValue(
            linked?.call("forward", given, [name("result"), name("work"), .integer(keep)])
              ?? .call(own["run"], [name("batch")] + given + [name("result"), name("work"), .integer(keep)]))
        ])
    }
    let bytes = CFunction(
      specifiers: "", result: "size_t", name: names.workspaceBytes, parameters: HeaderEmitter.bytesParameters,
      body: [
        .returnValue(
          linked?.bytes(keep: name("keep")) ?? .call(own["bytes"], [name("batch"), name("keep")]))
      ])
    var items: [CItem] = [.function(bytes), .blank, .function(forward(names.forward, 0)), .blank]
    guard adjoint != nil else {
      return items + [
        .function(noGradient(names.forwardKeep, specifiers: "", header.forward)), .blank,
        .function(noGradient(names.backward, specifiers: "", header.backward)), .blank,
        .function(noGradient(names.backwardEach, specifiers: "", header.backwardEach)), .blank,
      ]
    }
    items += [.function(forward(names.forwardKeep, 1)), .blank]
    func ofReals(_ suffix: String) -> [CExpression] {
      zip(names.ports, unit.ports).map { $1.isNodes ? .number("0") : name($0 + suffix) }
    }
    let bars: [CStatement] = unit.ports.isEmpty ? [] : [array("void *const", "in_bar", ofReals("_bar"))]
    let strides: [CStatement] =
      unit.ports.isEmpty ? [] : [array("const size_t", names.barStrides, ofReals("_bar_stride"))]
    /// - Parameter strides: of the gradients.
    func backward(
      _ function: String, _ parameters: [CParameter], _ local: [CStatement], calling: String, paramsBar: [String],
      strides: String
    ) -> CFunction {
      let places = [CExpression.name("in_bar"), name(strides)].map { unit.ports.isEmpty ? .number("0") : $0 }
      let behind = [name("result_bar")] + paramsBar.map(name) + places + [name("work")]
      let result =
        linked?.backward(given, behind, isEach: calling == own["backward_each"])
        ?? .call(calling, [name("batch")] + given + behind)
      return CFunction(
        specifiers: "", result: "int", name: function, parameters: parameters,
        body: inputs + local + [.returnValue(result)])
    }
    items += [
      .function(
        backward(
          names.backward, header.backward, bars, calling: own["run_adjoint"],
          paramsBar: isModel ? ["params_bar"] : [], strides: "stride")), .blank,
      .function(
        backward(
          names.backwardEach, header.backwardEach, bars + strides, calling: own["backward_each"],
          paramsBar: isModel ? ["params_bar", "params_bar_stride"] : [], strides: names.barStrides)), .blank,
    ]
    return items
  }

  private func array(_ type: String, _ variable: String, _ values: [CExpression]) -> CStatement {
    .variable(
      CVariable(type: type, name: variable, extent: "", initial: .list(values.map { .expression($0) })))
  }
}
