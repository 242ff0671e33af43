import LinearMaps

/// Where the adjoint finds a residual.
enum Residual {
  case zero
  case constant(SparseVector)
  case port(Int, offset: Int)
  case kept(offset: Int)
}

/// Makes drafts of graphs.
struct ProgramPlanner {
  let signature: GraphSignature
  let options: ScheduleOptions
  let tables: TableStore

  /// Which residuals of forward the adjoint reads.
  private func wanted(_ backward: Graph?, of forward: Graph) -> [Bool] {
    guard let backward else { return forward.results.dropFirst().map { _ in false } }
    let levels = demand(backward, results: backward.results.map { _ in .always }).nodes
    return levels[signature.residuals(of: backward)].map { $0 != .never }
  }

  private func input(_ index: Int, _ parameter: Parameter, _ context: PlanContext) -> Cell {
    context.cell(
      size: parameter.space.dimension, name: parameter.name, kind: .fixed(.input(index)), region: -1, demand: .always)
  }

  /// - Returns: the draft, where the adjoint finds each residual, and what is kept of a sample, in reals.
  func forward(_ graph: Graph, readBy backward: Graph?) throws -> (Draft, [Residual], keptSize: Int) {
    let keeps = wanted(backward, of: graph)
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
      residuals.append(.kept(offset: offset))
      known[result] = residuals.last
    }
    return (finish(region, context, .forward), residuals, try kept.total())
  }

  func backward(_ graph: Graph, residuals: [Residual]) -> Draft {
    let context = PlanContext(tables: tables)
    let ports = signature.inputs.map { input($0, graph.parameters[$0], context) }
    var parameters = ports.map { Form.whole($0) }
    for (residual, parameter) in zip(residuals, graph.parameters[signature.residuals(of: graph)]) {
      let size = parameter.space.dimension
      switch residual {
      case .zero: parameters.append(.zero)
      case .constant(let vector): parameters.append(context.constant(vector, dimension: size))
      case .port(let port, let offset):
        parameters.append(.whole(Memory(cell: ports[port], base: Affine(offset)), size: size))
      case .kept(let offset):
        let cell = context.cell(
          size: size, name: parameter.name, kind: .fixed(.kept(offset)), region: -1, demand: .always)
        parameters.append(.whole(cell))
      }
    }
    let cotangent = graph.parameters[GraphSignature.cotangent(of: graph)]
    parameters.append(.whole(input(signature.cotangent, cotangent, context)))
    let results = [Demand](repeating: .always, count: graph.results.count)
    let region = RegionPlanner(
      graph, demand: demand(graph, results: results), context: context, parameters: parameters)
    for (index, result) in graph.results.enumerated() {
      let name = graph.parameters[GraphSignature.input(ofGradient: index)].name
      deliver(result, of: region, toOutput: index, name: "\(name)_bar")
    }
    return finish(region, context, .adjoint)
  }

  private func deliver(_ result: Int, of region: RegionPlanner, toOutput index: Int, name: String) {
    let size = region.graph.nodes[result].space.dimension
    if size == 0 { return }
    let cell = region.context.cell(
      size: size, name: name, kind: .fixed(.output(index)), region: -1, demand: .always)
    region.deliver(result, to: cell, at: Affine(0), demand: .always)
  }

  private func finish(_ region: RegionPlanner, _ context: PlanContext, _ direction: Direction) -> Draft {
    region.placeParts()
    let emission = Emission(options: options)
    let body = emission.statements(of: context.prelude + region.tasks, isKept: false)
    return Draft(direction: direction, buffers: emission.buffers, body: body)
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
    if count >= reals { size = try roundedUp(size, to: reals) }
    let offset = size
    let (sum, overflow) = size.addingReportingOverflow(count)
    if overflow { throw ScheduleTooLarge() }
    size = sum
    return offset
  }

  func total() throws -> Int { try roundedUp(size, to: reals) }
}
