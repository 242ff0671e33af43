import Foundation

/// What is reached without learning anything, on the test samples.
public struct Baseline: Sendable {
  public let name: String
  public let measures: Measures
}

extension LearningTask {
  /// For a transform of images: the image itself after so many rounds whatever its class, from 0, the identity, to 9.
  /// For choices: always the same answer, with the frequencies of the training samples as its distribution.
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
      let train = try Samples<Float>(
        Dataset(folder: folder, part: .train, limit: trainLimit), task: self, part: .train, workers: workers)
      let test = try Samples<Float>(
        Dataset(folder: folder, part: .test, limit: testLimit), task: self, part: .test, workers: workers)
      let size = train.target.size
      var counts = [Float](repeating: 0, count: size)
      for sample in 0..<train.count {
        for i in 0..<size { counts[i] += train.target.row(sample)[i] }
      }
      let logits = counts.map { log($0 / Float(train.count)) }
      let measures = (0..<test.count).map { sample in
        logits.withUnsafeBufferPointer { logits in
          SampleMeasures(logits.baseAddress!, test.target.row(sample), size: size, loss: .crossEntropy)
        }
      }
      return [
        Baseline(
          name: "constant",
          measures: measures.withUnsafeBufferPointer { Measures($0, loss: .crossEntropy, size: size) })
      ]
    case .files: throw TrainingError("there are no baselines for the task `files`")
    }
  }
}
