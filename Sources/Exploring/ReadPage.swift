import CajalSyntax
import CajalTyping
import Diagnostics
import Driver
import LanguageServer
import LinearMaps
import Lowering

extension PageModel {
  /// Nil where there were errors.
  ///
  /// - Parameter run: the folder of a run of `cajal-train`, of one of the models. Its parameters are those of all models
  ///   whose tensors it has, unless the compilation has weights.
  /// - Throws: what `Compilation.emitted` does, and `FileProblem` where the run cannot be shown.
  public init?(_ compilation: Compilation, run: String? = nil) throws {
    guard let module = compilation.module, let c = try compilation.emitted()?.c,
      let pairs = try compilation.graphPairs(), let lowered = compilation.models,
      let summaries = compilation.summaries()
    else { return nil }
    let source = compilation.source
    func line(_ name: Name) -> Int { source.position(of: name.span.start).line }
    func map(_ name: Name, _ summary: String, _ pair: GraphPair) -> MapModel {
      MapModel(
        name: name.text, summary: summary, line: line(name),
        forward: GraphModel(pair.forward), adjoint: GraphModel(pair.adjoint))
    }
    let programs = try zip(module.programs, zip(summaries, pairs)).map { judgement, found in
      try ProgramModel(
        judgement, map(judgement.name, found.0, found.1), found.1, compilation, horizon: module.horizon)
    }
    let units = try compilation.moduleUnit().map { Array($0.programs.dropFirst(programs.count)) } ?? []
    let run = try run.map {
      try ModelRun(reading: $0, module.models, lowered, signatures: units.map(\.judgement))
    }
    let otherWeights = compilation.options.weights != nil
    let models = try module.models.indices.map { index in
      let (linked, model, pair) = (module.models[index], lowered[index], pairs[programs.count + index])
      let vector = otherWeights ? units[index].model?.weights : run?.vector(of: model)
      let values = model.values(weights: vector)
      let map = map(linked.name, summaries[programs.count + module.nets.count + index], pair)
      let ports = RunModel(linked, model, values, map, pair, horizon: module.horizon)
      return ModelModel(
        map: map, run: ports, tensors: ModelModel.parameters(of: model, values),
        kernels: KernelsModel.all(of: module.nets, model.tensors, values),
        training: try run.flatMap { run in
          guard run.place == index else { return nil }
          return try TrainingModel(
            run, inputs: Array(ports.inputs.dropFirst(model.tensors.count)), result: ports.result,
            otherWeights: otherWeights)
        })
    }
    let functions = CodeFunction.all(in: c)
    let code = functions.first(lines: PageLimit.codeLines)
    self.init(
      file: source.fileName, compiler: compilerName, horizon: module.horizon,
      source: SourceText(source, describedTokens(of: source, options: compilation.options)),
      code: code, codeLeftOut: functions.count - code.count, programs: programs, models: models,
      nets: module.nets.map { NetModel($0, line: line($0.name)) })
  }
}

extension ProgramModel {
  fileprivate init(
    _ judgement: Judgement, _ map: MapModel, _ pair: GraphPair, _ compilation: Compilation, horizon: Int
  ) throws {
    let whyNoTensor = judgement.whyNoTensor(horizon: horizon)
    self.init(
      map: map, run: RunModel(judgement, map, pair, horizon: horizon),
      tensor: whyNoTensor == nil ? try compilation.tensor(of: judgement.name.text).map(TensorModel.init) : nil,
      whyNoTensor: whyNoTensor)
  }
}

extension LoweredModel {
  /// Of each tensor, where they are known.
  fileprivate func values(weights: [Double]?) -> [[Double]?] {
    var start = 0
    return tensors.map { tensor in
      let count = tensor.dims.reduce(1, *)
      defer { start += count }
      return weights.map { Array($0[start..<start + count]) } ?? tensor.initial
    }
  }
}

extension ModelModel {
  fileprivate static func parameters(of model: LoweredModel, _ values: [[Double]?]) -> [Parameters] {
    zip(model.tensors, values).map { tensor, values in
      Parameters(
        name: tensor.name, shape: tensor.dims, count: tensor.dims.reduce(1, *),
        tensor: values.flatMap { TensorModel($0, shape: tensor.dims) })
    }
  }
}

extension NetModel {
  fileprivate init(_ net: Net, line: Int) {
    self.init(
      signature: net.signature, line: line,
      layers: net.layers.map {
        Layer(kind: "\($0.kind)", input: $0.input, output: $0.output, parameterCount: $0.parameterCount)
      },
      parameterCount: net.parameterCount)
  }
}
