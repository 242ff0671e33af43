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
  /// - Throws: what `Compilation.emitted` does.
  public init?(_ compilation: Compilation) throws {
    guard let module = compilation.module, let c = try compilation.emitted()?.c,
      let pairs = try compilation.graphPairs(), let lowered = compilation.models
    else { return nil }
    let source = compilation.source
    func line(_ name: Name) -> Int { source.position(of: name.span.start).line }
    func map(_ name: Name, _ pair: GraphPair) -> MapModel {
      MapModel(
        name: name.text, summary: compilation.summary(named: name.text) ?? "", line: line(name),
        forward: GraphModel(pair.forward), adjoint: GraphModel(pair.adjoint))
    }
    let programs = try zip(module.programs, pairs).map { judgement, pair in
      try ProgramModel(judgement, map(judgement.name, pair), pair, compilation, horizon: module.horizon)
    }
    let weights = try compilation.options.weights == nil ? nil : compilation.moduleUnit()
    let vectors = weights?.programs.dropFirst(programs.count).map { $0.model?.weights }
    let models = zip(module.models.indices, lowered).map { index, model in
      ModelModel(
        map: map(module.models[index].name, pairs[programs.count + index]),
        tensors: ModelModel.parameters(of: model, vectors?[index]))
    }
    self.init(
      file: source.fileName, compiler: compilerName, horizon: module.horizon,
      source: SourceText(source, describedTokens(of: source, options: compilation.options)),
      code: CodeFunction.all(in: c), programs: programs, models: models,
      nets: module.nets.map { NetModel($0, line: line($0.name)) })
  }
}

extension ProgramModel {
  fileprivate init(
    _ judgement: Judgement, _ map: MapModel, _ pair: GraphPair, _ compilation: Compilation, horizon: Int
  ) throws {
    let whyNoTensor = judgement.whyNoTensor(horizon: horizon)
    self.init(
      map: map,
      inputs: judgement.context.map { PortModel(name: $0.variable.name, type: $0.variable.type, horizon: horizon) },
      result: PortModel(name: "", type: judgement.type, horizon: horizon),
      whyNotRun: judgement.whyNotRun(map, pair),
      tensor: whyNoTensor == nil ? try compilation.tensor(of: judgement.name.text).map(TensorModel.init) : nil,
      whyNoTensor: whyNoTensor)
  }
}

extension Judgement {
  fileprivate func whyNotRun(_ map: MapModel, _ pair: GraphPair) -> String? {
    if let table = context.first(where: { $0.rows != nil }) {
      return "It is not run here: `\(table.variable.name)` is a table."
    }
    let isLarge =
      map.forward.isLeftOut || map.adjoint.isLeftOut || pair.forward.work > PageLimit.work
      || pair.adjoint.work > PageLimit.work
    return isLarge ? "It is too large to be run in a page: `cajal2c run` runs it." : nil
  }
}

extension ModelModel {
  fileprivate static func parameters(of model: LoweredModel, _ weights: [Double]??) -> [Parameters] {
    var start = 0
    return model.tensors.map { tensor in
      let count = tensor.dims.reduce(1, *)
      defer { start += count }
      let values = (weights ?? nil).map { Array($0[start..<start + count]) } ?? tensor.initial
      return Parameters(
        name: tensor.name, shape: tensor.dims, count: count,
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
