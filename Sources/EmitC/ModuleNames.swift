/// The names of a module in C.
struct ModuleNames {
  let prefix: String
  /// One for each program.
  private(set) var programs: [ProgramNames] = []
  /// Every name at the top level of the file.
  private(set) var file: NameScope

  init(_ module: ModuleUnit) throws {
    prefix = CName.prefix(module.options.prefix)
    file = NameScope(["real", "lanes"] + module.options.reserved)
    _ = file.take("\(prefix)_module_info")
    var owner: [String: String] = [:]
    var clashes: [NameClash] = []
    for program in module.programs {
      let names = ProgramNames(program, prefix: prefix)
      for exported in names.exported {
        if let first = owner[exported] {
          let cName = "\(prefix)_\(CName.mangled(program.name))"
          clashes.append(NameClash(first: first, second: program.name, cName: cName))
          break
        }
        owner[exported] = program.name
        _ = file.take(exported)
      }
      programs.append(names)
    }
    if !clashes.isEmpty { throw EmitError.clashes(clashes) }
  }

  /// A name of its own for something static.
  mutating func claim(_ name: String) -> String { file.claim(name) }
}

/// The names of a program or a model in C.
struct ProgramNames {
  let base: String
  let workspaceBytes: String
  let forward: String
  let forwardKeep: String
  let backward: String
  let backwardEach: String
  let one: String
  let oneWithGradient: String
  /// Macros of the header.
  let workspaceConstant: String
  let stackConstant: String
  let oneStackConstant: String
  /// One for each port: the parameter's, with `_stride`, `_bar` and `_bar_stride` behind it those that belong to it.
  let ports: [String]
  /// Local variables beside these parameters.
  let barStrides: String
  let kept: String
  let status: String
  /// One for each tensor of a model, inside of the functions that compute a sample; with `_bar` behind it its gradient's.
  let tensors: [String]

  var exported: [String] {
    [
      workspaceBytes, forward, forwardKeep, backward, backwardEach, one, oneWithGradient, workspaceConstant,
      stackConstant,
      oneStackConstant,
    ]
  }

  init(_ program: ProgramUnit, prefix: String) {
    base = CName.mangled(program.name)
    let stem = "\(prefix)_\(base)"
    workspaceBytes = "\(stem)_workspace_bytes"
    forward = "\(stem)_forward"
    forwardKeep = "\(stem)_forward_keep"
    backward = "\(stem)_backward"
    backwardEach = "\(stem)_backward_each"
    one = "\(stem)_one"
    oneWithGradient = "\(stem)_one_with_gradient"
    workspaceConstant = "\(stem)_WORKSPACE_BYTES"
    stackConstant = "\(stem)_STACK_BYTES"
    oneStackConstant = "\(stem)_ONE_STACK_BYTES"
    let given = program.model == nil ? [] : ["params", "params_bar", "params_bar_stride"]
    var scope = NameScope(exportedNames(stem) + given)
    ports = program.ports.map { port in
      // "xs.nodes" is xs_nodes.
      let name = port.isNodes ? "\(port.name.dropLast(".nodes".count))_nodes" : port.name
      return scope.claim(name, suffixes: ["", "_stride", "_bar", "_bar_stride"])
    }
    barStrides = scope.claim("bar_stride")
    kept = scope.claim("kept")
    status = scope.claim("status")
    tensors = program.tensors.map { scope.claim(CName.joined($0.name), suffixes: ["", "_bar"]) }
  }
}

private func exportedNames(_ stem: String) -> [String] {
  [
    "workspace_bytes", "forward", "forward_keep", "backward", "backward_each", "one", "one_with_gradient",
    "WORKSPACE_BYTES", "STACK_BYTES", "ONE_STACK_BYTES",
  ].map { "\(stem)_\($0)" }
}
