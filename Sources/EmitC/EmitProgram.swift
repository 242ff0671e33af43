import LinearMaps
import Schedule

/// Everything of one program or model: the functions that compute a sample, those that run over a batch, those that are
/// exported, and the structures that describe them.
struct ProgramEmitter {
  let unit: ProgramUnit
  let options: EmitOptions
  let schedule: ProgramSchedule
  let lanes: LanePlan?
  let one: OneSample
  let names: ProgramNames
  let tables: [String]
  /// The cajal_program or the cajal_model.
  private(set) var descriptor = ""
  /// The functions that run over a batch.
  private var runs: [String] = []
  private var layout: WorkspaceLayout { WorkspaceLayout(unit, schedule, lanes: lanes, realBytes: options.realBytes) }

  init(
    unit: ProgramUnit, options: EmitOptions, schedule: ProgramSchedule, lanes: LanePlan?, one: OneSample,
    names: ProgramNames, tables: [String]
  ) {
    self.unit = unit
    self.options = options
    self.schedule = schedule
    self.lanes = lanes
    self.one = one
    self.names = names
    self.tables = tables
  }

  mutating func items(_ file: inout ModuleNames) -> [CItem] {
    var staticNames: [String: String] = [:]
    let sample = lanes == nil ? "sample" : "lanes"
    for part in [sample, "run", "adjoint_\(sample)", "run_adjoint", "sizes", "inputs", "output"]
      + (unit.model == nil ? ["program"] : ["model", "tensors", "weights"])
      + ["generic_forward", "generic_forward_keep", "generic_backward", "backward_each", "summed", "bytes"]
      + (unit.hasTables ? LinkedEmitter.parts : []) + (one == .plain ? AloneCode.parts + AloneCode.runs : [])
    { staticNames[part] = file.claim("\(names.base)_\(part)") }
    let own = StaticNames(
      names: staticNames, ports: names.ports.map { file.claim("\(names.base)_input_\($0)") },
      tensors: names.tensors.map { file.claim("\(names.base)_tensor_\($0)") })
    let inner = own[unit.model == nil ? "program" : "model"]
    runs = [own["run"], own["run_adjoint"]]
    descriptor = unit.hasTables ? own["linked_\(unit.model == nil ? "program" : "model")"] : inner

    var items: [CItem] = [.comment(unit.judgement)]
    items += unit.sourceLines.map { .comment($0) }
    items.append(.blank)
    func add(_ code: [StepCode]) {
      items += code.flatMap(\.functions).map(\.function).items
    }
    let isCut = unit.model != nil
    let bars = (names.tensors + names.ports).map { "\($0)_bar" }
    var forward: [StepCode] = []
    if schedule.isFallback {
      forward = steps(
        of: schedule.forward, own[sample], outputs: ["result"], readsKept: false, isCut: isCut, &file)
      add(forward)
    }
    var shared = schedule.variants.map { schedule in
      let kind = schedule.inputs.isEmpty ? "batch" : "shared"
      return SharedCode(
        schedule: schedule,
        forward: steps(
          of: schedule.forward, "\(names.base)_\(kind)_sample", outputs: ["result"], readsKept: false, isCut: true,
          &file),
        adjoint: nil, run: file.claim("\(names.base)_run_\(kind)"),
        runAdjoint: file.claim("\(names.base)_run_adjoint_\(kind)"))
    }
    for code in shared { add(code.forward) }
    var adjoint: [StepCode]?
    if let backward = schedule.backward {
      let isEmpty = unit.isAdjointEmpty
      if !isEmpty { items.append(.comment("The adjoint.")) }
      adjoint = []
      if schedule.isFallback {
        let code = steps(
          of: backward, own["adjoint_\(sample)"], outputs: bars, readsKept: true, isCut: isCut, &file)
        adjoint = code
        if !isEmpty { add(code) }
      }
      for index in shared.indices {
        let kind = shared[index].schedule.inputs.isEmpty ? "batch" : "shared"
        let code = steps(
          of: shared[index].schedule.backward!, "\(names.base)_\(kind)_adjoint_sample", outputs: bars,
          readsKept: true, isCut: true, &file)
        shared[index].adjoint = code
        if !isEmpty { add(code) }
      }
    }
    let alone =
      one == .plain
      ? AloneCode(
        schedule, element: .alone(nil), realBytes: options.realBytes,
        scope: { outputs in
          ProcedureScope(
            inputs: names.ports + ["result_bar"], outputs: outputs, tables: tables, ports: nil, fileNames: file.file)
        }, bars: bars, names: AloneCode.parts.map { own[$0] }) : nil
    items += alone?.functions.map(\.function).items ?? []
    if !unit.ports.isEmpty {
      items += CItem.array("static const size_t", own["sizes"], unit.ports.map { .integer($0.size) })
    }
    let batch = BatchEmitter(
      unit: unit, options: options, schedule: schedule, lanes: lanes, layout: layout, names: names, own: own,
      tables: tables, fileNames: file.file, forward: forward, adjoint: adjoint, shared: shared, one: one, alone: alone)
    items += batch.items()
    let descriptors = DescriptorEmitter(unit: unit, options: options, own: own, stem: inner)
    if unit.hasTables {
      let linked = LinkedEmitter(batch: batch, inner: inner)
      items += descriptors.parts()
      items += [descriptors.structure(inner, functions: .own(of: own)), .blank]
      items += batch.backwardEachOfSamples()
      items += linked.items() + batch.exported(linked: linked)
      return items + [descriptors.structure(descriptor, functions: .linked(of: own)), .blank]
    }
    items += batch.exported(linked: nil)
    items += descriptors.parts()
    items += [descriptors.structure(inner, functions: .own(of: own)), .blank]
    items += batch.backwardEachOfSamples()
    return items
  }

