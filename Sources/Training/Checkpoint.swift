import TensorFiles

/// All of a run's state, in one file.
///
/// A safetensors file with the vectors `parameters`, `adam.exp_avg`, `adam.exp_avg_sq`, with a validation `best`, and texts
/// for the rest.
struct Checkpoint: BitwiseCopyable {
  var step: Int
  /// Of the steps since the last row of metrics.csv.
  var lossSum: Double
  var lossCount: Int
  /// That the run took so far.
  var seconds: Double
  /// The least validation loss, and the step that had it.
  var bestLoss = Double.infinity
  var bestStep = 0
  /// Evaluations since then.
  var evaluationsSinceBest = 0

  static let format = "cajal-train checkpoint 1"

  func write<Real>(
    to path: String, _ trainer: Trainer<Real>, best: Buffer<Real>?, _ configuration: RunConfiguration
  ) throws {
    func tensor(_ name: String, _ buffer: Buffer<Real>) -> Tensor {
      Tensor(name, shape: [buffer.count], values: buffer.elements)
    }
    var metadata = configuration.metadata
    metadata["format"] = Self.format
    metadata["step"] = String(step)
    metadata["loss_sum"] = String(lossSum)
    metadata["loss_count"] = String(lossCount)
    metadata["seconds"] = String(seconds)
    metadata["best_loss"] = String(bestLoss)
    metadata["best_step"] = String(bestStep)
    metadata["evaluations_since_best"] = String(evaluationsSinceBest)
    let file = TensorFile(
      metadata: metadata,
      tensors: [
        tensor("parameters", trainer.parameters), tensor("adam.exp_avg", trainer.first),
        tensor("adam.exp_avg_sq", trainer.second),
      ] + (best.map { [tensor("best", $0)] } ?? []))
    try file.write(to: path)
  }

  /// Reads a checkpoint into the trainer, and refuses that of another configuration.
  init<Real>(
    reading path: String, into trainer: Trainer<Real>, best: Buffer<Real>?, _ configuration: RunConfiguration
  ) throws {
    let file = try TensorFile(reading: path)
    guard file.metadata["format"] == Self.format else { throw TrainingError("\(path) is no checkpoint of cajal-train") }
    if let differences = configuration.differences(from: RunConfiguration(metadata: file.metadata)) {
      throw TrainingError(
        "\(path) is of a run with another configuration: \(differences)\n"
          + "Resume with the same, or start another run in another folder (--out).")
    }
    func number<Number: LosslessStringConvertible>(_ name: String) throws -> Number {
      guard let number = file.metadata[name].flatMap(Number.init) else {
        throw TrainingError("\(path) is damaged: its \(name) is missing or no number")
      }
      return number
    }
    step = try number("step")
    lossSum = try number("loss_sum")
    lossCount = try number("loss_count")
    seconds = try number("seconds")
    // Checkpoints of before there was a validation have none of these.
    if file.metadata["best_loss"] != nil {
      bestLoss = try number("best_loss")
      bestStep = try number("best_step")
      evaluationsSinceBest = try number("evaluations_since_best")
    }
    guard step >= 0, lossCount >= 0, bestStep >= 0, evaluationsSinceBest >= 0 else {
      throw TrainingError("\(path) is damaged: a count is below 0")
    }
    let buffers =
      [("parameters", trainer.parameters), ("adam.exp_avg", trainer.first), ("adam.exp_avg_sq", trainer.second)]
      + (best.map { [("best", $0)] } ?? [])
    try file.check(
      holdsExactly: buffers.map { ExpectedTensor(name: $0.0, shape: [$0.1.count]) }, dtype: Real.dtype)
    for (name, buffer) in buffers {
      try file.copyValues(named: name, shape: [buffer.count], to: buffer.base)
      // A step that makes one of them infinite or NaN ends the run before its checkpoint.
      if let index = buffer.elements.firstIndex(where: { !$0.isFinite }) {
        throw TrainingError("\(path) is damaged: entry \(index) of \(name) is \(buffer[index])")
      }
    }
    trainer.step = step
  }

  init() { (step, lossSum, lossCount, seconds) = (0, 0, 0, 0) }
}
