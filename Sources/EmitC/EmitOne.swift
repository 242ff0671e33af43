import Schedule

/// How a program or a model computes one sample without a batch around it.
enum OneSample {
  /// By the code of a sample, on the stack: nothing is checked, and nothing can fail.
  case plain
  /// As a batch of one.
  case batch

  init(_ unit: ProgramUnit, _ lanes: LanePlan?) {
    self = if let lanes, lanes.room == 0, !unit.hasTables { .plain } else { .batch }
  }
}

/// The functions that compute a sample on the stack: without what is kept, with it, and the adjoint.
struct AloneCode {
  static let parts = ["alone", "alone_keep", "adjoint_alone"]
  /// The runs over batches that are larger, apart from those of few samples: their frames take time.
  static let runs = ["run_lanes", "run_adjoint_lanes"]

  let forward: SampleFunction
  /// Nil where nothing is kept: `forward` serves both.
  let forwardKeep: SampleFunction?
  let adjoint: SampleFunction?
  /// In reals.
  let kept: Int

  var functions: [SampleFunction] { [forward] + [forwardKeep, adjoint].compactMap { $0 } }

  /// - Parameters:
  ///   - scope: the names that a procedure is given, with those of its outputs.
  ///   - bars: of the gradients.
  ///   - names: one for each of `parts`.
  init(
    _ schedule: ProgramSchedule, element: Element, realBytes: Int, scope: ([String]) -> ProcedureScope, bars: [String],
    names: [String]
  ) {
    let alone = schedule.alone
    func code(_ body: [Statement], of procedure: Procedure, _ name: String, readsKept: Bool) -> SampleFunction {
      FunctionEmitter.emit(
        body, of: procedure, name: name, names: scope(readsKept ? bars : ["result"]), realBytes: realBytes,
        element: element, readsKept: readsKept)
    }
    forward = code(alone.forward, of: schedule.forward, names[0], readsKept: false)
    kept = schedule.backward == nil ? 0 : schedule.lanes?.kept ?? 0
    forwardKeep = kept == 0 ? nil : code(alone.forwardKeep, of: schedule.forward, names[1], readsKept: false)
    adjoint = schedule.backward.map { code(alone.backward!, of: $0, names[2], readsKept: true) }
  }
}

// MARK: In a batch

extension BatchEmitter {
  private var isOfFew: CExpression { .binary("<", name("batch"), .integer(LanePlan.fewestSamples)) }

  private func kept(_ code: AloneCode) -> CExpression { name("kept") + name("b") * .integer(code.kept) }

  /// A batch that is smaller than its lanes: one sample after another.
  func runAlone(_ code: AloneCode) -> CStatement {
    func call(_ function: SampleFunction) -> CStatement {
      .call(
        function.function.name,
        function.arguments.map { argument in
          switch argument {
          case .input(let index): input(index)
          case .output: .cast("real *", name("out")) + name("b") * .integer(unit.output.size)
          case .kept: kept(code)
          case .work, .row, .keep, .wants, .round: preconditionFailure("on the stack")
          }
        })
    }
    var body: [CStatement] = []
    if let forwardKeep = code.forwardKeep {
      body = [
        .constant("real *const ", "kept", name("work")),
        forEachSample(
          hiding: ["keep"],
          [.ifThen(name("keep"), [call(forwardKeep)]), .ifThen(.prefix("!", name("keep")), [call(code.forward)])]),
      ]
    } else {
      body = [forEachSample([call(code.forward)])]
    }
    if options.checkFinite { body.append(allFinite(name("batch") * .integer(unit.output.size), name("out"))) }
    return .ifThen(isOfFew, body + [.returnValue(name("CAJAL_OK"))])
  }

  func runAdjointAlone(_ adjoint: SampleFunction) -> CStatement {
    let asides = unit.ports.indices.map { "aside_\($0 + 1)" }
    var body = zip(asides, unit.ports).map { aside, port in
      CStatement.variable(
        CVariable(
          type: "real", name: aside, extent: "\(port.size)", initial: .list([.expression(.number("0"))])))
    }
    if adjoint.arguments.contains(.kept) { body.append(.constant("const real *const ", "kept", name("work"))) }
    body.append(forEachSample(adjointOfSample(adjoint, kept: name("kept")) { .name(asides[$0]) }))
    return .ifThen(isOfFew, body + [.returnValue(name("CAJAL_OK"))])
  }
}