  /// - Parameter bound: of the functions of the file.
  func stack(_ bound: inout StackBound) -> StackBytes {
    let alone =
      switch one {
      case .plain: true
      case .batch: false
      }
    func most(_ functions: [String]) -> Int { functions.map { bound.bytes(of: $0) }.max()! }
    return StackBytes(
      batch: most(runs), plainOne: alone ? most([names.one, names.oneWithGradient]) : nil,
      calls: (unit.hasTables ? 1 : 0) + (schedule.backward == nil ? 0 : 1))
  }

  /// The functions of a procedure's steps, by numbers where there are several.
  ///
  /// - Parameter isCut: whether samples go through them together.
  private func steps(
    of procedure: Procedure, _ name: String, outputs: [String], readsKept: Bool, isCut: Bool, _ file: inout ModuleNames
  ) -> [StepCode] {
    let steps = procedure.steps.innermost
    let phases = steps.count { if case .samples = $0 { true } else { false } }
    var phase = 0
    var functionNames = steps.compactMap { step -> String? in
      switch step {
      case .once: return file.claim("\(name)_once")
      case .samples:
        phase += 1
        return phases == 1 ? name : file.claim("\(name)_\(phase)")
      case .batch, .rounds: return nil
      }
    }[...]
    let names = ProcedureScope(
      inputs: names.tensors + names.ports + ["result_bar"], outputs: outputs, tables: tables,
      ports: isCut ? names.ports : nil, fileNames: file.file)
    func codes(_ steps: [Step], _ loops: [LoopVariable]) -> [StepCode] {
      steps.map { step in
        func code(_ body: [Statement]) -> SampleFunction {
          FunctionEmitter.emit(
            body, of: procedure, name: functionNames.removeFirst(), names: names, realBytes: options.realBytes,
            element: lanes.map { .lanes(hasWorkspace: $0.room > 0) } ?? .real, readsKept: readsKept, loops: loops)
        }
        switch step {
        case .once(let body): return .once(code(body))
        case .samples(let body): return .samples(code(body))
        case .batch(let product, let wanted): return .batch(product, wanted)
        case .rounds(let rounds): return .rounds(rounds, codes(rounds.body, loops + [rounds.loop.variable]))
        }
      }
    }
    return codes(procedure.steps, [])
  }
}

/// The C of a step.
enum StepCode {
  case once(SampleFunction)
  case samples(SampleFunction)
  case batch(BatchProduct, [Wanted])
  case rounds(RoundSteps, [StepCode])

  var functions: [SampleFunction] {
    switch self {
    case .once(let function), .samples(let function): [function]
    case .batch: []
    case .rounds(_, let body): body.flatMap(\.functions)
    }
  }
}

/// The names of a program's static functions and structures.
struct StaticNames {
  let names: [String: String]
  let ports: [String]
  let tensors: [String]
  subscript(part: String) -> String { names[part]! }
}
