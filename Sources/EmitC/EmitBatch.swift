import LinearMaps
import Schedule

/// The functions of a program that run over a batch, and those that are exported.
struct BatchEmitter {
  let unit: ProgramUnit
  let options: EmitOptions
  let schedule: ProgramSchedule
  let lanes: LanePlan?
  let layout: WorkspaceLayout
  let names: ProgramNames
  let own: StaticNames
  /// The module's tables.
  let tables: [String]
  let fileNames: NameScope
  let forward: [StepCode]
  let adjoint: [StepCode]?
  /// Of a program: other ways, for batches that share matrices.
  let shared: [SharedCode]
  let one: OneSample
  /// Where `one` is plain.
  let alone: AloneCode?

  var isModel: Bool { unit.model != nil }
  var genericInputs: [CParameter] {
    [CParameter("size_t", "batch")] + (isModel ? [CParameter("const void *", "params")] : [])
      + [CParameter("const void *const[]", "in"), CParameter("const size_t[]", "stride")]
  }
  static let out = CParameter("void *", "out")
  static let work = CParameter("void *", "work")
  static let keep = CParameter("int", "keep")
  static let outBar = CParameter("const void *", "out_bar")
  static let paramsBar = CParameter("void *", "params_bar")
  static let inBar = CParameter("void *const[]", "in_bar")
  static let barStride = CParameter("const size_t[]", "bar_stride")
  /// What backward has behind the inputs.
  var gradients: [CParameter] {
    [BatchEmitter.outBar] + (isModel ? [BatchEmitter.paramsBar] : []) + [BatchEmitter.inBar, BatchEmitter.work]
  }
  /// Of the adjoint, in which the gradients have strides of their own.
  var stridedGradients: [CParameter] {
    [BatchEmitter.outBar] + (isModel ? [BatchEmitter.paramsBar] : [])
      + [BatchEmitter.inBar, BatchEmitter.barStride, BatchEmitter.work]
  }
  /// What backward_each has there.
  var eachGradients: [CParameter] {
    [BatchEmitter.outBar]
      + (isModel ? [BatchEmitter.paramsBar, CParameter("size_t", "params_bar_stride")] : [])
      + [BatchEmitter.inBar, BatchEmitter.barStride, BatchEmitter.work]
  }
  var parameterCount: Int { unit.model?.parameterCount ?? 0 }

  func name(_ text: String) -> CExpression { .name(text) }
  var sizeofReal: CExpression { .call("sizeof", [.name("real")]) }

  // MARK: Runs

  func items() -> [CItem] {
    var functions = [lanes.map(workspaceBytes) ?? workspaceBytes()] + sharedRuns() + runsOfLanes()
    functions += [run(), generic("generic_forward", keep: 0)]
    if let adjoint {
      functions += [
        generic("generic_forward_keep", keep: 1), isModel ? runModelAdjoint(adjoint) : runAdjoint(adjoint),
        genericBackward(), summed == nil ? backwardEachOfAdjoint() : backwardEach(nil),
      ]
    } else {
      functions += [
        ("generic_forward_keep", [BatchEmitter.out, BatchEmitter.work]), ("generic_backward", gradients),
        ("backward_each", eachGradients),
      ].map { noGradient(own[$0], specifiers: "static", genericInputs + $1) }
    }
    return functions.items
  }

  private func workspaceBytes() -> CFunction {
    let plain = layout.forward * layout.realBytes
    let shared = layout.shared * layout.realBytes
    let plainRows = layout.forwardRows * layout.realBytes
    let rows = layout.keptRows * layout.realBytes
    var body: [CStatement] = []
    func choice(_ kept: Int, _ plain: Int) -> CExpression {
      plain == kept ? .integer(plain) : .conditional(name("keep"), .integer(kept), .integer(plain))
    }
    /// What does not grow with the batch.
    let each = layout.eachBytes
    func fixed(else plain: CExpression) -> CExpression {
      each == 0 ? plain : .conditional(.binary(">", name("keep"), .number("1")), .integer(shared + each), plain)
    }
    /// fixed + batch · row, or SIZE_MAX. The fixed part is nil where it is nothing.
    func sum(_ fixed: CExpression?, _ row: CExpression) -> CExpression {
      let rows = name("batch") * row
      let most = fixed.map { .binary("-", name("SIZE_MAX"), $0) } ?? name("SIZE_MAX")
      return .conditional(
        .binary(">", name("batch"), .binary("/", most, row)), name("SIZE_MAX"), fixed.map { $0 + rows } ?? rows)
    }
    if rows == 0 {
      body.append(.unused(plain == shared && each == 0 ? ["batch", "keep"] : ["batch"]))
      body.append(.returnValue(fixed(else: choice(shared, plain))))
    } else if plainRows == 0 {
      body.append(.ifThen(.prefix("!", name("keep")), [.returnValue(.integer(plain))]))
      if each > 0 { body.append(.constant("const size_t", "fixed", fixed(else: .integer(shared)))) }
      let start: CExpression? = each > 0 ? name("fixed") : shared == 0 ? nil : .integer(shared)
      body.append(.returnValue(sum(start, .integer(rows))))
    } else {
      if plain == shared && plainRows == rows && each == 0 { body.append(.unused(["keep"])) }
      let isFixed = shared > 0 || plain > 0 || each > 0
      if isFixed { body.append(.constant("const size_t", "fixed", fixed(else: choice(shared, plain)))) }
      body.append(.constant("const size_t", "row", choice(rows, plainRows)))
      body.append(.returnValue(sum(isFixed ? name("fixed") : nil, name("row"))))
    }
    return CFunction(
      specifiers: "static", result: "size_t", name: own["bytes"],
      parameters: [CParameter("size_t", "batch"), CParameter("int", "keep")], body: body)
  }

