import Adjoint
import CajalEvaluator
import CajalSyntax
import CajalTyping
import Diagnostics
import LinearMaps
import Lowering
import TensorFiles

/// What `cajal2c run` computes.
public struct RunResult: Sendable {
  /// The result, or, for each variable, the matrix of its derivatives: entry (r, i) is that of entry r of the result in
  /// entry i of the variable.
  public let tensors: [ProgramTensor]
  /// Learnt tensors that had the numbers which they start from, as there were no weights.
  public var untrained: [String] = []
}

extension Compilation {
  /// A program or a model on vectors, by the interpreter of its graph, in double precision; nil where there were errors.
  ///
  /// - Parameters:
  ///   - name: of the program or model; nil for the file's only one.
  ///   - settings: closed expressions, or vectors in brackets with as many numbers as the variable's type has entries.
  ///   - isJacobian: the derivatives there instead of the result.
  /// - Throws: `SettingProblem`, and `FileProblem` where the weights cannot be read or do not fit.
  public func run(
    _ name: String?, settings: [(name: String, value: String)], isJacobian: Bool
  ) throws -> RunResult? {
    guard let module, let graphs, let models else { return nil }
    let all = module.programs.map(\.name.text) + module.models.map(\.name.text)
    guard let name = name ?? (all.count == 1 ? all[0] : nil) else {
      add(
        Diagnostic(
          .noSuchProgram,
          all.isEmpty ? "the file declares no program" : "the file declares \(all.count) programs and models",
          at: nil,
          help: all.isEmpty
            ? "declare one with `program` or `model`"
            : "choose one with `--program`: \(all.prefix(20).joined(separator: ", "))"))
      return nil
    }
    guard let index = all.firstIndex(of: name) else {
      reportUnknown(name, among: all, "program or model")
      return nil
    }
    if index < graphs.count {
      let judgement = module.programs[index]
      return try run(graphs[index], [], judgement.context, judgement.type, judgement.name, settings, isJacobian)
    }
    let (model, lowered) = (module.models[index - graphs.count], models[index - graphs.count])
    guard let parameters = try parameters(of: lowered, model.name) else { return nil }
    var result = try run(
      lowered.graph, parameters, model.inputs, model.judgement.type, model.name, settings, isJacobian)
    if options.weights == nil { result?.untrained = lowered.tensors.map(\.name) }
    return result
  }

  /// From the file of weights, or from the numbers that the file starts from; nil where there are none.
  private func parameters(of model: LoweredModel, _ name: Name) throws -> [[Double]]? {
    guard let path = options.weights else {
      let initial = model.tensors.compactMap(\.initial)
      guard initial.count == model.tensors.count else {
        let open = model.tensors.filter { $0.initial == nil }.map(\.name)
        add(
          Diagnostic(
            .missingValue, "the parameters of `\(name.text)` are not known", at: Label(name.span, "a model"),
            notes: ["there are no numbers for \(open.prefix(8).map { "`\($0)`" }.joined(separator: ", "))"],
            help: "name a file of weights by `--weights`"))
        return nil
      }
      return initial
    }
    let vector = try Weights(reading: path, for: models ?? [model], realBytes: 8).vector(of: model)
    var start = 0
    return model.tensors.map { tensor in
      defer { start += tensor.dims.reduce(1, *) }
      return Array(vector[start..<start + tensor.dims.reduce(1, *)])
    }
  }

  private func run(
    _ graph: Graph, _ parameters: [[Double]], _ context: [Port], _ type: Type, _ name: Name,
    _ settings: [(name: String, value: String)], _ isJacobian: Bool
  ) throws -> RunResult? {
    if let table = context.first(where: { $0.rows != nil }) {
      add(
        Diagnostic(
          .missingValue, "`\(table.variable.name)` is a table, and tables are not set here",
          at: Label(table.variable.span, "a table"), help: "`cajal2c eval` takes values of recursive types"))
      return nil
    }
    guard let vectors = try vectors(of: context, in: name, settings) else { return nil }
    func axis(_ name: String, _ type: Type, _ dimension: Int) -> ProgramTensor.Axis {
      ProgramTensor.Axis(name: name, type: type, dimension: dimension)
    }
    let rows = graph.nodes[graph.results[0]].space.dimension
    guard isJacobian else {
      let result = Interpreter().run(graph, parameters + vectors)[0]
      return RunResult(tensors: [ProgramTensor(axes: [axis("", type, rows)], entries: result)])
    }
    // One row of all matrices for each entry of the result.
    let adjoint = reverse(graph)
    var matrices = vectors.map { _ in [Double]() }
    for row in 0..<rows {
      let results = Interpreter().run(adjoint, parameters + vectors + [SparseVector.unit(row).dense(rows)])
      for index in vectors.indices {
        matrices[index] += results[GraphSignature.result(ofGradientIn: parameters.count + index)]
      }
    }
    return RunResult(
      tensors: zip(context, matrices).map { port, entries in
        ProgramTensor(
          axes: [
            axis("", type, rows), axis(port.variable.name, port.variable.type, rows == 0 ? 0 : entries.count / rows),
          ],
          entries: entries)
      })
  }

