import CajalSyntax
import Diagnostics

/// Checks `net` declarations: the shapes, layer by layer (LANGUAGE.md, section 6).
extension Checker {
  /// A net of which the types are known; nil after an error.
  func net(
    _ name: Name, _ parameters: [(parameter: Parameter, type: Type)], _ result: Type, _ place: Span, _ layers: [Layer]
  ) -> Net? {
    guard !layers.isEmpty, checkParameters(parameters, of: name) else { return nil }
    let typed = parameters.map { (name: $0.parameter.name.text, type: $0.type) }
    guard let outputs = result.dimension(horizon: horizon), outputs <= Type.maximumExtent,
      let input = Net.inputShape(typed.map(\.type), horizon: horizon)
    else {
      reportTooLarge("the net `\(name.text)`", name.span, "it takes or gives more than 2^31 reals")
      return nil
    }
    var checking = Shapes(name: name, input: input)
    let lastDense = layers.lastIndex { if case .dense = $0.kind { true } else { false } }
    for (index, layer) in layers.enumerated() {
      var kind = layer.kind
      if case .dense(nil) = kind {
        guard index == lastDense else {
          reportNeedsSize(layer, checking)
          return nil
        }
        kind = .dense(outputs)
      }
      guard let next = output(of: layer, kind, &checking) else { return nil }
      checking.layers.append(TypedLayer(kind: kind, input: checking.shape, output: next, span: layer.span))
    }
    guard product(checking.shape) == outputs else {
      reportResult(checking, layers[layers.count - 1], result, outputs, place)
      return nil
    }
    return Net(name: name, parameters: typed, result: result, layers: checking.layers)
  }

  private struct Shapes {
    let name: Name
    let input: [Int]
    var layers: [TypedLayer] = []
    var parameters = 0

    var shape: [Int] { layers.last?.output ?? input }

    /// The shapes on the way here, as far as they change.
    var trace: String {
      var steps = ["\(Layer.Kind.describe(input)) comes in"]
      for layer in layers where layer.output != layer.input {
        steps.append("`\(layer.kind)` gives \(Layer.Kind.describe(layer.output))")
      }
      let shown = steps.count <= 6 ? steps : Array(steps.prefix(1) + ["…"] + steps.suffix(4))
      return shown.joined(separator: ", ")
    }
  }

  private func checkParameters(_ parameters: [(parameter: Parameter, type: Type)], of name: Name) -> Bool {
    guard !parameters.isEmpty else {
      report(
        Diagnostic(
          .layerDoesNotFit, "the net `\(name.text)` has no parameters", at: Label(name.span, "nothing comes in"),
          help: "give it one, as in `net \(name.text) (x : Real[28, 28])`"))
      return false
    }
    guard let (parameter, _) = parameters.first(where: { $0.parameter.bound != nil }) else { return true }
    report(
      Diagnostic(
        .badBound, "a net's parameter has no bound",
        at: Label(parameter.name.span.union(parameter.type.span), "bounded here"),
        notes: ["bounds stand on the parameters of programs and models, where values come in from outside"],
        help: "bound it in the model, or by a layer: `within` may be any layer of a net, the first one as well",
        fixes: parameter.unbounded))
    return false
  }

  private func output(of layer: Layer, _ kind: Layer.Kind, _ shapes: inout Shapes) -> [Int]? {
    switch kind.output(of: shapes.shape) {
    case .shape(let shape):
      guard let size = product(shape), size <= Type.maximumExtent else { break }
      guard let count = kind.parameterCount(input: shapes.shape, output: shape),
        let total = sum(shapes.parameters, count), total <= Net.maximumParameters
      else {
        reportTooLarge("the net `\(shapes.name.text)`", layer.span, "with this it has more than 2^31 parameters")
        return nil
      }
      shapes.parameters = total
      return shape
    case .misfit(let what, let help):
      report(
        Diagnostic(
          .layerDoesNotFit, "`\(kind)` does not fit \(Layer.Kind.describe(shapes.shape))", at: Label(layer.span, what),
          also: [Label(shapes.name.span, "in this net")], notes: [shapes.trace], help: help))
      return nil
    }
    reportTooLarge("`\(kind)`", layer.span, "it gives more than 2^31 reals")
    return nil
  }

  private func reportNeedsSize(_ layer: Layer, _ shapes: Shapes) {
    report(
      Diagnostic(
        .layerDoesNotFit, "this `dense` needs a size", at: Label(layer.span, "another `dense` follows"),
        also: [Label(shapes.name.span, "in this net")],
        notes: ["only the last `dense` takes its size from the net's result type"], help: "write it, as in `dense 400`")
    )
  }

  private func reportResult(_ shapes: Shapes, _ last: Layer, _ result: Type, _ outputs: Int, _ place: Span) {
    let shape = shapes.shape
    let given = product(shape)!
    var help = "end with `dense`, which takes its size from the result type"
    if let dense = shapes.layers.last(where: { if case .dense = $0.kind { true } else { false } }) {
      help = "write `dense \(outputs)` for `\(dense.kind)`, or `dense` alone"
    }
    report(
      Diagnostic(
        .layerDoesNotFit, "the net gives \(given) reals, and `\(result)` has \(outputs)",
        at: Label(last.span, "\(Layer.Kind.describe(shape)) comes out here"),
        also: [Label(place, "this has \(outputs) entries")], notes: [shapes.trace], help: help))
  }

  private func reportTooLarge(_ what: String, _ span: Span, _ how: String) {
    report(
      Diagnostic(
        .netTooLarge, "\(what) is too large", at: Label(span, how),
        help: "pool before `dense`, or use a smaller size"))
  }
}

extension Net {
  /// What comes into the first layer; nil where it is too large.
  static func inputShape(_ parameters: [Type], horizon: Int) -> [Int]? {
    if parameters.count == 1, case .real(let shape) = parameters[0] {
      if shape.count == 2 { return [1] + shape }
      if shape.count == 3 { return shape }
    }
    var size = 0
    for type in parameters {
      guard let dimension = type.dimension(horizon: horizon), let total = sum(size, dimension),
        total <= Type.maximumExtent
      else { return nil }
      size = total
    }
    return [size]
  }

  /// `net kernel (x : Real[28,28]) : Real[13,13]`, without the layers.
  public var signature: String {
    "\(name.text) (\(parameters.map { "\($0.name) : \($0.type)" }.joined(separator: ", "))) : \(result)"
  }
}
