import Schedule

/// Gradients with strides of their own. The adjoint writes every gradient where its own stride says; what it can only
/// add up over the batch comes from the runtime, which goes through the samples (each.c).
extension BatchEmitter {
  var summed: SummedGradients? { unit.summedGradients(schedule) }

  /// backward: the gradients are laid out as the inputs.
  func genericBackward() -> CFunction {
    let arguments = (genericInputs + stridedGradients).map { name($0.name == "bar_stride" ? "stride" : $0.name) }
    return .own(
      own["generic_backward"], genericInputs + gradients, [.returnValue(.call(own["run_adjoint"], arguments))])
  }

  /// - Parameter body: nil for the prototype.
  func backwardEach(_ body: [CStatement]?) -> CFunction {
    .own(own["backward_each"], genericInputs + eachGradients, body)
  }

  /// Where the adjoint has every gradient of each sample.
  func backwardEachOfAdjoint() -> CFunction {
    let arguments = (genericInputs + stridedGradients).map { name($0.name) }
    let unused: [CStatement] = isModel ? [.ignore("params_bar_stride")] : []
    return backwardEach(unused + [.returnValue(.call(own["run_adjoint"], arguments))])
  }

  /// Where the runtime goes through the samples. It is given the structure of the program or the model, and so comes
  /// behind that; its prototype comes before.
  func backwardEachOfSamples() -> [CItem] {
    guard let summed else { return [] }
    var items: [CItem] = []
    let function: String
    var arguments = [
      CExpression.prefix("&", name(own[isModel ? "model" : "program"])), name(own["run_adjoint"]),
      unit.ports.isEmpty ? .number("0") : name(own["sizes"]),
    ]
    switch summed {
    case .parameters: function = "cajal_model_backward_each"
    case .ports(let ports):
      function = "cajal_program_backward_each"
      arguments.append(name(own["summed"]))
      let flags = unit.ports.indices.map { CExpression.integer(ports.contains($0) ? 1 : 0) }
      items += CItem.array("static const unsigned char", own["summed"], flags)
    }
    arguments += (genericInputs + eachGradients).map { name($0.name) }
    return items + [.function(backwardEach([.returnValue(.call(function, arguments))])), .blank]
  }

  func adjointChecks() -> [CExpression] {
    var checks = inputChecks()
    checks.append(
      check("cajal_check_output", [name("batch"), name("out_bar"), .integer(unit.output.size), sizeofReal]))
    if parameterCount > 0 {
      checks.append(
        check(
          "cajal_check_gradient",
          [name("batch"), name("params_bar"), .number("0"), .integer(parameterCount), sizeofReal]))
    }
    if !unit.ports.isEmpty {
      let layout = [name("in_bar"), name("bar_stride"), name(own["sizes"])]
      checks.append(
        check("cajal_check_gradients", [name("batch"), .integer(unit.ports.count)] + layout + [sizeofReal]))
    }
    let bytes = CExpression.call(own["bytes"], [name("batch"), .number("1")])
    return checks + [check("cajal_check_workspace", [name("work"), bytes])]
  }

  var cotangentIsFinite: CStatement { allFinite(name("batch") * .integer(unit.output.size), name("out_bar")) }
}