  func inputChecks() -> [CExpression] {
    let sizes: CExpression = unit.ports.isEmpty ? .number("0") : name(own["sizes"])
    let inputs = check(
      "cajal_check_inputs",
      [name("batch"), .integer(unit.ports.count), name("in"), name("stride"), sizes, sizeofReal])
    // Without parameters their vector may be null.
    return [inputs] + (parameterCount > 0 ? [check("cajal_check_buffer", [name("params"), sizeofReal])] : [])
  }

  var unusedParameters: [CStatement] {
    isModel && parameterCount == 0 ? [.ignore("params")] : []
  }

  func check(_ function: String, _ arguments: [CExpression]) -> CExpression {
    .binary("!=", .call(function, arguments), name("CAJAL_OK"))
  }

  func guardArguments(_ conditions: [CExpression]) -> CStatement {
    .ifThen(.any(conditions), [.returnValue(name("CAJAL_BAD_ARGUMENT"))])
  }

  /// A sample's code is not to be mixed with the next one's: gcc reads what samples behind the last one would have.
  ///
  /// - Parameter hidden: variables for whose values there are not to be loops of their own.
  func forEachSample(hiding hidden: [String] = [], _ body: [CStatement]) -> CStatement {
    .counting("b", to: name("batch"), (["b"] + hidden).map { .hide($0) } + body)
  }

  /// Where an input of sample b begins.
  func input(_ index: Int) -> CExpression {
    switch unit.signature.input(index) {
    case .tensor(let tensor): self.tensor(tensor, of: "const real *", name("params"))
    case .port(let port): self.port(port)
    case .cotangent: .cast("const real *", name("out_bar")) + name("b") * .integer(unit.output.size)
    }
  }

  func port(_ index: Int) -> CExpression {
    .cast("const real *", .index(name("in"), .integer(index)))
      + name("b") * .index(name("stride"), .integer(index))
  }

  /// Where a tensor begins in a parameter vector.
  func tensor(_ index: Int, of type: String, _ vector: CExpression) -> CExpression {
    let offset = unit.model!.offsets[index]
    return offset == 0 ? .cast(type, vector) : .cast(type, vector) + .integer(offset)
  }

  func allFinite(_ size: CExpression, _ values: CExpression) -> CStatement {
    let function = "cajal_all_finite_\(options.realBytes == 4 ? "f32" : "f64")"
    return .ifThen(.prefix("!", .call(function, [size, values])), [.returnValue(name("CAJAL_NOT_FINITE"))])
  }

  private func run() -> CFunction {
    let size = unit.output.size
    var body: [CStatement] = [
      guardArguments(
        inputChecks() + [
          check("cajal_check_output", [name("batch"), name("out"), .integer(size), sizeofReal]),
          check("cajal_check_workspace", [name("work"), .call(own["bytes"], [name("batch"), name("keep")])]),
        ])
    ]
    body += unusedParameters
    if options.checkFinite, parameterCount > 0 { body.append(allFinite(.integer(parameterCount), name("params"))) }
    if options.checkFinite, unit.ports.contains(where: { $0.table == nil }) {
      body.append(
        forEachSample(
          unit.ports.indices.filter { unit.ports[$0].table == nil }
            .map { allFinite(.integer(unit.ports[$0].size), port($0)) }))
    }
    body += shared.map { takes($0, $0.run, genericInputs + [BatchEmitter.out, BatchEmitter.work, BatchEmitter.keep]) }
    if let alone {
      body += [runAlone(alone), .returnValue(.call(own["run_lanes"], runParameters.map { name($0.name) }))]
    } else if schedule.isFallback {
      body += lanes.map(runLanes) ?? runSteps(forward, of: schedule.forward, direction: .forward)
      if options.checkFinite { body.append(allFinite(name("batch") * .integer(size), name("out"))) }
      body.append(.returnValue(name("CAJAL_OK")))
    }
    return .own(own["run"], runParameters, specifiers: "static CAJAL_ONE_COPY", body)
  }

