import LinearMaps

/// Schedules a program. What forward keeps is where backward looks for it.
///
/// - Parameters:
///   - forward: from the ports to the result, then the residuals.
///   - backward: from the ports, the residuals and the cotangent of the result to the cotangents of the ports.
///   - tensorCount: the number of a model's tensors, which are the first ports; nil for a program.
///   - tables: receives the literals that become tables.
/// - Throws: `ScheduleTooLarge`, `BrokenSchedulePass`.
public func schedule(
  forward: Graph, backward: Graph?, tensorCount: Int? = nil, options: ScheduleOptions, tables: TableStore,
  observe: @escaping ScheduleObserver = { _, _, _ in }
) throws -> ProgramSchedule {
  var drafts = try ProgramDrafts(forward, backward, options: options, tables: tables, observe: observe)
  try drafts.run(SchedulePipeline.standard)
  if let tensorCount {
    try drafts.run(SchedulePipeline.scalar)
    let (forward, backward) = try drafts.cut(shared: Set(0..<tensorCount), tensorCount: tensorCount)
    return ProgramSchedule(forward: forward, backward: backward, keptSize: drafts.keptSize)
  }
  let inLanes = try drafts.sampleBySample()
  if inLanes.lanes != nil { return inLanes }
  try drafts.run(SchedulePipeline.scalar)
  var schedule = try drafts.sampleBySample()
  for inputs in drafts.choicesOfSharedInputs {
    let (forward, backward) = try drafts.cut(shared: inputs, tensorCount: 0)
    let steps = forward.steps + (backward?.steps ?? [])
    // Where nothing is shared, the gain may be what is computed of the gradients.
    guard steps.hasBatchProducts || inputs.isEmpty && steps.hasWantedKernels else { continue }
    schedule.variants.append(ScheduleVariant(inputs: inputs.sorted(), forward: forward, backward: backward))
  }
  return schedule
}

/// The passes over drafts in the order in which they run. What each leaves is verified.
public enum SchedulePipeline {
  static let standard: [SchedulePass] = [.removeDeadStores, .fuseKernels, .removeDeadStores]

  /// For what is computed one sample after another.
  static let scalar: [SchedulePass] = [.callDots]

  /// What is to be cut into phases.
  static func beforeCut(_ direction: Direction, shared: Set<Int>, options: ScheduleOptions) -> [SchedulePass] {
    switch direction {
    case .forward: [.keepInPlace]
    case .adjoint: [.accumulateOutputs, .mergeSums, .gatherSums(shared: shared, options: options)]
    }
  }
}
