/// The header of a module: named arguments, for C and C++.
struct HeaderEmitter {
  let scheduled: ScheduledModule
  /// Of every program.
  private let stacks: [StackBytes]
  private var module: ModuleUnit { scheduled.module }
  private var names: ModuleNames { scheduled.names }

  init(_ scheduled: ScheduledModule, stacks: [StackBytes]) { (self.scheduled, self.stacks) = (scheduled, stacks) }

  func items() -> [CItem] {
    let options = module.options
    let isHiding = RuntimeHeader.isHidden(by: options.headerName)
    let guardName = CName.prefix(options.headerName).uppercased() + (isHiding ? "_OF_A_MODULE" : "")
    return [
      .comment(
        "\(options.headerName), from \(options.sourceName) by \(options.compiler). Functions answer a "
          + "cajal_status; cajal.h says what the arguments are."),
      .directive("#ifndef \(guardName)"), .directive("#define \(guardName)"), .blank,
    ] + declarations() + [.blank, .directive("#endif")]
  }

  /// All that is between the guards.
  func declarations() -> [CItem] {
    let header = module.options.headerName
    var items: [CItem] = [.directive("#include \(RuntimeHeader.types.quoted(beside: header))"), .blank]
    if RuntimeHeader.isHidden(by: header) {
      items += [
        .directive("#ifndef CAJAL_ABI"),
        .directive(
          "#error \"\(header) of a module hides the runtime's: name the runtime's folder first, or rename it\""),
        .directive("#endif"), .blank,
      ]
    }
    items.append(.linkage(begins: true))
    for (index, (program, names)) in zip(module.programs, names.programs).enumerated() {
      items += [.blank, .comment(program.judgement)]
      items += functions(names, program).map { .function($0) }
      items += room(index)
      items += [
        .directive("#define \(names.stackConstant) \(stacks[index].all)"),
        .directive("#define \(names.oneStackConstant) \(stacks[index].one)"),
      ]
    }
    items += one()
    return items + [
      .blank, .comment("All of this, for generic callers."),
      .function(moduleInfo(names.prefix)), .blank, .linkage(begins: false),
    ]
  }

  private func moduleInfo(_ prefix: String) -> CFunction {
    CFunction(
      specifiers: "CAJAL_EXPORT", result: "const cajal_module *", name: "\(prefix)_module_info", parameters: [],
      body: nil)
  }

  /// workspace_bytes(batch, 1) as a constant expression where the batch is one, so that a workspace may be a static
  /// array. That of a program with tables is the runtime's matter.
  private func room(_ index: Int) -> [CItem] {
    let unit = module.programs[index]
    if unit.hasTables { return [] }
    let bytes = module.options.realBytes
    let layout = scheduled.layout(of: index)
    let (fixed, row, samples) = (layout.shared * bytes, layout.keptRows * bytes, layout.batchMultiple)
    let groups = samples == 1 ? "(batch)" : "(((batch) + \(samples - 1)) / \(samples))"
    // The batch is named even where it does not count: a caller's variable is used then.
    let batches = row == 0 ? "(batch) * (size_t)0" : "\(groups) * (size_t)\(row * samples)"
    let parts = (fixed == 0 ? [] : ["(size_t)\(fixed)"]) + [batches]
    return [
      .directive(
        "#define \(names.programs[index].workspaceConstant)(batch) (\(parts.joined(separator: " + ")))")
    ]
  }

  // MARK: One sample

  /// With this defined, the header has prototypes alone: so the module's own C exports what others inline.
  private var noInline: String { "\(CName.prefix(module.options.prefix).uppercased())_NO_INLINE" }
  private var isInlined: [Bool] {
    module.programs.indices.map {
      module.options.inlines && scheduled.ones[$0] == .plain && scheduled.schedules[$0].alone.isWrittenOut
    }
  }

  /// What the module's C has before it includes the header.
  var beforeInclude: [CItem] { isInlined.contains(true) ? [.directive("#define \(noInline)")] : [] }

