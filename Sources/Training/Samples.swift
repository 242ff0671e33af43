import Foundation

/// One value a sample: a row of a table, each of `shape`; which row, an index says, where several samples share one.
struct Column<Real: TrainingReal>: Sendable {
  let rows: Buffer<Real>
  let shape: [Int]
  let size: Int
  /// For each sample its row; nil: the row of its own number.
  let index: Buffer<Int32>?

  init(_ rows: Buffer<Real>, shape: [Int], index: Buffer<Int32>? = nil) {
    self.rows = rows
    self.shape = shape
    self.index = index
    size = shape.reduce(1, *)
  }

  @inline(__always) func row(_ sample: Int) -> UnsafeMutablePointer<Real> {
    let row = if let index { Int(index[sample]) } else { sample }
    return rows.base + row * size
  }
}

/// What a model learns from or is tested on: inputs and targets, all there before the first step.
struct Samples<Real: TrainingReal>: Sendable {
  let count: Int
  /// One for each input of the model.
  let inputs: [Column<Real>]
  let target: Column<Real>
  /// Names of the inputs where the task has some, for messages.
  let inputNames: [String]
  /// A checksum of what they were made from.
  let checksum: UInt
}

extension Samples {
  /// - Parameter model: whose inputs they are checked against, by order and size.
  func check(_ task: LearningTask, fit model: Model) throws {
    func list(_ shapes: [(String, [Int])]) -> String {
      shapes.isEmpty ? "none" : shapes.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
    }
    if inputs.map(\.size) != model.inputs.map(\.size) {
      throw TrainingError(
        "the task `\(task.name)` gives the inputs \(list(zip(inputNames, inputs).map { ($0, $1.shape) })), "
          + "and the model `\(model.name)` takes \(list(model.inputs.map { ($0.name, $0.shape) }))")
    }
    if target.size != model.output.size {
      throw TrainingError(
        "the target of the task `\(task.name)` has the shape \(target.shape), "
          + "and the result of the model `\(model.name)` has the shape \(model.output.shape)")
    }
  }
}