// MARK: Exported

/// The functions of one sample that a module exports, or that its header defines.
struct OneEmitter {
  let unit: ProgramUnit
  let names: ProgramNames
  let one: OneSample
  let hasGradients: Bool
  /// "float" or "double".
  let real: String

  private func name(_ text: String) -> CExpression { .name(text) }

  private var inputs: [CParameter] {
    (unit.model == nil ? [] : [CParameter("const \(real) *", "params")])
      + zip(names.ports, unit.ports).map { CParameter("const \($1.isNodes ? "int32_t" : real) *", $0) }
  }
  private var result: CParameter { CParameter("\(real) *", "result") }
  private var bars: [CParameter] {
    ((unit.model == nil ? [] : ["params"]) + zip(names.ports, unit.ports).compactMap { $1.isNodes ? nil : $0 })
      .map { CParameter("\(real) *", "\($0)_bar") }
  }
  private var work: [CParameter] {
    switch one {
    case .plain: []
    case .batch: [BatchEmitter.work]
    }
  }
  private var status: String {
    switch one {
    case .plain: "void"
    case .batch: "int"
    }
  }

  /// The function, and that with the gradient where there is one, without their bodies.
  var prototypes: [CFunction] {
    let gradient = inputs + [result, CParameter("const \(real) *", "result_bar")] + bars + work
    let forward = CFunction(
      specifiers: "", result: status, name: names.one, parameters: inputs + [result] + work, body: nil)
    return hasGradients
      ? [
        forward,
        CFunction(specifiers: "", result: status, name: names.oneWithGradient, parameters: gradient, body: nil),
      ] : [forward]
  }

  private func functions(_ bodies: [[CStatement]], specifiers: String = "") -> [CFunction] {
    zip(prototypes, bodies).map { prototype, body in
      var function = prototype
      function.specifiers = specifiers
      function.body = body
      return function
    }
  }

  /// By the code of a sample.
  func functions(calling code: AloneCode, specifiers: String = "") -> [CFunction] {
    func call(_ function: SampleFunction, outputs: [String]) -> CStatement {
      .call(
        function.function.name,
        function.arguments.map { argument in
          switch argument {
          case .input(let index): name((names.ports + ["result_bar"])[index])
          case .output(let index): name(outputs[index])
          case .kept: name(names.kept)
          case .work, .row, .keep, .wants, .round: preconditionFailure("on the stack")
          }
        })
    }
    func unused(_ calls: [SampleFunction]) -> [CStatement] {
      let read = Set(calls.flatMap(\.arguments))
      let ports = names.ports.indices.filter { !read.contains(.input($0)) }.map { names.ports[$0] }
      let bar = calls.count > 1 && !read.contains(.input(names.ports.count)) ? ["result_bar"] : []
      return (ports + bar).map { .ignore($0) }
    }
    let forward = unused([code.forward]) + [call(code.forward, outputs: ["result"])]
    guard let adjoint = code.adjoint else { return functions([forward], specifiers: specifiers) }
    let keeping = code.forwardKeep ?? code.forward
    var gradient = unused([keeping, adjoint])
    if code.kept > 0 {
      gradient.append(.variable(CVariable(type: real, name: names.kept, extent: "\(code.kept)", initial: nil)))
    }
    gradient += [
      call(keeping, outputs: ["result"]), call(adjoint, outputs: names.ports.map { "\($0)_bar" }),
    ]
    return functions([forward, gradient], specifiers: specifiers)
  }

  /// By the functions of a batch.
  ///
  /// - Parameters:
  ///   - given: the variables that these calls want.
  ///   - bars: those that `backward` wants besides.
  func functions(
    given: [CStatement], forward: CExpression, forwardKeep: CExpression, bars: [CStatement], backward: CExpression?
  ) -> [CFunction] {
    let status = name(names.status)
    let gradient = backward.map { backward in
      given + bars + [
        .constant("const int ", names.status, forwardKeep),
        .ifThen(.binary("!=", status, name("CAJAL_OK")), [.returnValue(status)]), .returnValue(backward),
      ]
    }
    return functions([given + [.returnValue(forward)]] + (gradient.map { [$0] } ?? []))
  }
}