  private func one() -> [CItem] {
    let isInlined = isInlined
    func prototypes(_ index: Int) -> [CItem] {
      emitter(index).prototypes.map { prototype in
        var function = prototype
        function.specifiers = "CAJAL_EXPORT"
        return .function(function)
      }
    }
    let indices = module.programs.indices
    var items: [CItem] = []
    if !indices.isEmpty {
      items += [
        .blank,
        .comment(
          "One sample. What returns nothing checks nothing: no pointer is null, and what is written overlaps nothing."),
      ]
    }
    items += indices.filter { !isInlined[$0] }.flatMap(prototypes)
    guard isInlined.contains(true) else { return items }
    let inlined = indices.filter { isInlined[$0] }
    // What gcc with AVX-512 makes of doubles is only right in the module's own C (docs/compilers.md).
    let isUnsure =
      module.options.realBytes == 8 ? " || (defined __GNUC__ && !defined __clang__ && defined __AVX512F__)" : ""
    return items + [.blank, .directive("#if defined \(noInline)\(isUnsure)")] + inlined.flatMap(prototypes)
      + [.directive("#else"), .blank] + inlined.flatMap(definitions) + [.directive("#endif")]
  }

  private func emitter(_ index: Int) -> OneEmitter {
    OneEmitter(
      unit: module.programs[index], names: names.programs[index], one: scheduled.ones[index],
      hasGradients: module.options.gradients, real: module.options.realBytes == 4 ? "float" : "double")
  }

  private func definitions(_ index: Int) -> [CItem] {
    let (names, emitter) = (names.programs[index], emitter(index))
    let code = AloneCode(
      scheduled.schedules[index], element: .alone(Element.Header(real: emitter.real)),
      realBytes: module.options.realBytes,
      scope: {
        ProcedureScope(
          inputs: names.ports + ["result_bar"], outputs: $0, tables: [], ports: nil, fileNames: self.names.file)
      },
      bars: names.ports.map { "\($0)_bar" },
      names: ["", "_keep", "_adjoint"].map { "\(names.one)_of\($0)" })
    let local = code.functions.map { code in
      var function = code.function
      function.specifiers = "static inline"
      return function
    }
    return (local + emitter.functions(calling: code, specifiers: "static inline")).items
  }

  /// The prototypes of a program's functions.
  private func functions(_ names: ProgramNames, _ program: ProgramUnit) -> [CFunction] {
    let parameters = HeaderEmitter.parameters(names, program, realBytes: module.options.realBytes)
    func function(_ result: String, _ name: String, _ parameters: [CParameter]) -> CFunction {
      CFunction(specifiers: "CAJAL_EXPORT", result: result, name: name, parameters: parameters, body: nil)
    }
    return [
      function(
        "size_t", names.workspaceBytes, HeaderEmitter.bytesParameters),
      function("int", names.forward, parameters.forward),
      function("int", names.forwardKeep, parameters.forward),
      function("int", names.backward, parameters.backward),
      function("int", names.backwardEach, parameters.backwardEach),
    ]
  }

  static let bytesParameters = [CParameter("size_t", "batch"), CParameter("int", "keep")]

  /// The parameters of forward and forward_keep, those of backward, and those of backward_each.
  static func parameters(
    _ names: ProgramNames, _ unit: ProgramUnit, realBytes: Int
  ) -> (forward: [CParameter], backward: [CParameter], backwardEach: [CParameter]) {
    let real = realBytes == 4 ? "float" : "double"
    let isModel = unit.model != nil
    let inputs =
      [CParameter("size_t", "batch")]
      + (isModel ? [CParameter("const \(real) *", "params")] : [])
      + zip(names.ports, unit.ports).flatMap { name, port in
        [CParameter("const \(port.isNodes ? "int32_t" : real) *", name), CParameter("size_t", "\(name)_stride")]
      }
    let barNames = (isModel ? ["params"] : []) + zip(names.ports, unit.ports).compactMap { $1.isNodes ? nil : $0 }
    let bars = barNames.map { CParameter("\(real) *", "\($0)_bar") }
    let stridedBars = zip(barNames, bars).flatMap { [$1, CParameter("size_t", "\($0)_bar_stride")] }
    let outBar = CParameter("const \(real) *", "result_bar")
    let work = CParameter("void *", "work")
    return (
      inputs + [CParameter("\(real) *", "result"), work],
      inputs + [outBar] + bars + [work],
      inputs + [outBar] + stridedBars + [work]
    )
  }
}
