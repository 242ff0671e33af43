import Foundation
import TensorFiles
import TestSupport
import Testing

@testable import Training

/// Whole training runs against what PyTorch 1.13 computes in double precision for the same network, weights and data.
@Suite struct TrainerTests {
  /// A small number for each index, in eleven steps from -5/scale to 5/scale.
  private static func numbers(_ series: Int, _ scale: Double, _ count: Int) -> [Double] {
    (0..<count).map { Double(($0 * 7 + series * 13) % 11 - 5) / scale }
  }

  struct Expected: Sendable {
    let loss: Loss
    let clip: Double?
    /// Steps from 1, with loss and gradient norm.
    let steps: [Int: (Double, Double)]
    /// The first entries of first.weight, and second.bias, after 25 steps.
    let weight, bias: [Double]
  }

  static let expected = [
    Expected(
      loss: .l1, clip: nil,
      steps: [
        1: (0.6248397291132621, 0.2112764802047644), 2: (0.6073120403126858, 0.24866156821381774),
        10: (0.556843132016445, 0.22306545172456066), 25: (0.5247805515345085, 0.26280016091289127),
      ],
      weight: [-0.19641493062083712, 0.4610406886598557, 0.11832039016210881],
      bias: [0.1733391322730069, -0.07598067860418364]),
    Expected(
      loss: .mse, clip: 0.1,
      steps: [
        1: (0.5268866158280956, 0.2145484621522353), 2: (0.5115516531702446, 0.16709895167793573),
        10: (0.4516511747861868, 0.10199873320361928), 25: (0.41307063512285586, 0.07278966435515448),
      ],
      weight: [-0.023565666004520404, 0.8083908938423793, 0.2724800280617027],
      bias: [0.3002065350372655, -0.09202326746012131]),
    Expected(
      loss: .crossEntropy, clip: 0.05,
      steps: [
        1: (0.6659036570672802, 0.22941026886510993), 2: (0.6496994617259823, 0.1970488638545772),
        10: (0.5996590048060549, 0.051289255473499856), 25: (0.5742094545384696, 0.034786002517523354),
      ],
      weight: [-0.44563055408919466, 0.16802971112499776, -0.4167678726880861],
      bias: [0.17393132500719544, -0.04893132500719536]),
  ]

  private func files(_ folder: String, _ loss: Loss) throws {
    let target =
      loss == .crossEntropy
      ? [0, 1, 1, 0, 1, 0, 0].flatMap { $0 == 0 ? [1.0, 0] : [0.0, 1] } : Self.numbers(6, 4, 14)
    let samples = TensorFile(
      tensors: [
        Tensor("x", shape: [7, 3], values: Self.numbers(5, 5, 21)), Tensor("target", shape: [7, 2], values: target),
      ])
    for part in ["train", "test"] { try samples.write(to: "\(folder)/\(part).safetensors") }
    try TensorFile(
      tensors: [
        Tensor("first.weight", shape: [5, 3], values: Self.numbers(1, 10, 15)),
        Tensor("first.bias", shape: [5], values: Self.numbers(2, 20, 5)),
        Tensor("second.weight", shape: [2, 5], values: Self.numbers(3, 8, 10)),
        Tensor("second.bias", shape: [2], values: Self.numbers(4, 16, 2)),
      ]
    ).write(to: folder + "/start.safetensors")
  }

  @Test(arguments: expected.indices, [1, 3, 4, 9]) func trainsAsPyTorchDoes(index: Int, pieces: Int) throws {
    let expected = Self.expected[index]
    try withScratch { folder in
      try files(folder, expected.loss)
      var settings = RunSettings(
        modelPath: try buildModels(folder, ["-DREAL=double"]), dataFolder: folder, task: .files, loss: expected.loss,
        out: folder + "/run")
      settings.modelName = "network"
      settings.weightsPath = folder + "/start.safetensors"
      settings.length = .steps(25)
      settings.batch = 7
      settings.schedule.rate = 0.02
      settings.clip = expected.clip
      settings.pieces = pieces
      settings.threads = 2
      try train(settings, progress: silent)
      let steps = try rows(folder + "/run/steps.csv")
      #expect(steps.count == 25)
      for (step, (loss, norm)) in expected.steps {
        #expect(steps[step - 1][0] == String(step))
        #expect(isClose(try #require(Double(steps[step - 1][1])), loss, relative: 1e-10), "loss of step \(step)")
        #expect(isClose(try #require(Double(steps[step - 1][2])), norm, relative: 1e-10), "norm of step \(step)")
      }
      let weights = try TensorFile(reading: folder + "/run/model.safetensors")
      let first: [Double] = try weights.values(named: "first.weight", shape: [5, 3])
      #expect(isClose(Array(first.prefix(3)), expected.weight, relative: 1e-10))
      #expect(isClose(try weights.values(named: "second.bias", shape: [2]), expected.bias, relative: 1e-10))
    }
  }

