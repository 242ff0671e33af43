import LinearMaps
import Schedule

/// The functions of a program that run over a batch, and those that are exported.
struct BatchEmitter {
  let unit: ProgramUnit
  let options: EmitOptions
  let schedule: ProgramSchedule
  let layout: WorkspaceLayout
  let names: ProgramNames
  let own: StaticNames
  let forward: SampleFunction
  let adjoint: SampleFunction?

  private var isModel: Bool { unit.model != nil }
  private var genericInputs: [CParameter] {
    [CParameter(type: "size_t", name: "batch")] + (isModel ? [CParameter(type: "const void *", name: "params")] : [])
      + [CParameter(type: "const void *const[]", name: "in"), CParameter(type: "const size_t[]", name: "stride")]
  }
  private static let out = CParameter(type: "void *", name: "out")
  private static let work = CParameter(type: "void *", name: "work")
  private var gradients: [CParameter] {
    [CParameter(type: "const void *", name: "out_bar")]
      + (isModel ? [CParameter(type: "void *", name: "params_bar")] : [])
      + [CParameter(type: "void *const[]", name: "in_bar"), BatchEmitter.work]
  }
  private var parameterCount: Int { unit.model?.parameterCount ?? 0 }

  private func name(_ text: String) -> CExpression { .name(text) }
  private var sizeofReal: CExpression { .call("sizeof", [.name("real")]) }

  // MARK: Runs

  func items() -> [CItem] {
    var items: [CItem] = [
      .function(workspaceBytes()), .blank, .function(run()), .blank, .function(generic("generic_forward", keep: 0)),
      .blank,
    ]
    if let adjoint {
      items += [
        .function(generic("generic_forward_keep", keep: 1)), .blank, .function(runAdjoint(adjoint)), .blank,
      ]
    } else {
      items += [
        .function(
          noGradient(
            own["generic_forward_keep"], specifiers: "static",
            genericInputs + [BatchEmitter.out, BatchEmitter.work])), .blank,
        .function(
          noGradient(
            own["run_adjoint"], specifiers: "static", genericInputs + gradients)), .blank,
      ]
    }
    return items
  }

  private func workspaceBytes() -> CFunction {
    let plain = layout.forward * layout.realBytes
    let shared = layout.shared * layout.realBytes
    let kept = layout.kept * layout.realBytes
    var body: [CStatement] = []
    func unused(_ names: [String]) -> CStatement {
      let values = names.map { CExpression.cast("void", .name($0)) }
      return .expression(values.dropFirst().reduce(values[0]) { .binary(",", $0, $1) })
    }
    if kept == 0 {
      body.append(unused(plain == shared ? ["batch", "keep"] : ["batch"]))
      body.append(
        .returnValue(plain == shared ? .integer(plain) : .conditional(name("keep"), .integer(shared), .integer(plain))))
    } else {
      let limit = CExpression.binary(
        "/", .binary("-", name("SIZE_MAX"), .integer(shared)), .integer(kept))
      body.append(.ifThen(.prefix("!", name("keep")), [.returnValue(.integer(plain))]))
      body.append(
        .returnValue(
          .conditional(
            .binary(">", name("batch"), limit), name("SIZE_MAX"), .integer(shared) + name("batch") * .integer(kept))))
    }
    return CFunction(
      specifiers: "", result: "size_t", name: names.workspaceBytes,
      parameters: [CParameter(type: "size_t", name: "batch"), CParameter(type: "int", name: "keep")], body: body)
  }

  private func inputChecks() -> [CExpression] {
    let sizes: CExpression = unit.ports.isEmpty ? .number("0") : name(own["sizes"])
    let inputs = check(
      "cajal_check_inputs",
      [name("batch"), .integer(unit.ports.count), name("in"), name("stride"), sizes, sizeofReal])
    // Without parameters their vector may be null.
    return [inputs] + (parameterCount > 0 ? [check("cajal_check_buffer", [name("params"), sizeofReal])] : [])
  }

  private var unusedParameters: [CStatement] {
    isModel && parameterCount == 0 ? [.expression(.cast("void", name("params")))] : []
  }

  private func check(_ function: String, _ arguments: [CExpression]) -> CExpression {
    .binary("!=", .call(function, arguments), name("CAJAL_OK"))
  }

  private func guardArguments(_ conditions: [CExpression]) -> CStatement {
    .ifThen(.any(conditions), [.returnValue(name("CAJAL_BAD_ARGUMENT"))])
  }

  private func forEachSample(_ body: [CStatement]) -> CStatement {
    .forLoop(
      first: CVariable(type: "size_t", name: "b", extent: nil, initial: .expression(.number("0"))),
      condition: .binary("<", name("b"), name("batch")), step: .postfix("++", name("b")), body: body)
  }

