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
    case given(Reals<Real>)
  }

  /// An input, or the result.
  public struct Port: Sendable {
    public let name: String
    /// `Nat`, `Bool -o Bool`, `Real[28,28]`.
    public let type: String
    /// In reals.
    public let size: Int
    /// The map is a polynomial in it of at most this degree; 0 for a result and for data.
    public let degree: Int
    public let isLinear: Bool
  }

  let module: Module  // keeps it loaded
  let code: Code
  var held: Parameters

  public let name: String
  /// The judgement of a program, the signature of a model.
  public let signature: String
  public let horizon: Int
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
    inputs = (0..<program.pointee.input_count).map { Port(program.pointee.inputs[$0]!) }
    output = Port(program.pointee.output)
    parameterCount = 0
    try check(program.pointee.inputs, program.pointee.input_count)
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
    inputs = (0..<model.pointee.input_count).map { Port(model.pointee.inputs[$0]!) }
    output = Port(model.pointee.output)
    parameterCount = model.pointee.parameter_count
    try check(model.pointee.inputs, model.pointee.input_count)
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
    other.held = .given(Reals(parameters))
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
    try check(status)
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

  func check(_ status: Int32) throws {
    guard status == Int32(CAJAL_OK.rawValue) else {
      throw CajalError("\(name): \(String(cString: cajal_status_text(status)))", status: status)
    }
  }
}

extension Function.Port {
  init(_ port: UnsafePointer<cajal_port>) {
    // Field by field: that of an older module is shorter.
    self.init(
      name: String(cString: port.pointee.name), type: String(cString: port.pointee.type), size: port.pointee.size,
      degree: port.pointee.degree, isLinear: port.pointee.linear != 0)
  }
}

extension Function {
  /// Inputs are of reals here; the children of tables are not.
  private func check(_ ports: UnsafePointer<UnsafePointer<cajal_port>?>?, _ count: Int) throws {
    for index in 0..<count {
      guard let port = ports?[index] else { continue }
      // A module of before there were tables does not have the field.
      let hasElement = port.pointee.struct_size > MemoryLayout<cajal_port>.offset(of: \.element)!
      if hasElement, port.pointee.element != 0 {
        throw refusal("`\(String(cString: port.pointee.name))` belongs to a table: call it from C")
      }
    }
  }
}

/// The inputs of a batch, as the C functions take them.
struct Arguments<Real: CajalReal> {
  let values: [Reals<Real>]
  let pointers: [UnsafeRawPointer?]
  let strides: [Int]

  init(_ given: [Input<Real>], of function: Function<Real>, batch: Int) throws {
    guard batch > 0 else { throw function.refusal("a batch of \(batch) samples") }
    guard given.count == function.inputs.count else {
      throw function.refusal("it takes \(function.inputs.count) inputs, not \(given.count)")
    }
    for (input, port) in zip(given, function.inputs) {
      var samples = batch
      if case .shared = input { samples = 1 }
      let (needed, overflow) = port.size.multipliedReportingOverflow(by: samples)
      guard !overflow else { throw function.refusal("too large a batch") }
      guard input.reals.count == needed else {
        throw function.refusal(
          "input `\(port.name)` has \(input.reals.count) reals, where a batch of \(batch) needs \(needed)")
      }
    }
    values = given.map { Reals($0.reals) }
    pointers = values.map { UnsafeRawPointer($0.pointer) }
    strides = zip(given, function.inputs).map { input, port in
      if case .shared = input { 0 } else { port.size }
    }
  }
}
