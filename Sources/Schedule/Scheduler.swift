import LinearMaps

/// Schedules a program. What forward keeps is where backward looks for it.
///
/// - Parameters:
///   - tables: receives the literals that become tables.
/// - Throws: `ScheduleTooLarge`, `BrokenSchedulePass`.
public func schedule(
  forward: Graph, backward: Graph?, _ signature: GraphSignature, options: ScheduleOptions, tables: TableStore,
  observe: @escaping ScheduleObserver = { _, _, _ in }
) throws -> ProgramSchedule {
  func planned(_ options: ScheduleOptions, _ observe: @escaping ScheduleObserver) throws -> ProgramDrafts {
    var drafts = try ProgramDrafts(forward, backward, signature, options: options, tables: tables, observe: observe)
    try drafts.run(SchedulePipeline.standard)
    return drafts
  }
  if !signature.isModel, forward.readsTables {
    let drafts = try planned(options.inLanes) { observe($0 + ", in lanes", $1, $2) }
    let inLanes = try drafts.sampleBySample()
    if inLanes.lanes != nil { return inLanes }
  }
  var drafts = try planned(options, observe)
  if signature.isModel {
    try drafts.run(SchedulePipeline.scalar)
    let (forward, backward) = try drafts.cut(shared: Set(signature.tensors))
    return ProgramSchedule(forward: forward, backward: backward, keptSize: drafts.keptSize)
  }
  let inLanes = try drafts.sampleBySample()
  if inLanes.lanes != nil { return inLanes }
  try drafts.run(SchedulePipeline.scalar)
  var schedule = try drafts.sampleBySample()
  for inputs in drafts.choicesOfSharedInputs {
    let (forward, backward) = try drafts.cut(shared: inputs)
    let steps = forward.steps + (backward?.steps ?? [])
    // Where nothing is shared, the gain may be what is computed of the gradients.
    guard !steps.products.isEmpty || inputs.isEmpty && steps.hasWantedKernels else { continue }
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
