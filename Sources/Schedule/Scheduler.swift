import LinearMaps

/// Schedules a program. What forward keeps is where backward looks for it.
///
/// - Parameters:
///   - forward: from the ports to the result, then the residuals.
///   - backward: from the ports, the residuals and the cotangent of the result to the cotangents of the ports.
///   - tensorCount: the number of a model's tensors, which are the first ports; nil for a program.
///   - tables: receives the literals that become tables.
public func schedule(
  forward: Graph, backward: Graph?, tensorCount: Int? = nil, options: ScheduleOptions, tables: TableStore
) throws -> ProgramSchedule {
  let planner = ProgramPlanner(options: options, tables: tables)
  var (result, residuals, keptSize) = try planner.forward(forward, keeps: wanted(backward, of: forward))
  var bars = backward.map { planner.backward($0, residuals: residuals) }
  if tensorCount == nil {
    let schedule = try planner.whole(result, bars, keptSize)
    if schedule.lanes != nil { return schedule }
  }
  result.callDots()
  bars?.callDots()
  if let tensorCount {
    let procedures = try planner.cut(
      result, bars, outputCount: backward?.results.count ?? 0, shared: Set(0..<tensorCount), tensorCount: tensorCount)
    return ProgramSchedule(forward: procedures.forward, backward: procedures.backward, keptSize: keptSize)
  }
  var schedule = try planner.whole(result, bars, keptSize)
  // Both directions go the same way.
  let inputs = [result, bars].compactMap { $0?.matrices(options: options) }.reduce(Set()) { $0.union($1) }.filter { $0 < forward.parameters.count }
  for inputs in (inputs.isEmpty ? [] : [inputs]) + [[]] {
    let procedures = try planner.cut(
      result, bars, outputCount: backward?.results.count ?? 0, shared: inputs, tensorCount: 0)
    let steps = procedures.forward.steps + (procedures.backward?.steps ?? [])
    // Where nothing is shared, the gain may be what is computed of the gradients.
    guard steps.hasBatchProducts || inputs.isEmpty && steps.hasWantedKernels else { continue }
    schedule.shared.append(
      SharedSchedule(inputs: inputs.sorted(), forward: procedures.forward, backward: procedures.backward))
  }
  return schedule
}

/// Which residuals the adjoint reads.
private func wanted(_ backward: Graph?, of forward: Graph) -> [Bool] {
  guard let backward else { return forward.results.dropFirst().map { _ in false } }
  let levels = demand(backward, results: backward.results.map { _ in .always }).nodes
  return (0..<(forward.results.count - 1)).map { levels[forward.parameters.count + $0] != .never }
}

/// Where the adjoint finds a residual.
private enum Residual {
  case zero
  case constant(SparseVector)
  case port(Int, offset: Int)
  case kept(offset: Int, size: Int)
}

private struct ProgramPlanner {
  let options: ScheduleOptions
  let tables: TableStore

  private func input(_ index: Int, _ parameter: Parameter, _ context: PlanContext) -> Cell {
    context.cell(
      size: parameter.space.dimension, name: parameter.name, kind: .fixed(.input(index)), region: -1, demand: .always)
  }

  func forward(_ graph: Graph, keeps: [Bool]) throws -> (Draft, [Residual], keptSize: Int) {
    let context = PlanContext(tables: tables)
    let ports = graph.parameters.enumerated().map { input($0, $1, context) }
    let results = graph.results.indices.map { $0 == 0 ? Demand.always : keeps[$0 - 1] ? .whenKept : .never }
    let region = RegionPlanner(
      graph, demand: demand(graph, results: results), context: context, parameters: ports.map { .whole($0) })
    deliver(graph.results[0], of: region, toOutput: 0, name: "result")
    var residuals: [Residual] = []
    var kept = KeptLayout(reals: 64 / options.realBytes)
    var known: [Int: Residual] = [:]
    for (result, isWanted) in zip(graph.results.dropFirst(), keeps) {
      guard isWanted else {
        residuals.append(.zero)
        continue
      }
      let size = graph.nodes[result].space.dimension
      let residual = known[result] ?? self.residual(region.forms[result], ports, size: size)
      if let residual {
        residuals.append(residual)
        continue
      }
      let offset = try kept.place(size)
      let cell = context.cell(
        size: size, name: "kept", kind: .fixed(.kept(offset)), region: -1, demand: .whenKept)
      region.deliver(result, to: cell, at: Affine(0), demand: .whenKept)
      residuals.append(.kept(offset: offset, size: size))
      known[result] = residuals.last
    }
    return (finish(region, context), residuals, try kept.total())
  }

