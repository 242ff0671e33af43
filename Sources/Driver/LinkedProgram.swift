import CajalRuntime
import EmitC
import Foundation

/// One program or model of a loaded module, called with vectors in double precision whatever its own is.
///
/// Valid as long as its `LinkedModule` lives.
public struct LinkedProgram {
  public let name: String
  /// `flip (x : Bool, n : Nat) : Bool`.
  public let signature: String
  public let horizon: Int
  public let inputs: [PortDescription]
  public let output: PortDescription
  /// A model's; a program has none.
  public let tensors: [TensorDescription]
  /// In reals; 0 for a program.
  public let parameterCount: Int
  public let isDouble: Bool
  /// The parameters that a model was compiled with.
  public let weights: [Double]?

  /// Dimensions of the inputs and of the output.
  public var inputSizes: [Int] { inputs.map(\.size) }
  public var outputSize: Int { output.size }

  typealias Buffers = UnsafePointer<UnsafeRawPointer?>
  typealias Strides = UnsafePointer<Int>

  /// For what a workspace has room.
  enum Keep: Int32 { case nothing, backward, backwardEach }

  // The functions of the module, in which a program has no parameters: nil for them.
  let workspaceBytes: (_ batch: Int, _ keep: Keep) -> Int
  let forward:
    (
      _ keep: Bool, _ batch: Int, _ parameters: UnsafeRawPointer?, Buffers, Strides, _ out: UnsafeMutableRawPointer,
      _ work: UnsafeMutableRawPointer?
    ) -> Int32
  let backward:
    (
      _ batch: Int, _ parameters: UnsafeRawPointer?, Buffers, Strides, _ outBar: UnsafeRawPointer,
      _ parametersBar: UnsafeMutableRawPointer?, _ bars: UnsafePointer<UnsafeMutableRawPointer?>,
      _ work: UnsafeMutableRawPointer?
    ) -> Int32

  /// Nil in a module that was compiled before there was such a function.
  let backwardEach:
    (
      (
        _ batch: Int, _ parameters: UnsafeRawPointer?, Buffers, Strides, _ outBar: UnsafeRawPointer,
        _ parametersBar: UnsafeMutableRawPointer?, _ parametersBarStride: Int,
        _ bars: UnsafePointer<UnsafeMutableRawPointer?>, _ barStrides: Strides, _ work: UnsafeMutableRawPointer?
      ) -> Int32
    )?

  public struct Failure: Error, CustomStringConvertible {
    public let description: String
  }

  /// Nil where something is missing that every program has.
  init?(_ raw: cajal_program) {
    guard let name = raw.name, let judgement = raw.judgement, let output = PortDescription(raw.output),
      let inputs = LinkedProgram.ports(raw.inputs, raw.input_count), let workspace = raw.workspace_bytes,
      let plain = raw.forward, let keeping = raw.forward_keep, let adjoint = raw.backward
    else { return nil }
    self.name = String(cString: name)
    signature = String(cString: judgement)
    horizon = Int(raw.horizon)
    self.inputs = inputs
    self.output = output
    tensors = []
    parameterCount = 0
    isDouble = raw.real_bytes == 8
    weights = nil
    workspaceBytes = { workspace($0, $1.rawValue) }
    forward = { keep, batch, _, inputs, strides, out, work in
      (keep ? keeping : plain)(batch, inputs, strides, out, work)
    }
    backward = { batch, _, inputs, strides, outBar, _, bars, work in
      adjoint(batch, inputs, strides, outBar, bars, work)
    }
    backwardEach = raw.backward_each.map { each in
      { batch, _, inputs, strides, outBar, _, _, bars, barStrides, work in
        each(batch, inputs, strides, outBar, bars, barStrides, work)
      }
    }
  }