  /// Where sample b of a graph's parameter begins: the tensors, then the ports.
  private func input(_ index: Int) -> CExpression {
    if index < unit.tensors.count { return tensor(index, of: "const real *", name("params")) }
    return port(index - unit.tensors.count)
  }

  private func port(_ index: Int) -> CExpression {
    .cast("const real *", .index(name("in"), .integer(index)))
      + name("b") * .index(name("stride"), .integer(index))
  }

  /// Where a tensor begins in a parameter vector.
  private func tensor(_ index: Int, of type: String, _ vector: CExpression) -> CExpression {
    let offset = unit.model!.offsets[index]
    return offset == 0 ? .cast(type, vector) : .cast(type, vector) + .integer(offset)
  }

  private func allFinite(_ size: CExpression, _ values: CExpression) -> CStatement {
    let function = "cajal_all_finite_\(options.realBytes == 4 ? "f32" : "f64")"
    return .ifThen(.prefix("!", .call(function, [size, values])), [.returnValue(name("CAJAL_NOT_FINITE"))])
  }

  private func constant(_ type: String, _ variable: String, _ value: CExpression) -> CStatement {
    .variable(CVariable(type: type, name: variable, extent: nil, initial: .expression(value)))
  }

  private func run() -> CFunction {
    let size = unit.output.size
    var body: [CStatement] = [
      guardArguments(
        inputChecks() + [
          check("cajal_check_output", [name("batch"), name("out"), .integer(size), sizeofReal]),
          check("cajal_check_workspace", [name("work"), .call(names.workspaceBytes, [name("batch"), name("keep")])]),
        ])
    ]
    body += unusedParameters
    if options.checkFinite, parameterCount > 0 { body.append(allFinite(.integer(parameterCount), name("params"))) }
    if options.checkFinite, !unit.ports.isEmpty {
      body.append(forEachSample(unit.ports.indices.map { allFinite(.integer(unit.ports[$0].size), port($0)) }))
    }
    if forward.arguments.contains(.kept) {
      body.append(
        constant(
          "real *const ", "kept",
          .conditional(
            name("keep"), .cast("real *", name("work")) + .integer(layout.shared), .cast("real *", .number("0")))))
    }
    let arguments: [CExpression] = forward.arguments.map { argument in
      switch argument {
      case .input(let index): input(index)
      case .output: .cast("real *", name("out")) + name("b") * .integer(size)
      case .kept: .conditional(name("kept"), name("kept") + name("b") * .integer(layout.kept), name("kept"))
      case .work: name("work")
      }
    }
    body.append(forEachSample([.expression(.call(own["sample"], arguments))]))
    if options.checkFinite { body.append(allFinite(name("batch") * .integer(size), name("out"))) }
    body.append(.returnValue(name("CAJAL_OK")))
    return CFunction(
      specifiers: "static ONE_COPY", result: "int", name: own["run"],
      parameters: genericInputs + [
        BatchEmitter.out, BatchEmitter.work, CParameter(type: "int", name: "keep"),
      ], body: body)
  }

  private func generic(_ part: String, keep: Int) -> CFunction {
    CFunction(
      specifiers: "static", result: "int", name: own[part],
      parameters: genericInputs + [BatchEmitter.out, BatchEmitter.work],
      body: [
        .returnValue(
          .call(
            own["run"],
            (genericInputs + [BatchEmitter.out, BatchEmitter.work]).map { name($0.name) } + [.integer(keep)]
          ))
      ])
  }

  private func noGradient(_ function: String, specifiers: String, _ parameters: [CParameter]) -> CFunction {
    let unused = parameters.map { CExpression.cast("void", .name($0.name)) }
    return CFunction(
      specifiers: specifiers, result: "int", name: function, parameters: parameters,
      body: [
        .expression(unused.dropFirst().reduce(unused[0]) { .binary(",", $0, $1) }),
        .returnValue(name("CAJAL_NO_GRADIENT")),
      ])
  }