  func backward(_ graph: Graph, residuals: [Residual]) -> Draft {
    let context = PlanContext(tables: tables)
    let portCount = graph.parameters.count - residuals.count - 1
    let ports = (0..<portCount).map { input($0, graph.parameters[$0], context) }
    var parameters = ports.map { Form.whole($0) }
    for (residual, parameter) in zip(residuals, graph.parameters.dropFirst(portCount)) {
      let size = parameter.space.dimension
      switch residual {
      case .zero: parameters.append(.zero)
      case .constant(let vector): parameters.append(context.constant(vector, dimension: size))
      case .port(let port, let offset):
        parameters.append(.whole(Memory(cell: ports[port], base: Affine(offset)), size: size))
      case .kept(let offset, _):
        let cell = context.cell(
          size: size, name: parameter.name, kind: .fixed(.kept(offset)), region: -1, demand: .always)
        parameters.append(.whole(cell))
      }
    }
    parameters.append(.whole(input(portCount, graph.parameters[graph.parameters.count - 1], context)))
    let results = [Demand](repeating: .always, count: graph.results.count)
    let region = RegionPlanner(
      graph, demand: demand(graph, results: results), context: context, parameters: parameters)
    for (index, result) in graph.results.enumerated() {
      let name = index < portCount ? "\(graph.parameters[index].name)_bar" : "bar"
      deliver(result, of: region, toOutput: index, name: name)
    }
    return finish(region, context)
  }

  private func deliver(_ result: Int, of region: RegionPlanner, toOutput index: Int, name: String) {
    let size = region.graph.nodes[result].space.dimension
    if size == 0 { return }
    let cell = region.context.cell(
      size: size, name: name, kind: .fixed(.output(index)), region: -1, demand: .always)
    region.deliver(result, to: cell, at: Affine(0), demand: .always)
  }

  private func finish(_ region: RegionPlanner, _ context: PlanContext) -> Draft {
    region.placeParts()
    let emission = Emission(options: options)
    let body = emission.statements(of: context.prelude + region.tasks, isKept: false)
    var draft = Draft(buffers: emission.buffers, body: body)
    draft.removeDead()
    draft.fuseKernels()
    draft.removeDead()
    return draft
  }

  /// Sample by sample.
  func whole(_ forward: Draft, _ backward: Draft?, _ keptSize: Int) throws -> ProgramSchedule {
    ProgramSchedule(forward: try whole(forward), backward: try backward.map { try whole($0) }, keptSize: keptSize)
  }

  private func whole(_ draft: Draft) throws -> Procedure {
    var procedure = Procedure(
      buffers: draft.buffers, steps: [.samples(draft.body)], workspaceSize: 0, rowsSize: 0, clearedOutputs: [])
    let scratch = draft.body.scratchBytes / options.realBytes
    try procedure.planWorkspace(from: scratch, realBytes: options.realBytes)
    return procedure
  }

  /// With products for the whole batch.
  func cut(
    _ forward: Draft, _ backward: Draft?, outputCount: Int, shared: Set<Int>, tensorCount: Int
  ) throws -> (forward: Procedure, backward: Procedure?) {
    var forward = forward
    forward.keepInPlace(above: Procedure.localLimit)
    let cutter = PhaseCutter(forward, shared: shared, tensorCount: tensorCount, outputCount: 1, options: options)
    guard var backward else { return (try cutter.procedure(realBytes: options.realBytes), nil) }
    backward.accumulateOutputs()
    backward.mergeSums()
    backward.gatherSums(shared: shared, options: options)
    let adjoint = PhaseCutter(
      backward, shared: shared, tensorCount: tensorCount, outputCount: outputCount, options: options)
    return (
      try cutter.procedure(realBytes: options.realBytes), try adjoint.procedure(realBytes: options.realBytes)
    )
  }

  /// Residuals that the adjoint has anyway are not kept.
  private func residual(_ form: Form, _ ports: [Cell], size: Int) -> Residual? {
    if size == 0 { return .zero }
    if let vector = form.constantVector { return vector.entries.isEmpty ? .zero : .constant(vector) }
    guard let memory = form.memory(dimension: size), memory.base.isConstant else { return nil }
    if let port = ports.firstIndex(of: memory.cell) { return .port(port, offset: memory.base.constant) }
    return nil
  }
}

private struct KeptLayout {
  let reals: Int
  private var size = 0

  init(reals: Int) { self.reals = reals }

  /// Large residuals begin at a multiple of 64 bytes.
  mutating func place(_ count: Int) throws -> Int {
    if count >= reals { size = try rounded(size) }
    let offset = size
    let (sum, overflow) = size.addingReportingOverflow(count)
    if overflow { throw ScheduleTooLarge() }
    size = sum
    return offset
  }

  func total() throws -> Int { try rounded(size) }

  private func rounded(_ count: Int) throws -> Int {
    let (sum, overflow) = count.addingReportingOverflow(reals - 1)
    if overflow || sum > Int.max / 64 { throw ScheduleTooLarge() }
    return sum / reals * reals
  }
}
