import EmitC

extension LinkedModule {
  /// Throws, before anything of the module is called, where it is not what the compilation would be: another
  /// compiler's, another file's, or compiled from another text or with other flags.
  func checkBelongs(to unit: ModuleUnit) throws {
    let options = unit.options
    func demand(_ got: String, _ want: String, _ what: String) throws {
      if got != want { throw differs("\(what) \(got), not \(want)") }
    }
    try demand(compiler, options.compiler, "it was made by")
    try demand(source, options.sourceName, "it was made from")
    let (ownPrograms, ownModels) = (
      unit.programs.filter { $0.model == nil }, unit.programs.filter { $0.model != nil }
    )
    func names(_ names: [String]) -> String {
      names.isEmpty ? "nothing" : names.map { "`\($0)`" }.joined(separator: ", ")
    }
    try demand(names(programs.map(\.name)), names(ownPrograms.map(\.name)), "its programs are")
    try demand(names(models.map(\.name)), names(ownModels.map(\.name)), "its models are")
    for (linked, own) in zip(programs + models, ownPrograms + ownModels) {
      let name = "`\(own.name)`"
      try demand(linked.signature, own.judgement, "\(name) is")
      try demand("\(linked.horizon)", "\(own.horizon)", "the horizon of \(name) is")
      try demand(realName(linked.isDouble), realName(options.realBytes == 8), "the reals of \(name) are")
      for (port, expected) in zip(linked.inputs + [linked.output], own.ports + [own.output]) {
        try demand(described(port), described(expected), "in \(name) there is")
        try demand("\(port.dims)", "\(Array(expected.dims.prefix(4)))", "the shape of \(described(port)) in \(name) is")
      }
      try checkParameters(linked, own, realBytes: options.realBytes)
    }
  }

  private func checkParameters(_ linked: LinkedProgram, _ own: ProgramUnit, realBytes: Int) throws {
    guard let model = own.model else { return }
    let name = "`\(own.name)`"
    let help = "was it compiled with other flags, as --type-preserving?"
    guard linked.parameterCount == model.parameterCount else {
      throw differs("\(name) has \(linked.parameterCount) parameters, not \(model.parameterCount); \(help)")
    }
    for (tensor, expected) in zip(linked.tensors, model.tensors) where tensor.name != expected.name {
      throw differs("\(name) has a tensor `\(tensor.name)`, not `\(expected.name)`; \(help)")
    }
    guard linked.tensors.map(\.fanIn) == model.tensors.map(\.fanIn),
      zip(linked.tensors, model.tensors).allSatisfy({ $1.dims.count > 4 || $0.dims == $1.dims })
    else { throw differs("the tensors of \(name) have other shapes; \(help)") }
    for (tensor, expected) in zip(linked.tensors, model.tensors) {
      let stored = realBytes == 4 ? expected.initial?.map { Double(Float($0)) } : expected.initial
      guard tensor.initial == stored else {
        throw differs("the tensor `\(tensor.name)` of \(name) starts from other numbers")
      }
    }
    switch (linked.weights, model.parameterCount == 0 ? nil : model.weights) {
    case (nil, nil): break
    case (nil, .some): throw differs("\(name) has no weights in it; it was compiled without --weights")
    case (.some, nil): throw differs("\(name) has weights in it; name their file by --weights")
    case (.some(let got), .some(let want)):
      let stored = realBytes == 4 ? want.map { Double(Float($0)) } : want
      if let index = got.indices.first(where: { got[$0] != stored[$0] }) {
        throw differs("weight \(index) of \(name) is \(got[index]), and in the file of --weights it is \(want[index])")
      }
    }
  }

  private func differs(_ text: String) -> Failure {
    Failure(
      description: "\(path) is not what this file compiles to: \(text)\n"
        + "  build it again, or give the flags that it was built with; nothing was called")
  }
}

func realName(_ isDouble: Bool) -> String { isDouble ? "double" : "float" }

/// `x : Real[2], 2 reals, linear, of degree 1`.
private func described(_ port: PortDescription) -> String {
  let name = port.name.isEmpty ? "the result" : port.name
  let degree = port.degree == Int.max ? "any degree" : "degree \(port.degree)"
  return "\(name) : \(port.type), \(port.size) reals, \(port.linear ? "linear" : "not linear"), of \(degree)"
}
