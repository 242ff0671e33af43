import CajalRuntime

/// The results of a batch, and what its gradients need. For one thread at a time.
public final class Kept<Real: CajalReal> {
  /// One sample after another.
  public let result: [Real]

  private let function: Function<Real>
  private let batch: Int
  private let arguments: Arguments<Real>
  private let workspace: Workspace

  init(function: Function<Real>, batch: Int, arguments: Arguments<Real>, workspace: Workspace, result: [Real]) {
    self.function = function
    self.batch = batch
    self.arguments = arguments
    self.workspace = workspace
    self.result = result
  }

  /// The gradients of ⟨resultBar, result⟩, by the names of the inputs. Each is laid out as its input is, and of a
  /// shared one the sum over the batch.
  ///
  /// - Parameter wanted: the inputs; nil: all.
  public func gradients(_ resultBar: [Real], in wanted: Set<String>? = nil) throws -> [String: [Real]] {
    try backward(resultBar, in: wanted, ofParameters: false).inputs
  }

  /// The gradients, and that in a model's parameters, summed over the batch.
  public func gradientsWithParameters(
    _ resultBar: [Real], in wanted: Set<String>? = nil
  ) throws -> (inputs: [String: [Real]], parameters: [Real]) {
    guard function.parameterCount > 0 else { throw function.refusal("it has no parameters") }
    return try backward(resultBar, in: wanted, ofParameters: true)
  }

  private func backward(
    _ resultBar: [Real], in wanted: Set<String>?, ofParameters: Bool
  ) throws -> (inputs: [String: [Real]], parameters: [Real]) {
    guard resultBar.count == result.count else {
      throw function.refusal("the result has \(result.count) reals, and its gradient \(resultBar.count)")
    }
    let names = function.inputs.map(\.name)
    if let other = wanted?.sorted().first(where: { !names.contains($0) }) {
      throw function.refusal("there is no input `\(other)`; there is \(names.joined(separator: ", "))")
    }
    let bars = zip(names, arguments.values).map { name, values in
      wanted?.contains(name) == false ? nil : Reals([Real](repeating: 0, count: values.count))
    }
    let parametersBar = ofParameters ? Reals([Real](repeating: 0, count: function.parameterCount)) : nil
    let pointers = bars.map { $0.map { UnsafeMutableRawPointer($0.pointer) } }
    switch function.code {
    case .program(let program):
      try function.check(
        program.pointee.backward(
          batch, arguments.pointers, arguments.strides, resultBar, pointers, workspace.pointer))
    case .model(let model):
      try function.check(
        model.pointee.backward(
          batch, function.parameterPointer, arguments.pointers, arguments.strides, resultBar,
          parametersBar.map { UnsafeMutableRawPointer($0.pointer) }, pointers, workspace.pointer))
    }
    var inputs: [String: [Real]] = [:]
    for (name, bar) in zip(names, bars) { inputs[name] = bar?.values }
    return (inputs, parametersBar?.values ?? [])
  }
}

extension Reals {
  var values: [Real] { Array(UnsafeBufferPointer(start: pointer, count: count)) }
}
