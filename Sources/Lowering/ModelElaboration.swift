import CajalTyping
import Diagnostics
import LinearMaps

/// A model as a graph.
public struct LoweredModel: Sendable {
  /// Parameters: the tensors, then the model's inputs. One result.
  public let graph: Graph
  public let tensors: [Tensor]
  /// The tensors that are not trained.
  public let frozen: Set<Int>

  public var signature: GraphSignature {
    .model(tensors: tensors.count, ports: graph.parameters.count - tensors.count)
  }

  public var parameterCount: Int { tensors.reduce(0) { $0 + $1.dims.reduce(1, *) } }

  /// Of the map that takes the place of a program: the last tensor.
  public var mapDescription: String {
    guard let map = tensors.last else { return "no map" }
    let extents = map.dims.map(String.init).joined(separator: " x ")
    let state = frozen.isEmpty ? "" : ", frozen"
    return "\(map.name) is a linear map of \(extents) = \(map.dims.reduce(1, *)) parameters\(state)"
  }
}

/// `--type-preserving`: what takes the place of a model's program.
public enum TypePreserving: Sendable {
  /// A linear map that is trained.
  case trained
  /// `--frozen`: one that stays as it was initialised.
  case frozen
}

/// The most parameters of a model: a gigabyte of floats, and with the gradient and the moments of Adam four.
public let maximumParameterCount = 1 << 28

/// The linear-map graph of a model: its nets applied to its inputs, and its judgement linked to these.
///
/// With `typePreserving` the judgement is replaced by a linear map of the same type, from the tensor product of the
/// linked values to the result (the paper's Model T). Returns nil where a diagnostic of severity error was added.
public func lower(
  _ model: LinkedModel, in module: TypedModule, source: Source, typePreserving: TypePreserving? = nil,
  diagnostics: inout Diagnostics
) -> LoweredModel? {
  lowering(module: module, source: source, diagnostics: &diagnostics) { try $0.lower(model, typePreserving) }
}

extension LinkedModel {
  /// The nets that the model applies, in the order of the file.
  ///
  /// - Parameter typePreserving: those of the links alone, the program being replaced.
  public func nets(typePreserving: Bool) -> [Int] {
    var found = Set<Int>()
    // The data of links share their parts.
    var seen = Set<ObjectIdentifier>()
    func walk(_ term: TypedTerm) {
      guard seen.insert(ObjectIdentifier(term)).inserted else { return }
      if case .network(let net, _) = term.kind { found.insert(net) }
      term.kind.children.forEach(walk)
    }
    for link in links { walk(link.datum) }
    if !typePreserving { walk(judgement.term) }
    return found.sorted()
  }
}

extension Lowering {
  fileprivate func lower(_ model: LinkedModel, _ typePreserving: TypePreserving?) throws -> LoweredModel {
    let learnt = model.learnt.map { module.learnt[$0.index].tensor }
    var tensors = model.nets(typePreserving: typePreserving != nil).flatMap { module.nets[$0].tensors } + learnt
    if typePreserving != nil { tensors.append(try map(of: model)) }
    try check(tensors, of: model)
    for tensor in tensors { tensorValues[tensor.name] = root.parameter(tensor.name, .real(tensor.dims)) }

    var data = Environment()
    for (item, tensor) in zip(model.learnt, learnt) { data[item.variable] = .vector(self.tensor(tensor)) }
    for port in model.inputs { data[port.variable] = try parameter(port) }
    var environment = Environment()
    var linked: [Value] = []
    for link in model.links {
      let meaning = try datum(link.datum, data)
      environment[link.variable] = meaning
      if typePreserving != nil { linked.append(try vector(meaning, .interface)) }
    }
    _ = try space(model.judgement.type, model.judgement.name.span)
    let result =
      if typePreserving == nil {
        try vector(try lower(model.judgement.term, environment), .interface)
      } else {
        // The map is the last tensor.
        root.apply(
          tensor(tensors[tensors.count - 1]), tensorProduct(linked), try space(model.judgement.type, model.name.span))
      }
    return LoweredModel(
      graph: root.finish(results: [result]), tensors: tensors,
      frozen: typePreserving == .frozen ? [tensors.count - 1] : [])
  }

