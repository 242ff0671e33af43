import Foundation
import SharedObjects
import TensorFiles
import TestSupport
import Testing

@testable import Training

/// Every file that a run reads, cut at every length: an error that names the file, and nothing of a run is left.
@Suite struct TruncationTests: SmallRuns {
  private func expectRefusedAtEveryLength(_ path: String, _ settings: RunSettings) throws {
    let whole = [UInt8](try #require(contents(path)))
    for length in whole.indices {
      try write(Array(whole.prefix(length)), to: path)
      let error = #expect(throws: (any Error).self) { try train(settings, progress: silent) }
      #expect(
        (error is TrainingError || error is SafetensorsError) && "\(error as Any)".contains(path),
        "cut to \(length): \(error as Any)")
      #expect(!FileManager.default.fileExists(atPath: settings.out))
    }
    try write(whole, to: path)
  }

  @Test(arguments: [false, true]) func images(compressed: Bool) throws {
    try withScratch { folder in
      try writeDataset(folder, train: 3, test: 3, rows: 2, columns: 2)
      var settings = settings(
        folder, "run", module: try buildModels(folder, imageFlags(rows: 2, columns: 2)), steps: 1)
      settings.snapshots = []
      for name in ["train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"] {
        var path = "\(folder)/\(name)-ubyte"
        if compressed {
          #expect(try run("gzip", ["-n", path]).status == 0)
          path += ".gz"
        }
        try expectRefusedAtEveryLength(path, settings)
      }
      try train(settings, progress: silent)
    }
  }

  @Test func tensors() throws {
    try withScratch { folder in
      let samples = TensorFile(
        tensors: [
          Tensor("x", shape: [2, 3], values: [Float](repeating: 1, count: 6)),
          Tensor("target", shape: [2, 2], values: [Float](repeating: 1, count: 4)),
        ])
      for part in ["train", "test"] { try samples.write(to: "\(folder)/\(part).safetensors") }
      try TensorFile(
        tensors: [
          Tensor("linear.weight", shape: [2, 3], values: [Float](repeating: 1, count: 6)),
          Tensor("linear.bias", shape: [2], values: [Float](repeating: 1, count: 2)),
        ]
      ).write(to: folder + "/start.safetensors")
      var settings = RunSettings(
        modelPath: try buildModels(folder), dataFolder: folder, task: .files, loss: .l1, out: folder + "/run")
      settings.modelName = "linear"
      settings.weightsPath = folder + "/start.safetensors"
      settings.length = .steps(1)
      for name in ["train", "test", "start"] {
        try expectRefusedAtEveryLength("\(folder)/\(name).safetensors", settings)
      }
      try train(settings, progress: silent)
    }
  }

  @Test func aCheckpoint() throws {
    try withScratch { folder in
      try writeDataset(folder, train: 3, test: 3, rows: 1, columns: 2)
      let module = try buildModels(folder, imageFlags(rows: 1, columns: 2))
      var settings = settings(folder, "run", module: module, steps: 5)
      settings.modelName = "linear"
      settings.snapshots = []
      try train(settings, progress: silent)
      settings.resume = true
      settings.length = .steps(6)
      let path = settings.out + "/checkpoint.safetensors"
      let whole = [UInt8](try #require(contents(path)))
      let tables = ["steps.csv", "metrics.csv"].map { settings.out + "/" + $0 }
      let before = tables.map(contents)
      for length in whole.indices {
        try write(Array(whole.prefix(length)), to: path)
        expectFailure(path) { try train(settings, progress: silent) }
      }
      #expect(tables.map(contents) == before)
      try write(whole, to: path)
      try train(settings, progress: silent)
    }
  }

  /// Of which the loader says that there is no such file.
  @Test func aModuleForAnotherProcessor() throws {
    try withModel { _, module in
      var bytes = try #require(contents(module))
      bytes[18] = 183 ^ 62 ^ bytes[18]
      try write(Array(bytes), to: module)
      let error = #expect(throws: TrainingError.self) { try ModelLibrary(path: module) }
      #expect(error?.description.contains("is for another processor (") == true)
    }
  }

  /// The loader would map it, and the process end at a page that is not there.
  @Test func aModule() throws {
    try withModel { folder, module in
      let size = try #require(contents(module)).count
      try checkLoadable(sharedObject: module)
      #expect(throws: TrainingError.self) { try ModelLibrary(path: folder) }
      for length in (0..<size).reversed() {
        try #require(truncate(module, length) == 0)
        // What has no whole magic number is left to the loader.
        if length < 6 {
          #expect(throws: TrainingError.self) { try ModelLibrary(path: module) }
        } else {
          let error = #expect(throws: UnloadableObject.self) { try checkLoadable(sharedObject: module) }
          #expect(error?.description == "\(module) is truncated: build it again")
        }
      }
    }
  }
}
