import CajalEvaluator
import CajalSyntax
import CajalTyping
import Diagnostics
import TensorFiles

/// A value as the compiled program takes it.
public struct EncodedInput: Sendable {
  public let name: String
  /// Of a table `[N, row]`, else that of its type.
  public let shape: [Int]
  public let entries: [Double]
  /// Of a table.
  public let nodes: TableLink.Nodes?

  /// The most entries of one.
  public static let limit = 1 << 26
}

extension Compilation {
  /// The encodings of values of a program's or a model's variables, in the order of the declaration; nil where there were
  /// errors.
  public func encode(
    program name: String?, settings: [(name: String, value: String)], steps: Int, checksHorizon: Bool
  ) throws -> [EncodedInput]? {
    guard let module, let (name, ports) = try findPorts(name), !checksHorizon || horizons != nil else { return nil }
    let evaluator = Evaluator(module: module, stepLimit: steps)
    do {
      guard let values = try values(of: ports.map(\.variable), in: name, settings, module, evaluator) else {
        return nil
      }
      let result = try ports.compactMap { port in
        try values[port.variable.name].flatMap { try encode($0, port, module.horizon, evaluator) }
      }
      return diagnostics.hasErrors ? nil : result
    } catch let error as EvaluationError {
      add(error.diagnostic)
      return nil
    }
  }

  /// Of the model of that name, or of a program.
  private func findPorts(_ name: String?) throws -> (Name, [Port])? {
    if let module {
      let models =
        name == nil && module.programs.isEmpty && module.models.count == 1
        ? module.models : module.models.filter { $0.name.text == name }
      if let model = models.first { return (model.name, model.inputs) }
    }
    return try findProgram(name).map { ($0.name, $0.context) }
  }

  private func encode(_ value: Value, _ port: Port, _ horizon: Int, _ evaluator: Evaluator) throws -> EncodedInput? {
    let (name, type) = (port.variable.name, port.variable.type)
    func refuse(_ message: String, _ help: String) -> EncodedInput? {
      add(Diagnostic(.noEncoding, message, at: Label(port.variable.span, "the value of this"), help: help))
      return nil
    }
    let shape: [Int]
    if let rows = port.rows, case .data(let data) = type {
      shape = [rows, TableLayout(data, horizon: horizon)?.rowSize ?? Int.max]
    } else if case .real(let extents) = type {
      shape = extents
    } else {
      shape = [type.dimension(horizon: horizon) ?? Int.max]
    }
    var size = 1
    for extent in shape { size = extent > EncodedInput.limit ? Int.max : min(size, EncodedInput.limit + 1) * extent }
    guard size <= EncodedInput.limit else {
      return refuse("the encoding of `\(name)` has more than 2^26 entries", "encode it with fewer rows")
    }
    let input: EncodedInput
    do {
      if port.rows != nil {
        let table = try evaluator.encodedTable(of: value, rows: shape[0], horizon: horizon)
        input = EncodedInput(name: name, shape: shape, entries: table.entries.map(\.value), nodes: table.nodes)
      } else {
        let entries = try evaluator.entries(of: value, as: type, horizon: horizon)
        input = EncodedInput(name: name, shape: shape, entries: entries, nodes: nil)
      }
    } catch let problem as EncodingProblem {
      switch problem {
      case .tooManyNodes(let count):
        return refuse(
          "the value of `\(name)` has \(count) nodes, and the table \(shape[0]) rows",
          "declare it with `[\(count)]` or more; a list of k elements has k + 1 nodes")
      case .naturalTooLarge(let number, let bound):
        return refuse(
          "\(number) in the value of `\(name)` is not below \(bound), the dimension of its type",
          "use a smaller number, or a larger `Nat[n]` or horizon")
      case .noMatrix:
        return refuse("a function in the value of `\(name)` has no matrix", "give functions that are linear")
      }
    }
    let isFloat = options.realBytes == 4
    if let entry = input.entries.first(where: { !(isFloat ? Float($0).isFinite : $0.isFinite) }) {
      return refuse(
        "the value of `\(name)` holds \(entry), which is no \(isFloat ? "float" : "double")",
        isFloat && entry.isFinite ? "encode it with `--real double`" : "use smaller numbers")
    }
    return input
  }
}

extension EncodedInput {
  /// One sample for `cajal-train`: `[1, …]`, and the nodes.
  func tensors(realBytes: Int) -> [TensorFiles.Tensor] {
    let reals =
      realBytes == 4
      ? TensorFiles.Tensor(name, shape: [1] + shape, values: entries.map { Float($0) })
      : TensorFiles.Tensor(name, shape: [1] + shape, values: entries)
    switch nodes {
    case nil: return [reals]
    case .chain(let count): return [reals, TensorFiles.Tensor("\(name).nodes", shape: [1], values: [Int32(count)])]
    case .tree(let children):
      let shape = [1, shape[0], children.count / shape[0]]
      return [reals, TensorFiles.Tensor("\(name).nodes", shape: shape, values: children.map { Int32($0) })]
    }
  }

  /// Lines of an object: the entries, of a table row by row, and its nodes.
  fileprivate var json: [String] {
    func list(_ items: [String]) -> String { "[\(items.joined(separator: ", "))]" }
    func rows(_ items: [String], of size: Int) -> String {
      let lines = stride(from: 0, to: items.count, by: size).map { "    " + list(Array(items[$0..<$0 + size])) }
      return "[\n" + lines.joined(separator: ",\n") + "\n  ]"
    }
    let numbers = entries.map(CajalEvaluator.Tensor.text)
    switch nodes {
    case nil: return ["  \"\(name)\": \(list(numbers))"]
    case .chain(let count): return ["  \"\(name)\": \(rows(numbers, of: shape[1]))", "  \"\(name).nodes\": \(count)"]
    case .tree(let children):
      let children = rows(children.map(String.init), of: children.count / shape[0])
      return ["  \"\(name)\": \(rows(numbers, of: shape[1]))", "  \"\(name).nodes\": \(children)"]
    }
  }
}

extension [EncodedInput] {
  public var json: String { "{\n" + flatMap(\.json).joined(separator: ",\n") + "\n}" }

  /// A file for `cajal-train`'s task `files`, with one sample and no target.
  public func safetensors(realBytes: Int) -> [UInt8] {
    TensorFile(tensors: flatMap { $0.tensors(realBytes: realBytes) }).serialised()
  }
}
