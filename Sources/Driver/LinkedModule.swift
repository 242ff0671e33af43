import CajalRuntime
import Foundation

/// A compiled module that was loaded with `dlopen`.
public final class LinkedModule {
  private let handle: UnsafeMutableRawPointer
  public let programs: [LinkedProgram]

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
  }

  deinit { dlclose(handle) }
}

/// One program of a loaded module, called with vectors in double precision whatever its own is.
///
/// Valid as long as its `LinkedModule` lives.
public struct LinkedProgram {
  public let raw: cajal_program
  public let name: String
  /// Dimensions of the inputs and of the output.
  public let inputSizes: [Int]
  public let outputSize: Int
  public var isDouble: Bool { raw.real_bytes == 8 }

  public struct Failure: Error, CustomStringConvertible {
    public let description: String
  }

  init(_ raw: cajal_program) {
    self.raw = raw
    name = String(cString: raw.name)
    inputSizes = (0..<Int(raw.input_count)).map { Int(raw.inputs[$0]!.pointee.size) }
    outputSize = Int(raw.output.pointee.size)
  }

  /// The outputs of a batch, sample after sample, and for weights `outputBar` the gradients of every input.
  ///
  /// - Parameters:
  ///   - inputs: for each input its samples one after another, or one sample where it is shared.
  ///   - shared: which inputs are passed with stride 0.
  public func run(
    batch: Int, _ inputs: [[Double]], shared: [Bool]? = nil, outputBar: [Double]? = nil
  ) throws -> (output: [Double], gradients: [[Double]]) {
    let shared = shared ?? inputs.map { _ in false }
    return isDouble
      ? try call(Double.self, batch, inputs, shared, outputBar) : try call(Float.self, batch, inputs, shared, outputBar)
  }

  private func call<Real: BinaryFloatingPoint>(
    _ real: Real.Type, _ batch: Int, _ inputs: [[Double]], _ shared: [Bool], _ outputBar: [Double]?
  ) throws -> (output: [Double], gradients: [[Double]]) {
    func buffer(_ values: [Double]) -> UnsafeMutablePointer<Real> {
      let pointer = UnsafeMutablePointer<Real>.allocate(capacity: max(values.count, 1))
      for (index, value) in values.enumerated() { pointer[index] = Real(value) }
      return pointer
    }
    let data = inputs.map(buffer)
    let bars = inputs.map { buffer($0.map { _ in .nan }) }
    let out = buffer([Double](repeating: .nan, count: batch * outputSize))
    let bytes = raw.workspace_bytes(batch, outputBar == nil ? 0 : 1)
    guard bytes < Int.max else { throw Failure(description: "\(name) needs a workspace that is too large") }
    let work = UnsafeMutableRawPointer.allocate(byteCount: max(Int(bytes), 64), alignment: 64)
    defer {
      (data + bars + [out]).forEach { $0.deallocate() }
      work.deallocate()
    }
    let strides = zip(inputSizes, shared).map { $1 ? 0 : $0 }
    let pointers = data.map { UnsafeRawPointer($0) as UnsafeRawPointer? }
    let forward = outputBar == nil ? raw.forward! : raw.forward_keep!
    try check(forward(batch, pointers, strides, out, work), "forward")
    let output = (0..<(batch * outputSize)).map { Double(out[$0]) }
    guard let outputBar else { return (output, []) }
    let seed = buffer(outputBar)
    defer { seed.deallocate() }
    let barPointers = bars.map { UnsafeMutableRawPointer($0) as UnsafeMutableRawPointer? }
    try check(raw.backward(batch, pointers, strides, seed, barPointers, work), "backward")
    return (output, zip(bars, inputs).map { pointer, values in values.indices.map { Double(pointer[$0]) } })
  }

  private func check(_ status: Int32, _ function: String) throws {
    if status != 0 { throw Failure(description: "\(name): \(function): \(String(cString: cajal_status_text(status)))") }
  }
}

extension LinkedProgram {
  /// What the runtime says of a program that was compiled without its adjoint.
  static let noGradientText = String(cString: cajal_status_text(Int32(CAJAL_NO_GRADIENT.rawValue)))
}
