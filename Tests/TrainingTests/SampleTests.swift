import Foundation
import TensorFiles
import TestSupport
import Testing

@testable import Training

/// What a task makes of images.
@Suite struct SampleTests {
  /// Images of 2×1 pixels whose first pixel is their number, with classes 0, 1, 2, …
  private let dataset = Dataset(
    rows: 2, columns: 1, pixels: (0..<10).flatMap { [UInt8($0), 255] }, labels: (0..<10).map { UInt8($0) })

  private func samples(_ task: String, part: Dataset.Part = .train) throws -> Samples<Double> {
    try Samples(dataset, task: #require(LearningTask(name: task)), part: part, workers: Workers(threads: 2))
  }

  private func row(_ column: Column<Double>, _ sample: Int) -> [Double] {
    column.values(of: [sample])
  }

  private func row(_ input: InputColumn<Double>, _ sample: Int) -> [Double] { input.reals([sample]) }

  @Test func imagesAndTheirClasses() throws {
    let samples = try samples("classes")
    #expect(samples.count == 10 && samples.inputs.count == 1 && samples.inputs[0].shape == [2, 1])
    for sample in 0..<10 {
      #expect(row(samples.inputs[0], sample) == [Double(sample) / 255, 1])
      #expect(row(samples.target, sample) == (0..<10).map { $0 == sample ? 1 : 0 })
    }
  }

  @Test func transformedImages() throws {
    let (blur, odd) = (try samples("blur"), try samples("blur-odd"))
    for sample in 0..<10 {
      var image = [Double(sample) / 255, 1]
      if sample % 2 == 0 { #expect(row(odd.target, sample) == image) }
      for _ in 0..<sample { image = [(2 * image[0] + image[1]) / 4, (image[0] + 2 * image[1]) / 4] }
      #expect(row(blur.target, sample) == image)
      if sample % 2 == 1 { #expect(row(odd.target, sample) == image) }
      #expect(row(blur.inputs[0], sample) == [Double(sample) / 255, 1])
    }
  }

  @Test(arguments: LearningTask.Predicate.allCases) func pairs(predicate: LearningTask.Predicate) throws {
    let samples = try samples(predicate.rawValue)
    #expect(samples.count == 5 && samples.inputs.count == 2 && samples.target.shape == [2])
    var seen: Set<Double> = []
    for pair in 0..<5 {
      let (first, second) = (row(samples.inputs[0], pair)[0] * 255, row(samples.inputs[1], pair)[0] * 255)
      seen.formUnion([first.rounded(), second.rounded()])
      let (a, b) = (Int(first.rounded()) % 2 == 0, Int(second.rounded()) % 2 == 0)
      let holds =
        switch predicate {
        case .xor: (a && !b) || (b && !a)
        case .eq: (a && b) || (!a && !b)
        case .and: a && b
        case .or: a || b
        }
      // `true` is index 0.
      #expect(row(samples.target, pair) == (holds ? [1, 0] : [0, 1]))
    }
    // Every image is in one pair.
    #expect(seen.count == 10)
  }

  @Test func inputsHaveToFitTheModel() throws {
    try withScratch { folder in
      let path = try buildModels(folder, ["-DINPUTS=2", "-DOUTPUTS=2"])
      let library = try ModelLibrary(path: path)
      let linear = try library.model(named: "linear")
      try samples("blur").check(.image(.blur, oddOnly: false), fit: linear)
      var error = #expect(throws: TrainingError.self) { try samples("xor").check(.pairs(.xor), fit: linear) }
      #expect(
        error?.description
          == "the task `xor` gives the inputs first image [2, 1], second image [2, 1], and the model `linear` takes x [2]"
      )
      error = #expect(throws: TrainingError.self) { try samples("classes").check(.classes, fit: linear) }
      #expect(
        error?.description
          == "the target of the task `classes` has the shape [10], and the result of the model `linear` has the shape [2]"
      )
      try samples("xor").check(.pairs(.xor), fit: library.model(named: "pair"))
    }
  }

  @Test func samplesOfFiles() throws {
    try withScratch { folder in
      let library = try ModelLibrary(path: try buildModels(folder))
      let model = try library.model(named: "pair")
      let path = folder + "/train.safetensors"
      let x = Tensor("x", shape: [4, 3], values: (0..<12).map { Float($0) })
      let y = Tensor("y", shape: [4, 3], values: (0..<12).map { Double(-$0) })
      let target = Tensor("target", shape: [4, 2], values: (0..<8).map { Float($0) })
      try TensorFile(tensors: [y, target, x]).write(to: path)
      let samples = try Samples<Double>(file: path, model: model, limit: 3)
      #expect(samples.count == 3)
      #expect(row(samples.inputs[0], 2) == [6, 7, 8])
      #expect(row(samples.inputs[1], 2) == [-6, -7, -8])
      #expect(row(samples.target, 1) == [2, 3])

      func expect(
        _ tensors: [Tensor], _ message: String, limit: Int? = nil, sourceLocation: SourceLocation = #_sourceLocation
      ) throws {
        try TensorFile(tensors: tensors).write(to: path)
        let error = #expect(throws: (any Error).self, sourceLocation: sourceLocation) {
          try Samples<Double>(file: path, model: model, limit: limit)
        }
        #expect("\(error as Any)".contains(message), "\(error as Any)", sourceLocation: sourceLocation)
      }
      try expect([x, y], "the tensor \"target\" of shape [N, …] is missing")
      try expect(
        [Tensor("x", shape: [0, 3], values: [Float]()), Tensor("target", shape: [0, 2], values: [Float]())],
        "has no samples: the tensor \"target\" has the shape [0, 2]")
      try expect(
        [x, y, Tensor("target", shape: [], values: [1.0])], "has no samples: the tensor \"target\" has the shape []")
      try expect([x, target], "there is no tensor \"y\" of shape [4, 3]")
      try expect([x, y, target, Tensor("z", shape: [], values: [1.0])], "has no such input")
      try expect(
        [x, Tensor("y", shape: [3, 4], values: [Float](repeating: 0, count: 12)), target],
        "\"y\" has the shape [3, 4] instead of [4, 3]")
      try expect([x, y, target], "has 4 samples, and 5 were asked for", limit: 5)
      try expect(
        [x, Tensor("y", shape: [4, 3], values: [Float](repeating: .nan, count: 12)), target],
        "\"y\" holds nan in sample 0")
    }
  }
}
