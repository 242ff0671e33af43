import LinearMaps
import Schedule

/// The C of a module and its header.
///
/// - Parameter observe: receives what every pass over a program's schedule left.
/// - Throws: `EmitError`, `BrokenSchedulePass`.
public func emitModule(
  _ module: ModuleUnit, observe: @escaping ModuleObserver = { _, _, _, _ in }
) throws -> (c: String, header: String) {
  let scheduled = try ScheduledModule(module, observe)
  let code = ModuleCode(scheduled)
  let header = HeaderEmitter(scheduled, stacks: code.stacks)
  return (CPrinter.print(code.head(header) + code.items), CPrinter.print(header.items()))
}

/// As `ScheduleObserver`, with the program first.
public typealias ModuleObserver = (_ program: ProgramUnit, _ part: String, _ pass: String, _ text: () -> String) -> Void

/// The loops and buffers of every program, for readers.
///
/// - Throws: `EmitError`, `BrokenSchedulePass`.
public func scheduleText(
  _ module: ModuleUnit, observe: @escaping ModuleObserver = { _, _, _, _ in }
) throws -> String {
  let scheduled = try ScheduledModule(module, observe)
  var lines: [String] = []
  for (program, schedule) in zip(module.programs, scheduled.schedules) {
    lines.append("forward \(program.judgement)\n\(schedule.forward)")
    if let backward = schedule.backward {
      lines.append("  kept \(schedule.keptSize) reals\n")
      lines.append("backward \(program.judgement)\n\(backward)")
    }
    for shared in schedule.variants {
      let inputs = shared.inputs.map { program.ports[$0].name }.joined(separator: ", ")
      let condition = inputs.isEmpty ? "for any batch" : "for batches that share \(inputs)"
      lines.append("forward \(program.judgement), \(condition)\n\(shared.forward)")
      if let backward = shared.backward {
        lines.append("backward \(program.judgement), \(condition)\n\(backward)")
      }
    }
  }
  return lines.joined()
}

/// A module with its names and schedules.
struct ScheduledModule {
  let module: ModuleUnit
  let names: ModuleNames
  let schedules: [ProgramSchedule]
  /// Of the programs that are computed in lanes.
  let lanes: [LanePlan?]
  /// How each program computes one sample.
  let ones: [OneSample]
  let tables: [Table]

  init(_ module: ModuleUnit, _ observe: @escaping ModuleObserver = { _, _, _, _ in }) throws {
    self.module = module
    names = try ModuleNames(module)
    let options = ScheduleOptions(
      realBytes: module.options.realBytes, blas: module.options.blas == .openblas,
      batchThreshold: module.options.batchThreshold)
    let store = TableStore()
    var schedules: [ProgramSchedule] = []
    for program in module.programs {
      do {
        guard program.model?.isPossible ?? true else { throw ScheduleTooLarge() }
        let backward = module.options.gradients ? program.backward : nil
        let schedule = try schedule(
          forward: program.forward, backward: backward, program.signature, options: options, tables: store,
          observe: { observe(program, $0, $1, $2) })
        guard WorkspaceLayout(program, schedule, lanes: nil, realBytes: options.realBytes).isPossible else {
          throw ScheduleTooLarge()
        }
        schedules.append(schedule)
      } catch is ScheduleTooLarge {
        throw EmitError.tooLarge(program.name)
      }
    }
    self.schedules = schedules
    lanes = zip(module.programs, schedules).map { program, schedule in
      module.options.lanes && program.fitsLanes ? schedule.lanes : nil
    }
    ones = zip(module.programs, lanes).map(OneSample.init)
    tables = store.tables
  }
}

/// A module's C: what stands before its functions, and these.
struct ModuleCode {
  private let scheduled: ScheduledModule
  private let tableNames: [String]
  /// From the literals on.
  private(set) var items: [CItem] = []
  private(set) var stacks: [StackBytes] = []

  init(_ scheduled: ScheduledModule) {
    self.scheduled = scheduled
    var names = scheduled.names
    for name in [HelperName.place, HelperName.addShared, "programs", "models", "module"] { _ = names.claim(name) }
    tableNames = scheduled.tables.indices.map { names.claim("constant_\($0 + 1)") }
    items = tables()
    var programs: [ProgramEmitter] = []
    for index in module.programs.indices {
      var emitter = ProgramEmitter(
        unit: module.programs[index], options: module.options, schedule: scheduled.schedules[index],
        lanes: scheduled.lanes[index], one: scheduled.ones[index], names: scheduled.names.programs[index],
        tables: tableNames)
      items += emitter.items(&names)
      programs.append(emitter)
    }
    items += info(
      programs.filter { $0.unit.model == nil }.map(\.descriptor),
      programs.filter { $0.unit.model != nil }.map(\.descriptor))
    var bound = StackBound(items, realBytes: module.options.realBytes)
    stacks = programs.map { $0.stack(&bound) }
  }