  /// Equal data are one object, which is lowered once: as a tree, a datum may be exponentially larger than its text.
  private func datum(_ term: TypedTerm, _ data: Environment) throws -> Meaning {
    if let known = loweredData[ObjectIdentifier(term)] { return known }
    let meaning = try structure(of: term, data)
    loweredData[ObjectIdentifier(term)] = meaning
    return meaning
  }

  private func structure(of term: TypedTerm, _ data: Environment) throws -> Meaning {
    switch term.kind {
    case .network(let net, let arguments): return try network(net, arguments.map { try datum($0, data) }, term)
    case .apply(let function, let argument):
      let (f, a) = (try datum(function, data), try datum(argument, data))
      guard case .function(let function) = f else { preconditionFailure("the checker lets only functions be applied") }
      return try at(term) { try apply(function, a) }
    case .add(let a, let b):
      let terms = [(Weight.factor(1), try datum(a, data)), (.factor(1), try datum(b, data))]
      return try at(term) { try sum(terms, term.type, term.span) }
    case .scale(let factor, let a):
      let a = try datum(a, data)
      return try at(term) { try sum([(.factor(factor.value), a)], term.type, term.span) }
    case .concatenate(let parts): return try concatenation(try parts.map { try datum($0, data) }, term)
    case .variable, .definition, .bool, .natural, .literal, .matrix, .primitive, .succ, .lambda, .conditional,
      .iterate, .scan, .constructor, .cases, .fold:
      return try lower(term, data)
    }
  }

  func tensor(_ tensor: Tensor) -> Value { tensorValues[tensor.name]! }

  /// The entries of v1 ⊗ … ⊗ vk, the last index fastest; ℝ for none.
  private func tensorProduct(_ values: [Value]) -> Value {
    var result = root.constant(.unit(0), .scalar)
    for value in values {
      let (m, n) = (result.space.dimension, value.space.dimension)
      result = root.product(Product(m: m, k: 1, n: n), result, value, .real([m * n]))
    }
    return result
  }

  /// The tensor of a linear map from the linked values to the result.
  private func map(of model: LinkedModel) throws -> Tensor {
    let sizes = try model.links.map { try space($0.variable.type, $0.variable.span).dimension }
    let result = try space(model.judgement.type, model.judgement.name.span).dimension
    var (columns, overflow) = (1, false)
    for size in sizes where !overflow { (columns, overflow) = columns.multipliedReportingOverflow(by: size) }
    if overflow || columns > maximumParameterCount / max(result, 1) {
      throw LoweringError.refused(
        Diagnostic(
          .typeTooLarge, "the linear map of `\(model.name.text)` would have too many parameters",
          at: Label(model.name.span, "\(([result] + sizes).map(String.init).joined(separator: " × ")) parameters"),
          notes: zip(model.links, sizes).map { "a link of type \($0.variable.type) has \($1) entries" },
          help: "compile a model of the same result with fewer or smaller links"))
    }
    // The ABI has room for four extents.
    let dims = sizes.count <= 3 ? sizes : [columns]
    return Tensor(name: "\(model.name.text).weight", dims: [result] + dims, fanIn: columns)
  }

  private func check(_ tensors: [Tensor], of model: LinkedModel) throws {
    var count = 0
    for tensor in tensors {
      let size = tensor.dims.reduce(1, *)
      count += size
      guard size > maximumParameterCount || count > maximumParameterCount else { continue }
      throw LoweringError.refused(
        Diagnostic(
          .netTooLarge, "`\(model.name.text)` has too many parameters", at: Label(model.name.span, "this model"),
          notes: ["`\(tensor.name)` alone has \(size); a model may have 2^28 in all"],
          help: "pool before `dense`, or use smaller layers"))
    }
  }
}
