import Schedule

/// What a program costs a caller.
public struct ProgramCost: Sendable {
  /// In operations and reals.
  public let forward: ProcedureCost
  public let backward: ProcedureCost?
  /// Of a run that keeps: for a batch of any size, and for every sample.
  public let workspaceBytes: (fixed: Int, perSample: Int)
  /// Of the numbers that are part of the module: the program's literals, and of a model its weights, or what its
  /// tensors start from.
  public let constantBytes: Int
  public let stack: StackBytes
}

/// What every program costs, in the order of the module.
///
/// - Throws: `EmitError`.
public func costs(_ module: ModuleUnit) throws -> [ProgramCost] {
  let scheduled = try ScheduledModule(module)
  return zip(module.programs.indices, ModuleCode(scheduled).stacks).map { scheduled.cost(of: $0, stack: $1) }
}

extension ScheduledModule {
  func layout(of index: Int) -> WorkspaceLayout {
    WorkspaceLayout(
      module.programs[index], schedules[index], lanes: lanes[index], realBytes: module.options.realBytes)
  }

  func cost(of index: Int, stack: StackBytes) -> ProgramCost {
    let (schedule, layout) = (schedules[index], layout(of: index))
    let bytes = module.options.realBytes
    let literals = schedule.usedTables.reduce(0) { $0 + tables[$1].values.count }
    let model = module.programs[index].model
    let weights = (model?.weights?.count ?? 0) + (model?.tensors ?? []).reduce(0) { $0 + ($1.initial?.count ?? 0) }
    return ProgramCost(
      forward: schedule.usual.forward.cost, backward: schedule.usual.backward?.cost,
      workspaceBytes: (layout.shared * bytes, layout.keptRows * bytes), constantBytes: (literals + weights) * bytes,
      stack: stack)
  }
}

extension ProgramSchedule {
  /// The literals that are arrays of the C file, by their numbers.
  var usedTables: Set<Int> {
    var used = Set<Int>()
    let whole = isFallback ? [forward, backward] : []
    for procedure in (whole + variants.flatMap { [$0.forward, $0.backward] }).compactMap({ $0 }) {
      let usage = BufferUsage(procedure)
      for (index, buffer) in procedure.buffers.enumerated() where usage.isUsed(index) {
        if case .table(let table) = buffer.storage { used.insert(table) }
      }
    }
    return used
  }
}
