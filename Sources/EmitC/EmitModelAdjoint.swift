import LinearMaps
import Schedule

/// The adjoint of a model: the gradients of all samples are added up where they are wanted.
extension BatchEmitter {
  func runModelAdjoint(_ steps: [StepCode]) -> CFunction {
    var body = [guardArguments(adjointChecks())] + unusedParameters
    if parameterCount == 0 { body.append(.ignore("params_bar")) }
    if unit.ports.isEmpty { body += ["in_bar", "bar_stride"].map { .ignore($0) } }
    if options.checkFinite { body.append(cotangentIsFinite) }
    body += addedGradients(steps, of: schedule.backward!)
    body.append(.returnValue(name("CAJAL_OK")))
    return adjointFunction(body)
  }

  /// The steps of an adjoint that adds the gradients of all samples up.
  ///
  /// - Parameter shared: the ports that are the same for every sample.
  func addedGradients(_ steps: [StepCode], of procedure: Procedure, shared: Set<Int> = []) -> [CStatement] {
    if wanted.isEmpty { return [] }
    let isNothing = CExpression.all(wanted.map { .prefix("!", bar($0)) })
    return [.ifThen(isNothing, [.returnValue(name("CAJAL_OK"))])] + clearing(procedure.clearedOutputs, shared: shared)
      + runSteps(steps, of: procedure, direction: .adjoint, shared: shared)
      + (options.checkFinite ? finiteness() : [])
  }

  private var wanted: [Wanted] {
    (parameterCount > 0 ? [.parameters] : []) + unit.ports.indices.map { .port($0) }
  }

  /// What is added to is 0 at first.
  private func clearing(_ outputs: [Int], shared: Set<Int>) -> [CStatement] {
    var body: [CStatement] = []
    // Neighbours are one stretch.
    var stretches: [Range<Int>] = []
    for case .tensor(let tensor) in outputs.map({ unit.signature.input(GraphSignature.input(ofGradient: $0)) }) {
      let start = unit.model!.offsets[tensor]
      let end = start + unit.tensors[tensor].count
      if stretches.last?.upperBound == start {
        stretches[stretches.count - 1] = stretches.last!.lowerBound..<end
      } else {
        stretches.append(start..<end)
      }
    }
    if !stretches.isEmpty {
      body.append(.ifThen(name("params_bar"), stretches.map { clear(name("params_bar"), from: $0) }))
    }
    for case .port(let port) in outputs.map({ unit.signature.input(GraphSignature.input(ofGradient: $0)) }) {
      if shared.contains(port) {
        body.append(.ifThen(bar(.port(port)), [clear(bar(.port(port)), from: 0..<unit.ports[port].size)]))
        continue
      }
      let start = name("b") * barStride(port)
      let row = clear(bar(.port(port)), at: start, from: 0..<unit.ports[port].size)
      body.append(.ifThen(bar(.port(port)), [forEachSample([row])]))
    }
    return body
  }

  private func clear(_ vector: CExpression, at start: CExpression? = nil, from range: Range<Int>) -> CStatement {
    let entry = CExpression.index(.cast("real *", vector), start.map { $0 + name("i") } ?? name("i"))
    return .counting(
      "i", from: .integer(range.lowerBound), to: .integer(range.upperBound), [.expression(.assign(entry, .number("0")))]
    )
  }

  func finiteness() -> [CStatement] {
    func row(_ port: Int) -> CExpression {
      .cast("const real *", bar(.port(port))) + name("b") * barStride(port)
    }
    return wanted.map { wanted in
      switch wanted {
      case .parameters: .ifThen(bar(wanted), [allFinite(.integer(parameterCount), bar(wanted))])
      case .port(let port):
        .ifThen(bar(wanted), [forEachSample([allFinite(.integer(unit.ports[port].size), row(port))])])
      }
    }
  }
}
