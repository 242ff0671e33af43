import CajalRuntime
import Foundation

/// A compiled module that was loaded with `dlopen`.
public final class LinkedModule {
  private let handle: UnsafeMutableRawPointer
  public let programs: [LinkedProgram]
  public let models: [LinkedProgram]

  public struct Failure: Error, CustomStringConvertible {
    public let description: String
  }

  public init(path: String) throws {
    guard let handle = dlopen(path, RTLD_NOW | RTLD_LOCAL) else {
      throw Failure(description: String(cString: dlerror()))
    }
    self.handle = handle
    guard let symbol = dlsym(handle, "cajal_module_info") else {
      dlclose(handle)
      throw Failure(description: "\(path) has no cajal_module_info; was it built with -DCAJAL_SHARED_OBJECT?")
    }
    typealias Info = @convention(c) () -> UnsafePointer<cajal_module>
    let module = unsafeBitCast(symbol, to: Info.self)().pointee
    guard module.abi == CAJAL_ABI else {
      dlclose(handle)
      throw Failure(description: "\(path) has ABI \(module.abi), and this is for \(CAJAL_ABI)")
    }
    programs = (0..<Int(module.program_count)).map { LinkedProgram(module.programs[$0]!.pointee) }
    models = (0..<Int(module.model_count)).map { LinkedProgram(module.models[$0]!.pointee) }
  }

  deinit { dlclose(handle) }
}

/// One program or model of a loaded module, called with vectors in double precision whatever its own is.
///
/// Valid as long as its `LinkedModule` lives.
public struct LinkedProgram {
  public let name: String
  /// Dimensions of the inputs and of the output.
  public let inputSizes: [Int]
  public let outputSize: Int
  /// In reals; 0 for a program.
  public let parameterCount: Int
  public let isDouble: Bool
  /// The parameters that a model was compiled with.
  public let weights: [Double]?

  private let workspaceBytes: (_ batch: Int, _ keep: Bool) -> Int
  private let forward: (_ keep: Bool, Int, UnsafeRawPointer?, Inputs, UnsafeMutableRawPointer) -> Int32
  private let backward:
    (Int, UnsafeRawPointer?, Inputs, UnsafeRawPointer, UnsafeMutableRawPointer?, [UnsafeMutableRawPointer?]) -> Int32

  private struct Inputs {
    let data: [UnsafeRawPointer?]
    let strides: [Int]
    let work: UnsafeMutableRawPointer
  }

  public struct Failure: Error, CustomStringConvertible {
    public let description: String
  }

  init(_ raw: cajal_program) {
    name = String(cString: raw.name)
    inputSizes = (0..<Int(raw.input_count)).map { Int(raw.inputs[$0]!.pointee.size) }
    outputSize = Int(raw.output.pointee.size)
    parameterCount = 0
    isDouble = raw.real_bytes == 8
    weights = nil
    workspaceBytes = { Int(clamping: raw.workspace_bytes($0, $1 ? 1 : 0)) }
    forward = { keep, batch, _, inputs, out in
      (keep ? raw.forward_keep! : raw.forward!)(batch, inputs.data, inputs.strides, out, inputs.work)
    }
    backward = { batch, _, inputs, outBar, _, bars in
      raw.backward(batch, inputs.data, inputs.strides, outBar, bars, inputs.work)
    }
  }

  init(_ raw: cajal_model) {
    name = String(cString: raw.name)
    inputSizes = (0..<Int(raw.input_count)).map { Int(raw.inputs[$0]!.pointee.size) }
    outputSize = Int(raw.output.pointee.size)
    let count = Int(raw.parameter_count)
    parameterCount = count
    isDouble = raw.real_bytes == 8
    let isDouble = raw.real_bytes == 8
    weights = raw.weights.map { weights in
      isDouble
        ? Array(UnsafeBufferPointer(start: weights.assumingMemoryBound(to: Double.self), count: count))
        : UnsafeBufferPointer(start: weights.assumingMemoryBound(to: Float.self), count: count).map { Double($0) }
    }
    workspaceBytes = { Int(clamping: raw.workspace_bytes($0, $1 ? 1 : 0)) }
    forward = { keep, batch, parameters, inputs, out in
      (keep ? raw.forward_keep! : raw.forward!)(batch, parameters, inputs.data, inputs.strides, out, inputs.work)
    }
    backward = { batch, parameters, inputs, outBar, parametersBar, bars in
      raw.backward(batch, parameters, inputs.data, inputs.strides, outBar, parametersBar, bars, inputs.work)
    }
  }

  /// The outputs of a batch, sample after sample, and for weights `outputBar` the gradients of every input and
  /// of the parameters.
  ///
  /// - Parameters:
  ///   - inputs: for each input its samples one after another, or one sample where it is shared.
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
    func buffer(_ values: [Double]) -> UnsafeMutablePointer<Real> {
      let pointer = UnsafeMutablePointer<Real>.allocate(capacity: max(values.count, 1))
      for (index, value) in values.enumerated() { pointer[index] = Real(value) }
      return pointer
    }
    let data = inputs.map(buffer)
    let bars = inputs.map { buffer($0.map { _ in .nan }) }
    let out = buffer([Double](repeating: .nan, count: batch * outputSize))
    let given = buffer(parameters)
    let parametersBar = buffer(parameters.map { _ in .nan })
    let bytes = workspaceBytes(batch, outputBar != nil)
    guard bytes < Int.max else { throw Failure(description: "\(name) needs a workspace that is too large") }
    let work = UnsafeMutableRawPointer.allocate(byteCount: max(bytes, 64), alignment: 64)
    defer {
      (data + bars + [out, given, parametersBar]).forEach { $0.deallocate() }
      work.deallocate()
    }
    let called = Inputs(
      data: data.map { UnsafeRawPointer($0) }, strides: zip(inputSizes, shared).map { $1 ? 0 : $0 }, work: work)
    try check(forward(outputBar != nil, batch, given, called, out), "forward")
    let output = (0..<(batch * outputSize)).map { Double(out[$0]) }
    guard let outputBar else { return (output, [], []) }
    let seed = buffer(outputBar)
    defer { seed.deallocate() }
    try check(
      backward(batch, given, called, seed, parametersBar, bars.map { UnsafeMutableRawPointer($0) }), "backward")
    return (
      output, zip(bars, inputs).map { pointer, values in values.indices.map { Double(pointer[$0]) } },
      parameters.indices.map { Double(parametersBar[$0]) }
    )
  }

  private func check(_ status: Int32, _ function: String) throws {
    if status != 0 { throw Failure(description: "\(name): \(function): \(String(cString: cajal_status_text(status)))") }
  }
}

extension LinkedProgram {
  /// What the runtime says of a program that was compiled without its adjoint.
  static let noGradientText = String(cString: cajal_status_text(Int32(CAJAL_NO_GRADIENT.rawValue)))
}