  /// Nil where something is missing that every model has.
  init?(_ raw: cajal_model) {
    guard let name = raw.name, let judgement = raw.signature, let output = PortDescription(raw.output),
      let inputs = LinkedProgram.ports(raw.inputs, raw.input_count), let workspace = raw.workspace_bytes,
      let plain = raw.forward, let keeping = raw.forward_keep, let adjoint = raw.backward
    else { return nil }
    var tensors: [TensorDescription] = []
    for index in 0..<Int(raw.tensor_count) {
      // One after another, without gaps.
      guard let tensor = raw.tensors?[index],
        let description = TensorDescription(tensor, isDouble: raw.real_bytes == 8),
        tensor.pointee.count == description.count, tensor.pointee.offset == tensors.reduce(0, { $0 + $1.count })
      else { return nil }
      tensors.append(description)
    }
    self.name = String(cString: name)
    signature = String(cString: judgement)
    horizon = Int(raw.horizon)
    self.inputs = inputs
    self.output = output
    self.tensors = tensors
    let count = Int(raw.parameter_count)
    guard count == tensors.reduce(0, { $0 + $1.count }) else { return nil }
    parameterCount = count
    let isDouble = raw.real_bytes == 8
    self.isDouble = isDouble
    weights = raw.weights.map { weights in
      isDouble
        ? Array(UnsafeBufferPointer(start: weights.assumingMemoryBound(to: Double.self), count: count))
        : UnsafeBufferPointer(start: weights.assumingMemoryBound(to: Float.self), count: count).map { Double($0) }
    }
    workspaceBytes = { workspace($0, $1.rawValue) }
    forward = { keep, batch, parameters, inputs, strides, out, work in
      (keep ? keeping : plain)(batch, parameters, inputs, strides, out, work)
    }
    backward = { batch, parameters, inputs, strides, outBar, parametersBar, bars, work in
      adjoint(batch, parameters, inputs, strides, outBar, parametersBar, bars, work)
    }
    backwardEach = raw.backward_each.map { each in
      { batch, parameters, inputs, strides, outBar, parametersBar, parametersBarStride, bars, barStrides, work in
        each(
          batch, parameters, inputs, strides, outBar, parametersBar, parametersBarStride, bars, barStrides, work)
      }
    }
  }

  /// The outputs of a batch, sample after sample, and for weights `outputBar` the gradients of every input and
  /// of the parameters.
  ///
  /// - Parameters:
  ///   - inputs: for each input its samples one after another, or one sample where it is shared; nodes of tables as
  ///     whole numbers. Their gradients are 0.
  ///   - shared: which inputs are passed with stride 0.
  public func run(
    batch: Int, _ inputs: [[Double]], parameters: [Double] = [], shared: [Bool]? = nil, outputBar: [Double]? = nil
  ) throws -> (output: [Double], gradients: [[Double]], parameterGradient: [Double]) {
    precondition(parameters.count == parameterCount)
    let shared = shared ?? inputs.map { _ in false }
    return isDouble
      ? try call(Double.self, batch, inputs, parameters, shared, outputBar)
      : try call(Float.self, batch, inputs, parameters, shared, outputBar)
  }

