import Foundation

/// What is reached without learning anything, on the test samples.
public struct Baseline: Sendable {
  public let name: String
  public let measures: Measures
}

extension LearningTask {
  /// For a transform of images: the image itself after so many rounds whatever its class, from 0, the identity, to 9.
  /// For answers: always the same, the mean of those of the training samples; of choices that is their frequencies.
  public func baselines(folder: String, trainLimit: Int?, testLimit: Int?, threads: Int) throws -> [Baseline] {
    let workers = Workers(threads: threads)
    switch self {
    case .image(let transform, _):
      let dataset = try Dataset(folder: folder, part: .test, limit: testLimit)
      let samples = try Samples<Float>(dataset, task: self, part: .test, workers: workers)
      guard case .reals(let images) = samples.inputs[0] else { preconditionFailure("an image is of reals") }
      return try (0..<Dataset.classCount).map { rounds in
        let outputs = try Samples.transformed(images, by: transform, dataset, workers) { _ in rounds }
        let measures = (0..<samples.count).map { sample in
          SampleMeasures(outputs.row(sample), samples.target.row(sample), size: outputs.size, loss: .l1)
        }
        return Baseline(
          name: rounds == 0 ? "identity" : "rounds-\(rounds)",
          measures: measures.withUnsafeBufferPointer { Measures($0, loss: .l1, size: outputs.size) })
      }
    case .pairs, .classes:
      func samples(_ part: Dataset.Part, _ limit: Int?) throws -> Samples<Float> {
        try Samples(Dataset(folder: folder, part: part, limit: limit), task: self, part: part, workers: workers)
      }
      return [constant(try samples(.train, trainLimit), try samples(.test, testLimit))]
    case .lists(let lists):
      func samples(_ part: Dataset.Part, _ limit: Int?) throws -> Samples<Float> {
        try Samples(
          Dataset(folder: folder, part: part, limit: limit), lists: lists, part: part, model: nil, workers: workers)
      }
      return [constant(try samples(.train, trainLimit), try samples(.test, testLimit))]
    case .files: throw TrainingError("there are no baselines for the task `files`: name a task of images (--task)")
    }
  }
  /// The mean of the training targets as the answer to all: the frequencies, where they are choices.
  private func constant(_ train: Samples<Float>, _ test: Samples<Float>) -> Baseline {
    let (size, loss) = (train.target.size, usualLoss)
    var sums = [Double](repeating: 0, count: size)
    for sample in 0..<train.count {
      for i in 0..<size { sums[i] += Double(train.target.row(sample)[i]) }
    }
    let means = sums.map { Float($0 / Double(train.count)) }
    let output = loss == .crossEntropy ? means.map { log($0) } : means
    let measures = (0..<test.count).map { sample in
      output.withUnsafeBufferPointer { output in
        SampleMeasures(output.baseAddress!, test.target.row(sample), size: size, loss: loss, answer: test.answer)
      }
    }
    return Baseline(
      name: "constant",
      measures: measures.withUnsafeBufferPointer { Measures($0, loss: loss, size: size, answer: test.answer) })
  }
}
