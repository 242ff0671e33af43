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

  private static let genericInputs = [
    CParameter(type: "size_t", name: "batch"), CParameter(type: "const void *const[]", name: "in"),
    CParameter(type: "const size_t[]", name: "stride"),
  ]
  private static let out = CParameter(type: "void *", name: "out")
  private static let work = CParameter(type: "void *", name: "work")
  private static let gradients = [
    CParameter(type: "const void *", name: "out_bar"), CParameter(type: "void *const[]", name: "in_bar"), work,
  ]

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
            BatchEmitter.genericInputs + [BatchEmitter.out, BatchEmitter.work])), .blank,
        .function(
          noGradient(
            own["run_adjoint"], specifiers: "static", BatchEmitter.genericInputs + BatchEmitter.gradients)), .blank,
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

  private func inputCheck() -> CExpression {
    let sizes: CExpression = unit.ports.isEmpty ? .number("0") : name(own["sizes"])
    return .binary(
      "!=",
      .call(
        "cajal_check_inputs",
        [name("batch"), .integer(unit.ports.count), name("in"), name("stride"), sizes, sizeofReal]),
      name("CAJAL_OK"))
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

  /// Where sample b of an input begins.
  private func input(_ index: Int) -> CExpression {
    .cast("const real *", .index(name("in"), .integer(index)))
      + name("b") * .index(name("stride"), .integer(index))
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
      guardArguments([
        inputCheck(), check("cajal_check_output", [name("batch"), name("out"), .integer(size), sizeofReal]),
        check("cajal_check_workspace", [name("work"), .call(names.workspaceBytes, [name("batch"), name("keep")])]),
      ])
    ]
    if options.checkFinite, !unit.ports.isEmpty {
      body.append(forEachSample(unit.ports.indices.map { allFinite(.integer(unit.ports[$0].size), input($0)) }))
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
      parameters: BatchEmitter.genericInputs + [
        BatchEmitter.out, BatchEmitter.work, CParameter(type: "int", name: "keep"),
      ], body: body)
  }

  private func generic(_ part: String, keep: Int) -> CFunction {
    CFunction(
      specifiers: "static", result: "int", name: own[part],
      parameters: BatchEmitter.genericInputs + [BatchEmitter.out, BatchEmitter.work],
      body: [
        .returnValue(
          .call(own["run"], ["batch", "in", "stride", "out", "work"].map { name($0) } + [.integer(keep)]))
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
    var checks = [
      inputCheck(), check("cajal_check_output", [name("batch"), name("out_bar"), .integer(size), sizeofReal]),
    ]
    if !unit.ports.isEmpty {
      checks.append(check("cajal_check_gradients", [.integer(unit.ports.count), name("in_bar"), sizeofReal]))
    }
    checks.append(
      check("cajal_check_workspace", [name("work"), .call(names.workspaceBytes, [name("batch"), .number("1")])]))
    var body = [guardArguments(checks)]
    if options.checkFinite { body.append(allFinite(name("batch") * .integer(size), name("out_bar"))) }
    if unit.ports.isEmpty {
      body += [.expression(.cast("void", name("in_bar"))), .returnValue(name("CAJAL_OK"))]
    } else {
      body.append(constant("real *const ", "aside", name("work")))
      body.append(forEachSample(adjointOfSample(adjoint)))
      body.append(.returnValue(name("CAJAL_OK")))
    }
    return CFunction(
      specifiers: "static", result: "int", name: own["run_adjoint"],
      parameters: BatchEmitter.genericInputs + BatchEmitter.gradients, body: body)
  }

  private func adjointOfSample(_ adjoint: SampleFunction) -> [CStatement] {
    func part(_ offset: Int) -> CExpression { offset == 0 ? name("aside") : name("aside") + .integer(offset) }
    func bar(_ port: Int) -> CExpression { .index(name("in_bar"), .integer(port)) }
    func stride(_ port: Int) -> CExpression { .index(name("stride"), .integer(port)) }
    let places = unit.ports.indices.map { "bar_\($0 + 1)" }
    var body: [CStatement] = unit.ports.indices.map { port in
      constant(
        "real *const ", places[port],
        .call(HelperName.place, [bar(port), stride(port), name("b"), part(layout.aside[port])]))
    }
    let arguments: [CExpression] = adjoint.arguments.map { argument in
      switch argument {
      case .input(let index) where index < unit.ports.count: input(index)
      case .input: .cast("const real *", name("out_bar")) + name("b") * .integer(unit.output.size)
      case .output(let index): name(places[index])
      case .kept: name("aside") + .integer(layout.shared) + name("b") * .integer(layout.kept)
      case .work: name("work")
      }
    }
    body.append(.expression(.call(own["adjoint_sample"], arguments)))
    for port in unit.ports.indices {
      if options.checkFinite {
        body.append(
          .ifThen(
            bar(port), [allFinite(.integer(unit.ports[port].size), name(places[port]))]))
      }
      body.append(
        .expression(
          .call(
            HelperName.addShared,
            [bar(port), stride(port), name("b"), .integer(unit.ports[port].size), part(layout.aside[port])])))
    }
    return body
  }

  // MARK: Exported functions

  func exported() -> [CItem] {
    let header = HeaderEmitter.parameters(names, realBytes: options.realBytes)
    let inputs: [CStatement] =
      unit.ports.isEmpty
      ? []
      : [
        array("const void *const", "in", names.ports.map { name($0) }),
        array("const size_t", "stride", names.ports.map { name("\($0)_stride") }),
      ]
    let given: [CExpression] = unit.ports.isEmpty ? [.number("0"), .number("0")] : [name("in"), name("stride")]
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
            [name("batch")] + given + [
              name("result_bar"), unit.ports.isEmpty ? .number("0") : name("in_bar"), name("work"),
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
