import CajalRuntime

/// How a gradient is asked for, whatever the input is.
public enum Gradient: Sendable {
  /// That of each sample, one after another, batch × size reals.
  case each
  /// The sum over the batch, `size` reals.
  case sum
}

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

  /// The gradients in some inputs, of each sample or summed over the batch, and that in a model's parameters where it is
  /// asked for; else it is empty. The first call moves what is kept into a larger workspace.
  ///
  /// - Throws: `CajalError`, also where the module was compiled before there were such gradients.
  public func gradients(
    _ resultBar: [Real], of wanted: [String: Gradient], parameters wantedOfParameters: Gradient? = nil
  ) throws -> (inputs: [String: [Real]], parameters: [Real]) {
    guard function.hasBackwardEach else {
      throw function.refusal(
        "the module has no gradients of each sample, since it was compiled before there were any: compile it again")
    }
    guard wantedOfParameters == nil || function.parameterCount > 0 else {
      throw function.refusal("it has no parameters")
    }
    let names = try checkedNames(resultBar, Set(wanted.keys))
    let bars = try zip(names, function.inputs).map { name, port in try wanted[name].map { try room($0, port.size) } }
    let parametersBar = try wantedOfParameters.map { try room($0, function.parameterCount) }
    let strides = function.spread(
      zip(names, function.inputs).map { name, port in (wanted[name] == .each ? port.size : 0, nodes: 0) })
    let parametersStride = wantedOfParameters == .each ? function.parameterCount : 0
    workspace.grow(to: try function.workspaceBytes(batch, keep: 2))
    let pointers = places(of: bars)
    let status: Int32
    switch function.code {
    case .program(let program):
      status = program.pointee.backward_each(
        batch, arguments.pointers, arguments.strides, resultBar, pointers, strides, workspace.pointer)
    case .model(let model):
      status = model.pointee.backward_each(
        batch, function.parameterPointer, arguments.pointers, arguments.strides, resultBar,
        parametersBar.map { UnsafeMutableRawPointer($0.pointer) }, parametersStride, pointers, strides,
        workspace.pointer)
    }
    try function.check(status, arguments)
    return (values(of: bars, names), parametersBar?.values ?? [])
  }

  private func room(_ gradient: Gradient, _ size: Int) throws -> Held<Real> {
    let (count, overflow) = size.multipliedReportingOverflow(by: gradient == .each ? batch : 1)
    guard !overflow else { throw function.refusal("too large a batch") }
    return Held([Real](repeating: 0, count: count))
  }

  /// Where the gradients are written; of nodes there is none.
  private func places(of bars: [Held<Real>?]) -> [UnsafeMutableRawPointer?] {
    function.spread(bars.map { ($0.map { UnsafeMutableRawPointer($0.pointer) }, nodes: nil) })
  }

  private func values(of bars: [Held<Real>?], _ names: [String]) -> [String: [Real]] {
    var values: [String: [Real]] = [:]
    for (name, bar) in zip(names, bars) { values[name] = bar?.values }
    return values
  }

  /// The names of the inputs, among which those that are wanted are.
  private func checkedNames(_ resultBar: [Real], _ wanted: Set<String>?) throws -> [String] {
    guard resultBar.count == result.count else {
      throw function.refusal("the result has \(result.count) reals, and its gradient \(resultBar.count)")
    }
    let names = function.inputs.map(\.name)
    if let other = wanted?.sorted().first(where: { !names.contains($0) }) {
      throw function.refusal("there is no input `\(other)`; there is \(names.joined(separator: ", "))")
    }
    return names
  }

  private func backward(
    _ resultBar: [Real], in wanted: Set<String>?, ofParameters: Bool
  ) throws -> (inputs: [String: [Real]], parameters: [Real]) {
    let names = try checkedNames(resultBar, wanted)
    let bars = zip(names, arguments.values).map { name, values in
      wanted?.contains(name) == false ? nil : Held([Real](repeating: 0, count: values.count))
    }
    let parametersBar = ofParameters ? Held([Real](repeating: 0, count: function.parameterCount)) : nil
    let pointers = places(of: bars)
    let status: Int32
    switch function.code {
    case .program(let program):
      status = program.pointee.backward(
        batch, arguments.pointers, arguments.strides, resultBar, pointers, workspace.pointer)
    case .model(let model):
      status = model.pointee.backward(
        batch, function.parameterPointer, arguments.pointers, arguments.strides, resultBar,
        parametersBar.map { UnsafeMutableRawPointer($0.pointer) }, pointers, workspace.pointer)
    }
    try function.check(status, arguments)
    return (values(of: bars, names), parametersBar?.values ?? [])
  }
}

extension Held {
  var values: [Value] { Array(UnsafeBufferPointer(start: pointer, count: count)) }
}
