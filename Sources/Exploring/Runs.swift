import CajalSyntax
import CajalTyping
import Driver
import LinearMaps
import Lowering

extension RunModel {
  init(_ judgement: Judgement, _ map: MapModel, _ pair: GraphPair, horizon: Int) {
    self.init(
      inputs: judgement.context.map { PortModel(name: $0.variable.name, type: $0.variable.type, horizon: horizon) },
      result: PortModel(name: "", type: judgement.type, horizon: horizon),
      whyNot: RunModel.whyNot(judgement.context, map, pair))
  }

  /// - Parameter values: of the model's tensors, where they are known.
  init(
    _ model: LinkedModel, _ lowered: LoweredModel, _ values: [[Double]?], _ map: MapModel, _ pair: GraphPair,
    horizon: Int
  ) {
    var reason = RunModel.whyNot(model.inputs, map, pair)
    if lowered.parameterCount > PageLimit.parameters {
      reason = reason ?? "It is not run here: it has \(lowered.parameterCount) parameters. `cajal2c run` runs it."
    }
    if values.contains(where: { $0 == nil }) {
      reason = reason ?? "It is not run here: its parameters are not known. `explore --weights FILE` gives them."
    }
    let tensors = zip(lowered.tensors, values).map { tensor, value in
      var port = PortModel(name: tensor.name, type: .real(tensor.dims), horizon: horizon)
      if reason == nil { port.value = value }
      return port
    }
    self.init(
      inputs: tensors
        + model.inputs.map { PortModel(name: $0.variable.name, type: $0.variable.type, horizon: horizon) },
      result: PortModel(name: "", type: model.judgement.type, horizon: horizon), whyNot: reason)
  }

  private static func whyNot(_ ports: [Port], _ map: MapModel, _ pair: GraphPair) -> String? {
    if let table = ports.first(where: { $0.rows != nil }) {
      return "It is not run here: `\(table.variable.name)` is a table."
    }
    let isLarge =
      map.forward.isLeftOut || map.adjoint.isLeftOut || pair.forward.work > PageLimit.work
      || pair.adjoint.work > PageLimit.work
    return isLarge ? "It is too large to be run in a page: `cajal2c run` runs it." : nil
  }
}