  private var module: ModuleUnit { scheduled.module }

  func head(_ header: HeaderEmitter) -> [CItem] {
    let options = module.options
    return [.comment("From \(options.sourceName) by \(options.compiler)."), .blank]
      + CompilerGuards.items(realBytes: options.realBytes) + IncludedHeader(written: header).items()
      + [.directive("#include \(RuntimeHeader.kernels.quoted(beside: options.headerName))"), .blank]
      + (module.programs.isEmpty ? [] : preamble())
  }

  private func preamble() -> [CItem] {
    let real = module.options.realBytes == 4 ? "float" : "double"
    var items: [CItem] = [
      .typedef(real, "real"), .blank,
    ]
    if scheduled.lanes.contains(where: { $0 != nil }) {
      items += [
        .directive("#define CAJAL_REAL_BYTES \(module.options.realBytes)"),
        .directive("#include \(RuntimeHeader.lanes.quoted(beside: module.options.headerName))"), .blank,
      ]
    }
    let needsHelpers = module.programs.indices.contains {
      let (unit, schedule) = (module.programs[$0], scheduled.schedules[$0])
      return unit.model == nil && (scheduled.lanes[$0] == nil || scheduled.ones[$0] == .plain)
        && schedule.backward != nil && schedule.isFallback && !unit.isAdjointEmpty
    }
    if needsHelpers {
      items += [
        .comment(
          "Where the gradient of a sample goes: to its place, or aside where nobody wants it, or where an input "
            + "is shared by the batch and others came before."),
        .function(HelperName.placeFunction), .blank,
        .comment("Adds what was put aside for a shared input."),
        .function(HelperName.addSharedFunction), .blank,
      ]
    }
    return items
  }

  /// The literals that the schedules read.
  private func tables() -> [CItem] {
    let used = scheduled.schedules.reduce(into: Set()) { $0.formUnion($1.usedTables) }
    let items: [CItem] = used.sorted().map { table in
      let values = scheduled.tables[table].values.map { value -> CInitialiser in
        .expression(CText.number(value, realBytes: module.options.realBytes))
      }
      return .variable(
        CVariable(type: "static const real", name: tableNames[table], extent: "", initial: .list(values)))
    }
    return items.isEmpty ? [] : items + [.blank]
  }

  private func info(_ programs: [String], _ models: [String]) -> [CItem] {
    var items: [CItem] = []
    func list(_ type: String, _ name: String, _ descriptors: [String]) -> CExpression {
      if descriptors.isEmpty { return .number("0") }
      items += CItem.array("static const \(type) *const", name, descriptors.map { .prefix("&", .name($0)) })
      return .name(name)
    }
    let programList = list("cajal_program", "programs", programs)
    let modelList = list("cajal_model", "models", models)
    func field(_ name: String, _ value: CExpression) -> (String, CInitialiser) { (name, .expression(value)) }
    items += [
      .variable(
        CVariable(
          type: "static const cajal_module", name: "module", extent: nil,
          initial: .fields([
            field("struct_size", .call("sizeof", [.name("cajal_module")])),
            field("abi", .name(module.abi == 1 ? "CAJAL_ABI" : "CAJAL_ABI_TABLES")),
            field("compiler", .string(Array(module.options.compiler.utf8))),
            field("source", .string(Array(module.options.sourceName.utf8))),
            field("program_count", .integer(programs.count)), field("programs", programList),
            field("model_count", .integer(models.count)), field("models", modelList),
          ]))), .blank,
    ]
    let prefixed = "\(scheduled.names.prefix)_module_info"
    let generic = "cajal_module_info"
    func function(_ name: String) -> CItem {
      .function(
        CFunction(
          specifiers: "", result: "const cajal_module *", name: name, parameters: [],
          body: [.returnValue(.prefix("&", .name("module")))]))
    }
    items.append(function(prefixed))
    if prefixed != generic {
      items += [.blank, .directive("#ifdef CAJAL_SHARED_OBJECT"), function(generic), .directive("#endif")]
    }
    return items
  }
}
