/// A program or a model with tables: what stands between callers, whose children and counts are of `int32_t`, and the
/// code, which reads reals alone (linked.c).
struct LinkedEmitter {
  let batch: BatchEmitter
  /// The structure of what computes on reals.
  let inner: String

  static let parts = [
    "tables", "linked", "linked_bytes", "linked_forward", "linked_forward_keep", "linked_backward",
    "linked_backward_each", "linked_program", "linked_model",
  ]

  private var own: StaticNames { batch.own }
  private var isModel: Bool { batch.isModel }
  private func name(_ text: String) -> CExpression { .name(text) }

  // MARK: Calls

  func bytes(keep: CExpression) -> CExpression {
    .call("cajal_linked_bytes", [.prefix("&", name(own["linked"])), name("batch"), keep])
  }

  /// - Parameter given: the parameters of a model, the inputs and the strides.
  func call(_ function: String, _ given: [CExpression], _ behind: [CExpression]) -> CExpression {
    let params = isModel ? [] : [CExpression.number("0")]
    return .call(
      "cajal_linked_\(function)", [.prefix("&", name(own["linked"])), name("batch")] + params + given + behind)
  }

  /// - Parameter behind: the cotangent of the result, of a model the place of the parameters' gradient, the places of
  ///   the inputs' gradients, their strides and the workspace; for backward_each with the stride of the parameters'
  ///   gradient.
  func backward(_ given: [CExpression], _ behind: [CExpression], isEach: Bool) -> CExpression {
    var behind = behind
    if !isModel { behind.insert(contentsOf: isEach ? [.number("0"), .number("0")] : [.number("0")], at: 1) }
    // Without strides of their own the gradients have those of the inputs.
    if !isEach { behind.remove(at: behind.count - 2) }
    return call(isEach ? "backward_each" : "backward", given, behind)
  }

  // MARK: Items

  func items() -> [CItem] { structures() + functions() }

  private func structures() -> [CItem] {
    let ports = batch.unit.ports
    let tables = ports.indices.compactMap { index -> CInitialiser? in
      guard let table = ports[index].table, ports[index].isNodes else { return nil }
      let fields = [index, table.rows, table.isChain ? 0 : table.arity]
      return .list(fields.map { .expression(.integer($0)) })
    }
    let fields: [CExpression] = [
      isModel ? .number("0") : .prefix("&", name(inner)), isModel ? .prefix("&", name(inner)) : .number("0"),
      name(own["sizes"]), .integer(tables.count), name(own["tables"]), .integer(batch.options.checkFinite ? 1 : 0),
    ]
    func constant(_ type: String, _ name: String, _ extent: String?, _ initial: CInitialiser) -> CItem {
      .variable(CVariable(type: "static const \(type)", name: name, extent: extent, initial: initial))
    }
    return [
      constant("cajal_table", own["tables"], "", .list(tables)),
      constant("cajal_linked", own["linked"], nil, .list(fields.map { .expression($0) })), .blank,
    ]
  }

  /// What the structure for generic callers names.
  private func functions() -> [CItem] {
    let given = (isModel ? [name("params")] : []) + [name("in"), name("stride")]
    let out = [BatchEmitter.out, BatchEmitter.work]
    func function(_ part: String, _ parameters: [CParameter], _ result: CExpression) -> CFunction {
      .own(own[part], batch.genericInputs + parameters, [.returnValue(result)])
    }
    func forward(_ keep: Int) -> CExpression { call("forward", given, [name("out"), name("work"), .integer(keep)]) }
    let first = [
      CFunction(
        specifiers: "static", result: "size_t", name: own["linked_bytes"], parameters: HeaderEmitter.bytesParameters,
        body: [.returnValue(bytes(keep: name("keep")))]),
      function("linked_forward", out, forward(0)),
    ]
    guard batch.adjoint != nil else {
      let none = [
        ("linked_forward_keep", out), ("linked_backward", batch.gradients),
        ("linked_backward_each", batch.eachGradients),
      ].map { batch.noGradient(own[$0], specifiers: "static", batch.genericInputs + $1) }
      return (first + none).items
    }
    let bar = [name("out_bar")] + (isModel ? [name("params_bar")] : [])
    let eachBar = bar + (isModel ? [name("params_bar_stride")] : [])
    let gradients = [
      function("linked_forward_keep", out, forward(1)),
      function(
        "linked_backward", batch.gradients,
        backward(given, bar + [name("in_bar"), name("stride"), name("work")], isEach: false)),
      function(
        "linked_backward_each", batch.eachGradients,
        backward(given, eachBar + [name("in_bar"), name("bar_stride"), name("work")], isEach: true)),
    ]
    return (first + gradients).items
  }
}
