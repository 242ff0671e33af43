/// The buffers for calls of a model on up to `capacity` samples: nothing is allocated when it is called.
final class ModelCall<Real: TrainingReal>: @unchecked Sendable {
  let model: Model
  let samples: Samples<Real>
  let output: Buffer<Real>
  /// For gradients; nil where only results are computed.
  let outputBar: Buffer<Real>?
  let parametersBar: Buffer<Real>?

  private let inputs: [Input]
  private let inputPointers: Buffer<UnsafeRawPointer?>
  private let strides: Buffer<Int>
  /// All nil: gradients of data are not needed.
  private let inputBars: Buffer<UnsafeMutableRawPointer?>
  private let workspace: Buffer<UInt8>

  private enum Input {
    case reals(Column<Real>, Buffer<Real>)
    case nodes(Column<Int32>, Buffer<Int32>)

    init(_ column: InputColumn<Real>, capacity: Int) throws {
      switch column {
      case .reals(let column): self = .reals(column, try Buffer(column.size * capacity, for: "a batch"))
      case .nodes(let column): self = .nodes(column, try Buffer(column.size * capacity, for: "a batch"))
      }
    }

    var base: UnsafeRawPointer {
      switch self {
      case .reals(_, let buffer): UnsafeRawPointer(buffer.base)
      case .nodes(_, let buffer): UnsafeRawPointer(buffer.base)
      }
    }
  }

  /// - Parameter batches: the numbers of samples that it will be called with.
  init(_ model: Model, _ samples: Samples<Real>, batches: Set<Int>, gradients: Bool) throws {
    let capacity = batches.max() ?? 1
    self.model = model
    self.samples = samples
    inputs = try samples.inputs.map { try Input($0, capacity: capacity) }
    inputPointers = try Buffer(inputs.count, for: "a batch")
    strides = try Buffer(inputs.count, for: "a batch")
    inputBars = try Buffer(inputs.count, for: "a batch")
    for (index, input) in inputs.enumerated() {
      inputPointers[index] = input.base
      strides[index] = samples.inputs[index].size
    }
    output = try Buffer(model.output.size * capacity, for: "a batch")
    outputBar = gradients ? try Buffer(model.output.size * capacity, for: "a batch") : nil
    parametersBar = gradients ? try Buffer(model.parameterCount, for: "gradients") : nil
    let bytes = try batches.map { try model.workspaceBytes(batch: $0, keep: gradients) }.max() ?? 0
    workspace = try Buffer(bytes, for: "the workspace of `\(model.name)`")
  }

  /// Gathers the inputs of `count` samples, the numbers of which `sample` gives.
  func gather(_ count: Int, _ sample: (Int) -> Int) {
    for input in inputs {
      switch input {
      case .reals(let column, let buffer): column.gather(count, sample, to: buffer.base)
      case .nodes(let column, let buffer): column.gather(count, sample, to: buffer.base)
      }
    }
  }

  /// Computes `output` for the samples that were gathered. Returns the model's status.
  func forward(_ count: Int, _ parameters: Buffer<Real>, keep: Bool) -> Int32 {
    let function = keep ? model.raw.forward_keep! : model.raw.forward!
    return function(count, parameters.base, inputPointers.base, strides.base, output.base, workspace.base)
  }

  /// After `forward` with `keep`: computes `parametersBar` from `outputBar`.
  func backward(_ count: Int, _ parameters: Buffer<Real>) -> Int32 {
    model.raw.backward!(
      count, parameters.base, inputPointers.base, strides.base, outputBar!.base, parametersBar!.base, inputBars.base,
      workspace.base)
  }
}
