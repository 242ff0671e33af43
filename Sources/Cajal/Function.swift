import CajalRuntime

let workspaceAlignment = Int(CAJAL_WORKSPACE_ALIGNMENT)

/// A program of a module, or a model with its parameters.
public struct Function<Real: CajalReal>: @unchecked Sendable {  // nothing that it points to is ever written
  enum Code {
    case program(UnsafePointer<cajal_program>)
    case model(UnsafePointer<cajal_model>)
  }
  enum Parameters {
    case none
    case embedded(UnsafeRawPointer)
    case given(Held<Real>)
  }

  let module: Module  // keeps it loaded
  let code: Code
  var held: Parameters

  public let name: String
  /// The judgement of a program, the signature of a model.
  public let signature: String
  public let horizon: Int
  /// A table is one input, its rows and nodes together.
  public let inputs: [Port]
  public let output: Port
  /// Of a model; 0 of a program.
  public let parameterCount: Int

  init(module: Module, program: UnsafePointer<cajal_program>) throws {
    self.module = module
    code = .program(program)
    held = .none
    // Field by field: that of an older module is shorter.
    name = String(cString: program.pointee.name)
    signature = String(cString: program.pointee.judgement)
    horizon = Int(program.pointee.horizon)
    inputs = Port.inputs(program.pointee.inputs, program.pointee.input_count)
    output = Port(program.pointee.output)
    parameterCount = 0
    try checkReals(Int(program.pointee.real_bytes))
  }

  init(module: Module, model: UnsafePointer<cajal_model>) throws {
    self.module = module
    code = .model(model)
    // Field by field: that of an older module is shorter.
    held = model.pointee.weights.map { .embedded($0) } ?? .none
    name = String(cString: model.pointee.name)
    signature = String(cString: model.pointee.signature)
    horizon = Int(model.pointee.horizon)
    inputs = Port.inputs(model.pointee.inputs, model.pointee.input_count)
    output = Port(model.pointee.output)
    parameterCount = model.pointee.parameter_count
    try checkReals(Int(model.pointee.real_bytes))
  }

  /// What it is called with: the embedded weights, or what `with` was given; nil of a program and an untrained model.
  public var parameters: [Real]? {
    parameterPointer.map { pointer in
      let bytes = UnsafeRawBufferPointer(start: pointer, count: parameterCount * MemoryLayout<Real>.stride)
      return Array(bytes.assumingMemoryBound(to: Real.self))
    }
  }

  /// The same model with other parameters.
  public func with(parameters: [Real]) throws -> Function {
    guard parameters.count == parameterCount else {
      throw refusal("it has \(parameterCount) parameters, not \(parameters.count)")
    }
    var other = self
    other.held = .given(Held(parameters))
    return other
  }

  /// The results for a batch, one after another.
  public func callAsFunction(_ inputs: [Input<Real>], batch: Int = 1) throws -> [Real] {
    try run(inputs, batch: batch, keeps: false).result
  }

  /// The results for a batch, and what gradients need.
  public func forwardKeeping(_ inputs: [Input<Real>], batch: Int = 1) throws -> Kept<Real> {
    try run(inputs, batch: batch, keeps: true)
  }

  private func run(_ given: [Input<Real>], batch: Int, keeps: Bool) throws -> Kept<Real> {
    let arguments = try Arguments(given, of: self, batch: batch)
    let bytes = try workspaceBytes(batch, keep: keeps ? 1 : 0)
    let (count, overflow) = batch.multipliedReportingOverflow(by: output.size)
    guard !overflow else { throw refusal("too large a batch") }
    if parameterCount > 0, parameterPointer == nil {
      throw refusal("the model is not trained: give its \(parameterCount) parameters by `with`")
    }
    let workspace = Workspace(bytes: bytes)
    var status: Int32 = 0
    let result = [Real](unsafeUninitializedCapacity: count) { buffer, initialized in
      buffer.initialize(repeating: 0)
      initialized = count
      switch code {
      case .program(let program):
        let forward = keeps ? program.pointee.forward_keep : program.pointee.forward
        status = forward!(batch, arguments.pointers, arguments.strides, buffer.baseAddress, workspace.pointer)
      case .model(let model):
        let forward = keeps ? model.pointee.forward_keep : model.pointee.forward
        status = forward!(
          batch, parameterPointer, arguments.pointers, arguments.strides, buffer.baseAddress, workspace.pointer)
      }
    }
    try check(status, arguments)
    return Kept(function: self, batch: batch, arguments: arguments, workspace: workspace, result: result)
  }

  /// - Parameter keep: 1 for the gradients of `backward`, 2 for those of `backward_each`.
  func workspaceBytes(_ batch: Int, keep: Int32) throws -> Int {
    let bytes =
      switch code {
      case .program(let program): program.pointee.workspace_bytes(batch, keep)
      case .model(let model): model.pointee.workspace_bytes(batch, keep)
      }
    // SIZE_MAX, or more than there can be.
    guard bytes >= 0 else { throw refusal("too large a batch") }
    return bytes
  }

  /// Whether it was compiled when there was `backward_each`.
  var hasBackwardEach: Bool {
    switch code {
    case .program(let program):
      Int(program.pointee.struct_size) > MemoryLayout.offset(of: \cajal_program.backward_each)!
        && program.pointee.backward_each != nil
    case .model(let model):
      Int(model.pointee.struct_size) > MemoryLayout.offset(of: \cajal_model.backward_each)!
        && model.pointee.backward_each != nil
    }
  }

  var parameterPointer: UnsafeRawPointer? {
    switch held {
    case .none: nil
    case .embedded(let pointer): pointer
    case .given(let reals): UnsafeRawPointer(reals.pointer)
    }
  }

  private func checkReals(_ bytes: Int) throws {
    guard bytes == MemoryLayout<Real>.size else {
      throw refusal("it computes in \(bytes == 4 ? "Float" : "Double"), not in \(Real.self)")
    }
  }

  func refusal(_ text: String) -> CajalError { CajalError("\(name): \(text)") }

  func check(_ status: Int32, _ arguments: Arguments<Real>) throws {
    guard status != Int32(CAJAL_OK.rawValue) else { return }
    let node = status == Int32(CAJAL_BAD_ARGUMENT.rawValue) ? arguments.misplacedNode : nil
    throw CajalError("\(name): \(node ?? String(cString: cajal_status_text(status)))", status: status)
  }
}