  /// The vector of each variable, in order; nil where there were errors.
  private func vectors(
    of context: [Port], in program: Name, _ settings: [(name: String, value: String)]
  ) throws -> [[Double]]? {
    guard let module else { return nil }
    let evaluator = Evaluator(module: module)
    var rest: [(name: String, value: String)] = []
    var given: [String: [Double]] = [:]
    for (name, text) in settings {
      guard let port = context.first(where: { $0.variable.name == name }), given[name] == nil,
        let numbers = numbers(text), numbers.count == port.variable.type.dimension(horizon: module.horizon),
        port.variable.type.isNoTensor
      else {
        rest.append((name, text))
        continue
      }
      given[name] = numbers
    }
    guard let values = try values(of: context.map(\.variable), in: program, rest, module, evaluator) else { return nil }
    for port in context where given[port.variable.name] == nil {
      let variable = port.variable
      guard let value = values[variable.name] else {
        add(EvaluationError.missingValue(name: variable.name, variable.span).diagnostic)
        continue
      }
      do {
        given[variable.name] = try evaluator.encoding(of: value, as: variable.type, horizon: module.horizon)
        if case .natural(let number) = value, given[variable.name]?.allSatisfy({ $0 == 0 }) == true {
          add(
            Diagnostic(
              .noEncoding, "`\(variable.name)` is \(number), and its vector has the entries 0 to \(module.horizon - 1)",
              at: Label(variable.span, "of type \(variable.type)"), help: "use `--horizon \(number + 1)` or more"))
        }
      } catch let error as EvaluationError {
        add(error.diagnostic)
        return nil
      }
      guard given[variable.name] == nil else { continue }
      add(
        Diagnostic(
          .missingValue, "the function for `\(variable.name)` has no matrix that can be computed here",
          at: Label(variable.span, "of type \(variable.type)"), help: "set it to a vector in brackets, row by row"))
    }
    return diagnostics.hasErrors ? nil : context.map { given[$0.variable.name]! }
  }

  /// Of a vector in brackets.
  private func numbers(_ text: String) -> [Double]? {
    var diagnostics = Diagnostics()
    guard case .vector(let numbers)? = parseTerm(Source(name: "--set", text: text), diagnostics: &diagnostics)?.kind
    else {
      return nil
    }
    return numbers
  }
}

extension Type {
  fileprivate var isNoTensor: Bool { if case .real = self { false } else { true } }
}

extension RunResult {
  /// For readers: the result as a column, or a matrix for each variable.
  public var text: String {
    tensors.map { tensor in
      tensor.axes.count < 2 ? tensor.text : "in \(tensor.axes[1].name):\n\(tensor.text)"
    }.joined(separator: "\n")
  }

  /// The result, an entry a line; or all matrices side by side, under the entries' names.
  public var csv: String {
    guard let first = tensors.first, first.axes.count > 1 else { return tensors.first?.csv ?? "" }
    let head = tensors.flatMap { tensor in
      (0..<tensor.axes[1].dimension).map { "\(tensor.axes[1].name)[\($0)]" }
    }
    let rows = tensors.map { $0.csv.split(separator: "\n") }
    let lines = (0..<first.axes[0].dimension).map { row in rows.map { $0[row] }.joined(separator: ",") }
    return ([head.joined(separator: ",")] + lines).joined(separator: "\n") + "\n"
  }

  /// NumPy's format: the result's vector, or all matrices side by side.
  public var npy: [UInt8] {
    guard let first = tensors.first, first.axes.count > 1 else { return tensors.first?.npy ?? [] }
    let rows = first.axes[0].dimension
    let widths = tensors.map { $0.axes[1].dimension }
    var entries: [Double] = []
    for row in 0..<rows {
      for (tensor, width) in zip(tensors, widths) { entries += tensor.entries[row * width..<(row + 1) * width] }
    }
    return NumpyFile.bytes(entries, shape: [rows, widths.reduce(0, +)])
  }
}
