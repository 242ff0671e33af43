import CajalRuntime
import SharedObjects
import TensorFiles

/// A named piece of a model's vector of parameters.
public struct ParameterTensor: @unchecked Sendable {
  public let name: String
  public let shape: [Int]
  /// Where it lies in the vector, in reals.
  public let range: Range<Int>
  public let fanIn: Int
  /// What it starts from, as many of the model's reals; nil where `fanIn` decides.
  public let initial: UnsafeRawPointer?
}

/// A model of a loaded module, in Swift's terms. Valid as long as its `ModelLibrary` lives.
public struct Model: @unchecked Sendable {
  public let name: String
  public let signature: String
  public let inputs: [Port]
  public let output: Port
  /// In the order of the vector, which they cover.
  public let tensors: [ParameterTensor]
  public let parameterCount: Int
  /// 4: `Float`, 8: `Double`.
  public let realBytes: Int
  /// The embedded weights, `parameterCount` reals.
  public let weights: UnsafeRawPointer?
  let raw: cajal_model

  init(_ pointer: UnsafePointer<cajal_model>, _ path: String) throws {
    func damaged(_ what: String) -> TrainingError { TrainingError("\(path) is damaged: \(what)") }

    // The gradients of each sample, behind all this, are not needed.
    let required = MemoryLayout.offset(of: \cajal_model.backward_each)!
    guard let raw = structure(pointer, size: pointer.pointee.struct_size, required: required) else {
      throw damaged("a model's structure is too short")
    }
    self.raw = raw
    guard let name = raw.name, let signature = raw.signature else { throw damaged("a model has no name") }
    let modelName = String(cString: name)
    self.name = modelName
    self.signature = String(cString: signature)
    func missing(_ what: String) -> TrainingError { damaged("the model `\(modelName)` has no \(what)") }

    guard raw.real_bytes == 4 || raw.real_bytes == 8 else { throw damaged("its reals have \(raw.real_bytes) bytes") }
    realBytes = Int(raw.real_bytes)
    guard raw.workspace_bytes != nil, raw.forward != nil, raw.forward_keep != nil, raw.backward != nil else {
      throw missing("functions")
    }
    inputs = try (0..<raw.input_count).map { index in
      guard let port = raw.inputs?[index] else { throw missing("input \(index)") }
      return try Port(port, damaged)
    }
    try Port.checkTables(inputs, damaged)
    guard let output = raw.output else { throw missing("output") }
    self.output = try Port(output, damaged)
    guard self.output.content == .reals else { throw damaged("the result of `\(modelName)` is a table") }
    tensors = try (0..<raw.tensor_count).map { index in
      guard let tensor = raw.tensors?[index] else { throw missing("tensor \(index)") }
      return try ParameterTensor(tensor, damaged)
    }.sorted { ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound) }
    parameterCount = raw.parameter_count
    weights = raw.weights

    var covered = 0
    for tensor in tensors {
      guard tensor.range.lowerBound == covered else {
        throw damaged("the tensor `\(tensor.name)` does not follow the one before it")
      }
      covered = tensor.range.upperBound
    }
    guard covered == parameterCount else {
      throw damaged("the tensors of `\(modelName)` cover \(covered) of \(parameterCount) parameters")
    }
    guard Set(tensors.map(\.name)).count == tensors.count else { throw damaged("two tensors have one name") }
  }

  /// The weights' names and shapes in a file.
  public var expectedTensors: [ExpectedTensor] { tensors.map { ExpectedTensor(name: $0.name, shape: $0.shape) } }

  /// A hash of all that has to agree for a checkpoint to fit: ports, tensors, and their layout.
  public var signatureHash: String {
    var text = "\(name)\n\(signature)\n\(raw.horizon) \(realBytes)\n"
    for port in inputs + [output] {
      text += "\(port.name) \(port.type) \(port.size) \(port.shape)\n"
      if case .table(let table) = port.content {
        text += "\(table.nodes.rows) \(table.nodes.arity)\n"
        for part in table.parts { text += "\(part.name) \(part.range)\n" }
      }
    }
    for tensor in tensors { text += "\(tensor.name) \(tensor.shape) \(tensor.range) \(tensor.fanIn)\n" }
    return String(fnv1a(text.utf8), radix: 16)
  }

  /// Whether it was compiled with its adjoint: without, any call of `backward` says so, and this one is refused.
  var hasAdjoint: Bool { raw.backward(0, nil, nil, nil, nil, nil, nil, nil) != Int32(CAJAL_NO_GRADIENT.rawValue) }

  /// Bytes of workspace for a batch; throws where it cannot be that large.
  func workspaceBytes(batch: Int, keep: Bool) throws -> Int {
    let bytes = raw.workspace_bytes(batch, keep ? 1 : 0)
    // SIZE_MAX, seen as signed.
    guard bytes >= 0 else {
      throw TrainingError("`\(name)` needs a workspace that is too large for a batch of \(batch)")
    }
    return bytes
  }

  /// What a status other than CAJAL_OK means.
  static func statusText(_ status: Int32) -> String { String(cString: cajal_status_text(status)) }
}

extension ParameterTensor {
  fileprivate init(_ pointer: UnsafePointer<cajal_tensor>, _ damaged: (String) -> TrainingError) throws {
    // Older modules have no `initial`.
    let required = MemoryLayout.offset(of: \cajal_tensor.initial)!
    guard let raw = structure(pointer, size: pointer.pointee.struct_size, required: required) else {
      throw damaged("a tensor's structure is too short")
    }
    guard let name = raw.name else { throw damaged("a tensor has no name") }
    self.name = String(cString: name)
    guard let shape = checkedShape(raw.rank, raw.dims, count: raw.count), raw.offset >= 0 else {
      throw damaged("the shape of the tensor `\(self.name)` does not agree with its size")
    }
    let (end, overflow) = raw.offset.addingReportingOverflow(raw.count)
    guard !overflow else { throw damaged("the tensor `\(self.name)` lies out of range") }
    guard raw.fan_in > 0 else { throw damaged("the tensor `\(self.name)` has no fan_in") }
    self.shape = shape
    range = raw.offset..<end
    fanIn = raw.fan_in
    initial = raw.initial
  }
}