  private var runParameters: [CParameter] {
    genericInputs + [BatchEmitter.out, BatchEmitter.work, BatchEmitter.keep]
  }

  private func runsOfLanes() -> [CFunction] {
    guard alone != nil, let lanes else { return [] }
    func function(_ part: String, _ parameters: [CParameter], _ body: [CStatement]) -> CFunction {
      succeeding(own[part], parameters, specifiers: "static CAJAL_ONE_COPY", body)
    }
    let finite = options.checkFinite ? [allFinite(name("batch") * .integer(unit.output.size), name("out"))] : []
    let forward = function("run_lanes", runParameters, runLanes(lanes) + finite)
    guard let adjoint else { return [forward] }
    let backward = runAdjointLanes(lanes, adjoint[0].functions[0]) + (options.checkFinite ? finiteness() : [])
    return [forward, function("run_adjoint_lanes", genericInputs + stridedGradients, backward)]
  }

  private func generic(_ part: String, keep: Int) -> CFunction {
    let parameters = genericInputs + [BatchEmitter.out, BatchEmitter.work]
    let arguments = parameters.map { name($0.name) } + [.integer(keep)]
    return .own(own[part], parameters, [.returnValue(.call(own["run"], arguments))])
  }

  func noGradient(_ function: String, specifiers: String, _ parameters: [CParameter]) -> CFunction {
    .own(
      function, parameters, specifiers: specifiers,
      [.unused(parameters.map(\.name)), .returnValue(name("CAJAL_NO_GRADIENT"))])
  }

  private func runAdjoint(_ adjoint: [StepCode]) -> CFunction {
    var body = [guardArguments(adjointChecks())]
    if options.checkFinite { body.append(cotangentIsFinite) }
    if unit.ports.isEmpty {
      body += ["in_bar", "bar_stride"].map { .ignore($0) }
      body.append(.returnValue(name("CAJAL_OK")))
      return adjointFunction(body)
    }
    body += shared.map { takes($0, $0.runAdjoint, genericInputs + stridedGradients) }
    if let adjoint = alone?.adjoint {
      let arguments = (genericInputs + stridedGradients).map { name($0.name) }
      body += [runAdjointAlone(adjoint), .returnValue(.call(own["run_adjoint_lanes"], arguments))]
    } else if let lanes {
      body += runAdjointLanes(lanes, adjoint[0].functions[0])
      if options.checkFinite { body += finiteness() }
      body.append(.returnValue(name("CAJAL_OK")))
    } else if schedule.isFallback {
      body.append(.constant("real *const ", "aside", name("work")))
      let kept = plus(name("aside") + .integer(layout.shared), times(name("batch"), layout.rows))
      let code = adjointOfSample(adjoint[0].functions[0], kept: kept) { [layout] port in
        layout.aside[port] == 0 ? .name("aside") : .name("aside") + .integer(layout.aside[port])
      }
      body.append(forEachSample(code))
      body.append(.returnValue(name("CAJAL_OK")))
    }
    return adjointFunction(body)
  }

  /// backward and backward_each give the same bits.
  func adjointFunction(_ body: [CStatement]) -> CFunction {
    .own(own["run_adjoint"], genericInputs + stridedGradients, specifiers: "static CAJAL_ONE_COPY", body)
  }

  /// - Parameters:
  ///   - kept: where what is kept of the first sample begins.
  ///   - aside: where a port's gradient goes that has no place.
  func adjointOfSample(
    _ adjoint: SampleFunction, kept: CExpression, aside: (Int) -> CExpression
  ) -> [CStatement] {
    let places = unit.ports.indices.map { "bar_\($0 + 1)" }
    var body: [CStatement] = unit.ports.indices.map { port in
      .constant(
        "real *const ", places[port],
        .call(HelperName.place, [bar(.port(port)), barStride(port), name("b"), aside(port)]))
    }
    let arguments: [CExpression] = adjoint.arguments.map { argument in
      switch argument {
      case .input(let index): input(index)
      case .output(let index): name(places[index])
      case .kept: kept + name("b") * .integer(layout.kept)
      case .work: name("work")
      case .row, .keep, .wants, .round: preconditionFailure("of models")
      }
    }
    body.append(.call(adjoint.function.name, arguments))
    for port in unit.ports.indices {
      if options.checkFinite {
        body.append(.ifThen(bar(.port(port)), [allFinite(.integer(unit.ports[port].size), name(places[port]))]))
      }
      let size = CExpression.integer(unit.ports[port].size)
      body.append(
        .call(HelperName.addShared, [bar(.port(port)), barStride(port), name("b"), size, aside(port)]))
    }
    return body
  }
}
