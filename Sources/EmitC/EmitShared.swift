import Schedule

/// The C of a program's schedule for batches that share matrices.
struct SharedCode {
  let schedule: ScheduleVariant
  let forward: [StepCode]
  var adjoint: [StepCode]?
  /// The functions that run it.
  let run: String
  let runAdjoint: String
}

/// A program in which the samples of a batch go through the products with shared matrices together. Which inputs are
/// shared is known from their strides; a batch of one shares them all.
extension BatchEmitter {
  func sharedRuns() -> [CFunction] {
    shared.flatMap { adjoint != nil && !unit.isAdjointEmpty ? [run($0), runAdjoint($0)] : [run($0)] }
  }

  /// The call of a shared schedule, if the batch is one for it.
  func takes(_ code: SharedCode, _ function: String, _ parameters: [CParameter]) -> CStatement {
    let call = CStatement.returnValue(.call(function, parameters.map { name($0.name) }))
    let inputs = code.schedule.inputs
    if inputs.isEmpty { return call }
    let areShared = CExpression.all(
      inputs.map { .binary("==", .index(name("stride"), .integer($0)), .number("0")) })
    return .ifThen(.binary("||", .binary("==", name("batch"), .number("1")), areShared), [call])
  }

  private func run(_ code: SharedCode) -> CFunction {
    let size = unit.output.size
    var body = runSteps(code.forward, of: code.schedule.forward, direction: .forward, shared: Set(code.schedule.inputs))
    if options.checkFinite { body.append(allFinite(name("batch") * .integer(size), name("out"))) }
    return succeeding(
      code.run, genericInputs + [BatchEmitter.out, BatchEmitter.work, BatchEmitter.keep], body)
  }

  private func runAdjoint(_ code: SharedCode) -> CFunction {
    let body = addedGradients(code.adjoint!, of: code.schedule.backward!, shared: Set(code.schedule.inputs))
    return succeeding(code.runAdjoint, genericInputs + stridedGradients, body)
  }

  /// A function that answers CAJAL_OK.
  func succeeding(
    _ function: String, _ parameters: [CParameter], specifiers: String = "static", _ body: [CStatement]
  ) -> CFunction {
    let unused = parameters.filter { parameter in !body.contains { $0.mentions(parameter.name) } }
      .map { CStatement.ignore($0.name) }
    return .own(function, parameters, specifiers: specifiers, unused + body + [.returnValue(name("CAJAL_OK"))])
  }
}

extension CStatement {
  func mentions(_ name: String) -> Bool {
    switch self {
    case .comment: false
    case .variable(let variable): variable.initial?.mentions(name) ?? false
    case .expression(let value), .returnValue(let value): value.mentions(name)
    case .forLoop(let first, let condition, let step, let body):
      first.initial?.mentions(name) ?? false || condition.mentions(name) || step?.mentions(name) ?? false
        || body.contains { $0.mentions(name) }
    case .ifThen(let condition, let body): condition.mentions(name) || body.contains { $0.mentions(name) }
    }
  }
}

extension CInitialiser {
  fileprivate func mentions(_ name: String) -> Bool {
    switch self {
    case .expression(let value): value.mentions(name)
    case .list(let values): values.contains { $0.mentions(name) }
    case .fields(let fields): fields.contains { $0.value.mentions(name) }
    }
  }
}

extension CExpression {
  fileprivate func mentions(_ name: String) -> Bool {
    switch self {
    case .name(let other): other == name
    case .number, .string: false
    case .call(_, let arguments), .compound(_, let arguments): arguments.contains { $0.mentions(name) }
    case .prefix(_, let a), .postfix(_, let a), .cast(_, let a): a.mentions(name)
    case .index(let a, let b), .binary(_, let a, let b): a.mentions(name) || b.mentions(name)
    case .conditional(let a, let b, let c): a.mentions(name) || b.mentions(name) || c.mentions(name)
    }
  }
}