  private func call<Real: BinaryFloatingPoint>(
    _ real: Real.Type, _ batch: Int, _ inputs: [[Double]], _ parameters: [Double], _ shared: [Bool],
    _ outputBar: [Double]?
  ) throws -> (output: [Double], gradients: [[Double]], parameterGradient: [Double]) {
    // With room around them: code that touches it must not spoil the heap before `CallCheck` sees it.
    let room = 16
    func buffer(_ values: [Double]) -> UnsafeMutablePointer<Real> {
      let pointer = UnsafeMutablePointer<Real>.allocate(capacity: values.count + 2 * room) + room
      for (index, value) in values.enumerated() { pointer[index] = Real(value) }
      return pointer
    }
    // The nodes of tables are no reals, and have no gradient.
    let nodes = zip(inputs, self.inputs).map { values, port in
      port.isNodes ? UnsafeMutableBufferPointer.copy(of: values.map(Int32.init)) : nil
    }
    let data = zip(inputs, nodes).map { values, nodes in buffer(nodes == nil ? values : []) }
    let bars = zip(inputs, nodes).map { values, nodes in buffer(nodes == nil ? values.map { _ in .nan } : []) }
    let out = buffer([Double](repeating: .nan, count: batch * outputSize))
    let given = buffer(parameters)
    let parametersBar = buffer(parameters.map { _ in .nan })
    let bytes = try workspaceSize(batch, outputBar != nil ? .backward : .nothing)
    let work = UnsafeMutableRawPointer.allocate(byteCount: max(bytes, 64), alignment: 64)
    defer {
      for buffer in data + bars + [out, given, parametersBar] { (buffer - room).deallocate() }
      for buffer in nodes { buffer?.deallocate() }
      work.deallocate()
    }
    let pointers = zip(data, nodes).map { data, nodes -> UnsafeRawPointer? in
      nodes.map { UnsafeRawPointer($0.baseAddress!) } ?? UnsafeRawPointer(data)
    }
    let strides = zip(inputSizes, shared).map { $1 ? 0 : $0 }
    let call = "forward or backward of `\(name)`, batch \(batch)"
    try check(
      CrashNote.during(call) { forward(outputBar != nil, batch, given, pointers, strides, out, work) }, "forward")
    let output = (0..<(batch * outputSize)).map { Double(out[$0]) }
    guard let outputBar else { return (output, [], []) }
    let seed = buffer(outputBar)
    defer { (seed - room).deallocate() }
    try check(
      CrashNote.during(call) {
        backward(
          batch, given, pointers, strides, seed, parametersBar, bars.map { UnsafeMutableRawPointer($0) }, work)
      }, "backward")
    let gradients = zip(zip(bars, nodes), inputs).map { bar, values in
      values.indices.map { bar.1 == nil ? Double(bar.0[$0]) : 0 }
    }
    return (output, gradients, parameters.indices.map { Double(parametersBar[$0]) })
  }

  func check(_ status: Int32, _ function: String) throws {
    if status != 0 { throw Failure(description: "\(name): \(function): \(String(cString: cajal_status_text(status)))") }
  }
}

extension UnsafeMutableBufferPointer {
  fileprivate static func copy(of elements: [Element]) -> UnsafeMutableBufferPointer {
    let buffer = UnsafeMutableBufferPointer.allocate(capacity: elements.count)
    _ = buffer.initialize(from: elements)
    return buffer
  }
}

extension LinkedProgram {
  /// Whether it was compiled with its adjoint.
  func hasGradients() throws -> Bool {
    // No row of a tree has children.
    let zeros = inputs.map { [Double](repeating: $0.isNodes && $0.table?.isChain == false ? -1 : 0, count: $0.size) }
    do {
      _ = try run(
        batch: 1, zeros, parameters: [Double](repeating: 0, count: parameterCount),
        outputBar: [Double](repeating: 0, count: outputSize))
    } catch let failure as Failure {
      if failure.description.contains(LinkedProgram.noGradientText) { return false }
      throw failure
    }
    return true
  }

  /// What the runtime says of a program that was compiled without its adjoint.
  static let noGradientText = String(cString: cajal_status_text(Int32(CAJAL_NO_GRADIENT.rawValue)))
}

extension LinkedProgram {
  /// The bytes of a workspace. Throws a `LinkedModule.Failure` for SIZE_MAX, which is below 0 as C's `size_t` is
  /// imported: no batch that is tried is so large.
  func workspaceSize(_ batch: Int, _ keep: Keep) throws -> Int {
    let bytes = workspaceBytes(batch, keep)
    guard bytes >= 0 else {
      throw LinkedModule.Failure(
        description: "`\(name)` asks for a workspace that is too large for a batch of \(batch)")
    }
    return bytes
  }
}
