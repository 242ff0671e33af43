import LinearMaps

/// Both directions of a program on their way from graphs to procedures.
struct ProgramDrafts {
  private var forward: Draft
  private var backward: Draft?
  /// What forward_keep keeps of a sample, in reals.
  let keptSize: Int
  private let signature: GraphSignature
  private let options: ScheduleOptions
  private let observe: ScheduleObserver

  /// The names of what is no pass over drafts, for `--dump-after`: planning, cutting, placing.
  static let plan = "plan"
  static let cut = "cut"
  static let place = "place"

  init(
    _ forward: Graph, _ backward: Graph?, _ signature: GraphSignature, options: ScheduleOptions, tables: TableStore,
    observe: @escaping ScheduleObserver
  ) throws {
    let planner = ProgramPlanner(signature: signature, options: options, tables: tables)
    let residuals: [Residual]
    (self.forward, residuals, keptSize) = try planner.forward(forward, readBy: backward)
    self.backward = backward.map { planner.backward($0, residuals: residuals) }
    self.signature = signature
    self.options = options
    self.observe = observe
    for draft in [self.forward, self.backward].compactMap({ $0 }) {
      try draft.procedure.check(after: ProgramDrafts.plan, draft.direction, observe)
    }
  }

  mutating func run(_ passes: [SchedulePass]) throws {
    try forward.run(passes, observe)
    try backward?.run(passes, observe)
  }

  // MARK: Procedures

  func sampleBySample() throws -> ProgramSchedule {
    func whole(_ draft: Draft) throws -> Procedure {
      var procedure = draft.procedure
      procedure.workspaceSize = draft.body.scratchBytes / options.realBytes
      return try placed(procedure, draft.direction, observe)
    }
    return ProgramSchedule(forward: try whole(forward), backward: try backward.map(whole), keptSize: keptSize)
  }

  /// The inputs that a caller may share to advantage, and none; both directions go the same way.
  var choicesOfSharedInputs: [Set<Int>] {
    let inputs = [forward, backward].compactMap { $0?.matrices(options: options) }.reduce(Set()) { $0.union($1) }
      .filter(signature.inputs.contains)
    return inputs.isEmpty ? [[]] : [inputs, []]
  }

  /// With products for the whole batch.
  ///
  /// - Parameter shared: the inputs that are the same for every sample.
  func cut(shared: Set<Int>) throws -> (forward: Procedure, backward: Procedure?) {
    let way = signature.isModel ? "" : shared.isEmpty ? ", for any batch" : ", for batches that share inputs"
    let observe: ScheduleObserver = { [observe] part, pass, text in observe(part + way, pass, text) }
    func cut(_ draft: Draft) throws -> Procedure {
      var draft = draft
      let passes = SchedulePipeline.beforeCut(draft.direction, shared: shared, options: options)
      try draft.run(passes, observe)
      let procedure = try PhaseCutter(draft, signature, shared: shared, options: options).procedure()
      try procedure.check(after: ProgramDrafts.cut, draft.direction, observe)
      return try placed(procedure, draft.direction, observe)
    }
    return (try cut(forward), try backward.map(cut))
  }

  private func placed(
    _ procedure: Procedure, _ direction: Direction, _ observe: ScheduleObserver
  ) throws -> Procedure {
    var procedure = procedure
    try procedure.planWorkspace(realBytes: options.realBytes)
    try procedure.check(after: ProgramDrafts.place, direction, observe)
    return procedure
  }
}
