import CajalSyntax
import CajalTyping
import Diagnostics
import LinearMaps
import Passes

/// The matrix of a linear program, or the tensor of a multilinear one: entry (r, i1, …, ik) is entry r of the result
/// where each variable, and then each argument of a result of function type, is that basis vector.
public struct ProgramTensor: Sendable {
  public struct Axis: Sendable {
    /// The variable's name; empty for the result and for arguments of the result.
    public let name: String
    public let type: Type
    public let dimension: Int

    public init(name: String, type: Type, dimension: Int) {
      self.name = name
      self.type = type
      self.dimension = dimension
    }
  }
  /// The result, the variables, the result's arguments.
  public let axes: [Axis]
  /// Row-major.
  public let entries: [Double]

  /// The most entries of a tensor.
  public static let limit = 1 << 26
}

extension Compilation {
  /// The tensor of the program of that name, or of the file's only one. Nil where there were errors.
  public func tensor(of name: String?) throws -> ProgramTensor? {
    guard let module, let judgement = try findProgram(name) else { return nil }
    if let table = judgement.context.first(where: { $0.rows != nil }) {
      add(
        Diagnostic(
          .tableHasNoTensor, "`\(judgement.name.text)` has no tensor: `\(table.variable.name)` is a table",
          at: Label(table.variable.span, "a table"),
          notes: ["the weights of a table's rows are multiplied: the program is not linear in it"],
          help: "ask for the matrix of a program that does what is done at one node"))
      return nil
    }
    guard let graphs,
      let index = module.programs.firstIndex(where: { $0.name.text == judgement.name.text }),
      let axes = axes(of: judgement, in: module)
    else { return nil }
    let graph = try Pipeline.standard.run(graphs[index])
    return ProgramTensor(axes: axes, entries: entries(of: graph, axes))
  }

  private func axes(of judgement: Judgement, in module: TypedModule) -> [ProgramTensor.Axis]? {
    for (port, degree) in zip(judgement.context, judgement.degrees) where !degree.isLinear {
      add(
        Diagnostic(
          .notLinear, "`\(judgement.name.text)` has no tensor: it is not linear in `\(port.variable.name)`",
          at: Label(port.variable.span, "of this variable the program is no linear map"),
          notes: ["a tensor describes a map that is linear in every variable"],
          help: "`cajal2c check` prints the degree of every variable"))
    }
    var (types, result) = (judgement.context.map { ($0.variable.name, $0.variable.type) }, judgement.type)
    while case .function(let argument, let rest) = result {
      types.append(("", argument))
      result = rest
    }
    let axes = ([("", result)] + types).map { name, type in
      ProgramTensor.Axis(name: name, type: type, dimension: type.dimension(horizon: module.horizon) ?? Int.max)
    }
    var (size, overflow) = (1, false)
    for axis in axes where !overflow { (size, overflow) = size.multipliedReportingOverflow(by: axis.dimension) }
    if overflow || size > ProgramTensor.limit {
      add(
        Diagnostic(
          .typeTooLarge, "the tensor of `\(judgement.name.text)` is too large",
          at: Label(judgement.name.span, axes.map { "\($0.dimension)" }.joined(separator: " × ") + " entries"),
          notes: ["at most 2^26 entries are computed"], help: "use a smaller horizon or smaller types"))
    }
    return diagnostics.hasErrors ? nil : axes
  }

  private func entries(of graph: Graph, _ axes: [ProgramTensor.Axis]) -> [Double] {
    let ports = graph.parameters.map(\.space.dimension)
    let arguments = axes.dropFirst(1 + ports.count).map(\.dimension)
    let (rows, columns) = (axes[0].dimension, ports.reduce(1, *))
    let width = arguments.reduce(1, *)
    var entries = [Double](repeating: 0, count: rows * columns * width)
    for column in 0..<columns {
      var (rest, basis) = (column, [[Double]]())
      for size in ports.reversed() {
        basis.insert(SparseVector.unit(rest % size).dense(size), at: 0)
        rest /= size
      }
      let value = Interpreter().run(graph, basis)[0]
      for (index, entry) in value.enumerated() {
        // A function's matrix has its result first and its first argument last (LANGUAGE.md, section 4).
        var (rest, place, stride) = (index, 0, 1)
        for size in arguments.reversed() { stride *= size }
        for size in arguments {
          stride /= size
          place += rest % size * stride
          rest /= size
        }
        entries[(rest * columns + column) * width + place] = entry
      }
    }
    return entries
  }
}