  /// Of doubles only the square can be too large.
  @Test func aFiniteResultWhoseLossIsNot() throws {
    try withScratch { folder in
      let samples = TensorFile(
        tensors: [
          Tensor("x", shape: [2, 3], values: [Double](repeating: 1, count: 6)),
          Tensor("target", shape: [2, 2], values: [1e200, 0, 0, 0]),
        ])
      for part in ["train", "test"] { try samples.write(to: "\(folder)/\(part).safetensors") }
      var settings = RunSettings(
        modelPath: try buildModels(folder, ["-DREAL=double"]), dataFolder: folder, task: .files, loss: .mse,
        out: folder + "/run")
      settings.modelName = "linear"
      let error = #expect(throws: TrainingError.self) { try train(settings, progress: silent) }
      let message = "step 1: the model's result is finite, but its loss is too large for a number"
      #expect(error?.description.hasPrefix(message) == true, "\(error as Any)")
    }
  }

  /// A batch that is not full, pieces without a sample, several epochs.
  @Test func oddBatches() throws {
    try withScratch { folder in
      try files(folder, .l1)
      let path = try buildModels(folder, ["-DREAL=double"])
      func lastLoss(pieces: Int, threads: Int) throws -> Double {
        let out = "\(folder)/run-\(pieces)-\(threads)"
        var settings = RunSettings(modelPath: path, dataFolder: folder, task: .files, loss: .l1, out: out)
        settings.modelName = "network"
        settings.length = .epochs(5)
        settings.batch = 3
        settings.pieces = pieces
        settings.threads = threads
        try train(settings, progress: silent)
        let steps = try rows(out + "/steps.csv")
        // Three batches an epoch: of 3, 3 and 1 samples.
        #expect(steps.count == 15)
        return try #require(Double(steps[14][1]))
      }
      let one = try lastLoss(pieces: 1, threads: 1)
      for pieces in [2, 3, 5] { #expect(isClose(try lastLoss(pieces: pieces, threads: 2), one, relative: 1e-10)) }
    }
  }

  /// Every epoch takes every sample once.
  @Test func everySampleOnceAnEpoch() throws {
    try withScratch { folder in
      // The loss of a sample is its number, for weights that are 0: the sum over an epoch tells which were taken.
      let target = (0..<10).flatMap { [Double(1 << $0), Double(1 << $0)] }
      let samples = TensorFile(
        tensors: [
          Tensor("x", shape: [10, 3], values: [Double](repeating: 0, count: 30)),
          Tensor("target", shape: [10, 2], values: target),
        ])
      for part in ["train", "test"] { try samples.write(to: "\(folder)/\(part).safetensors") }
      try TensorFile(
        tensors: [
          Tensor("linear.weight", shape: [2, 3], values: [Double](repeating: 0, count: 6)),
          Tensor("linear.bias", shape: [2], values: [0.0, 0]),
        ]
      ).write(to: folder + "/zero.safetensors")
      var settings = RunSettings(
        modelPath: try buildModels(folder, ["-DREAL=double"]), dataFolder: folder, task: .files, loss: .l1,
        out: folder + "/run")
      settings.modelName = "linear"
      settings.weightsPath = folder + "/zero.safetensors"
      settings.length = .epochs(2)
      settings.batch = 1
      settings.schedule.rate = 1e-12
      try train(settings, progress: silent)
      let losses = try rows(folder + "/run/steps.csv").map { Double($0[1])!.rounded() }
      #expect(losses.prefix(10).sorted() == (0..<10).map { Double(1 << $0) })
      #expect(losses.suffix(10).sorted() == (0..<10).map { Double(1 << $0) })
      #expect(Array(losses.prefix(10)) != Array(losses.suffix(10)))
      let order = (0..<2).flatMap { epoch in
        let buffer = try! Buffer<Int32>(10, for: "a test")
        RandomStream(seed: 0, name: "shuffle:\(epoch)").permute(
          UnsafeMutableBufferPointer(start: buffer.base, count: 10))
        return buffer.elements.map { Double(1 << $0) }
      }
      #expect(losses == order)
    }
  }
}
