/// The buffers for calls of a model on up to `capacity` samples: nothing is allocated when it is called.
final class ModelCall<Real: TrainingReal>: @unchecked Sendable {
  let model: Model
  let samples: Samples<Real>
  let output: Buffer<Real>
  /// For gradients; nil where only results are computed.
  let outputBar: Buffer<Real>?
  let parametersBar: Buffer<Real>?

  private let inputs: [Buffer<Real>]
  private let inputPointers: Buffer<UnsafeRawPointer?>
  private let strides: Buffer<Int>
  /// All nil: gradients of data are not needed.
  private let inputBars: Buffer<UnsafeMutableRawPointer?>
  private let workspace: Buffer<UInt8>
  private let columns: Int

  /// - Parameter batches: the numbers of samples that it will be called with.
  init(_ model: Model, _ samples: Samples<Real>, batches: Set<Int>, gradients: Bool) throws {
    let capacity = batches.max() ?? 1
    self.model = model
    self.samples = samples
    columns = samples.inputs.count
    inputs = try samples.inputs.map { try Buffer($0.size * capacity, for: "a batch") }
    inputPointers = try Buffer(columns, for: "a batch")
    strides = try Buffer(columns, for: "a batch")
    inputBars = try Buffer(columns, for: "a batch")
    for (index, input) in inputs.enumerated() {
      inputPointers[index] = UnsafeRawPointer(input.base)
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
    for column in 0..<columns {
      let (from, to) = (samples.inputs[column], inputs[column].base)
      for position in 0..<count {
        (to + position * from.size).update(from: from.row(sample(position)), count: from.size)
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