  private func runAdjoint(_ adjoint: SampleFunction) -> CFunction {
    let size = unit.output.size
    var checks =
      inputChecks() + [check("cajal_check_output", [name("batch"), name("out_bar"), .integer(size), sizeofReal])]
    if parameterCount > 0 {
      checks.append(check("cajal_check_gradients", [.number("1"), .prefix("&", name("params_bar")), sizeofReal]))
    }
    if !unit.ports.isEmpty {
      checks.append(check("cajal_check_gradients", [.integer(unit.ports.count), name("in_bar"), sizeofReal]))
    }
    checks.append(
      check("cajal_check_workspace", [name("work"), .call(names.workspaceBytes, [name("batch"), .number("1")])]))
    var body = [guardArguments(checks)]
    if options.checkFinite { body.append(allFinite(name("batch") * .integer(size), name("out_bar"))) }
    body += unusedParameters
    var unused: [String] = []
    if isModel && parameterCount == 0 { unused.append("params_bar") }
    if unit.ports.isEmpty { unused.append("in_bar") }
    body += unused.map { .expression(.cast("void", name($0))) }
    if !unit.isAdjointEmpty {
      body.append(constant("real *const ", "aside", name("work")))
      body.append(forEachSample(adjointOfSample(adjoint)))
      if options.checkFinite, parameterCount > 0 {
        body.append(.ifThen(name("params_bar"), [allFinite(.integer(parameterCount), name("params_bar"))]))
      }
    }
    body.append(.returnValue(name("CAJAL_OK")))
    return CFunction(
      specifiers: "static", result: "int", name: own["run_adjoint"],
      parameters: genericInputs + gradients, body: body)
  }

  /// Where the gradient of a graph's parameter goes: the vector or null, and its distance from sample to sample.
  private func gradient(_ index: Int) -> (bar: CExpression, stride: CExpression) {
    if index < unit.tensors.count {
      let vector = name("params_bar")
      return (.conditional(vector, tensor(index, of: "real *", vector), vector), .number("0"))
    }
    let port = CExpression.integer(index - unit.tensors.count)
    return (.index(name("in_bar"), port), .index(name("stride"), port))
  }

  private func adjointOfSample(_ adjoint: SampleFunction) -> [CStatement] {
    func part(_ offset: Int) -> CExpression { offset == 0 ? name("aside") : name("aside") + .integer(offset) }
    let sizes = unit.tensors.map(\.count) + unit.ports.map(\.size)
    let places = sizes.indices.map { "bar_\($0 + 1)" }
    var body: [CStatement] = sizes.indices.map { index in
      let (bar, stride) = gradient(index)
      return constant(
        "real *const ", places[index], .call(HelperName.place, [bar, stride, name("b"), part(layout.aside[index])]))
    }
    let arguments: [CExpression] = adjoint.arguments.map { argument in
      switch argument {
      case .input(let index) where index < sizes.count: input(index)
      case .input: .cast("const real *", name("out_bar")) + name("b") * .integer(unit.output.size)
      case .output(let index): name(places[index])
      case .kept: name("aside") + .integer(layout.shared) + name("b") * .integer(layout.kept)
      case .work: name("work")
      }
    }
    body.append(.expression(.call(own["adjoint_sample"], arguments)))
    for (index, size) in sizes.enumerated() {
      let (bar, stride) = gradient(index)
      if options.checkFinite, index >= unit.tensors.count {
        body.append(.ifThen(bar, [allFinite(.integer(size), name(places[index]))]))
      }
      body.append(
        .expression(
          .call(HelperName.addShared, [bar, stride, name("b"), .integer(size), part(layout.aside[index])])))
    }
    return body
  }

  // MARK: Exported functions

  func exported() -> [CItem] {
    let header = HeaderEmitter.parameters(names, isModel: isModel, realBytes: options.realBytes)
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
            .call(own["run"], [name("batch")] + given + [name("result"), name("work"), .integer(keep)]))
        ])
    }
    var items: [CItem] = [.function(forward(names.forward, 0)), .blank]
    guard adjoint != nil else {
      return items + [
        .function(noGradient(names.forwardKeep, specifiers: "", header.forward)), .blank,
        .function(noGradient(names.backward, specifiers: "", header.backward)), .blank,
      ]
    }
    items += [.function(forward(names.forwardKeep, 1)), .blank]
    let bars = unit.ports.isEmpty ? [] : [array("void *const", "in_bar", names.ports.map { name("\($0)_bar") })]
    let body: [CStatement] =
      inputs + bars + [
        .returnValue(
          .call(
            own["run_adjoint"],
            [name("batch")] + given + [name("result_bar")] + (isModel ? [name("params_bar")] : []) + [
              unit.ports.isEmpty ? .number("0") : name("in_bar"), name("work"),
            ]))
      ]
    items += [
      .function(
        CFunction(specifiers: "", result: "int", name: names.backward, parameters: header.backward, body: body)),
      .blank,
    ]
    return items
  }

  private func array(_ type: String, _ variable: String, _ values: [CExpression]) -> CStatement {
    .variable(
      CVariable(type: type, name: variable, extent: "", initial: .list(values.map { .expression($0) })))
  }
}
