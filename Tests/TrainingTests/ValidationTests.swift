import Foundation
import RunRecords
import TensorFiles
import TestSupport
import Testing

@testable import Training

/// Which parameters are kept by the samples of a validation.
@Suite struct ValidationTests: SmallRuns {
  /// A run of `network` on random numbers, 16 training samples of which 4 are held back, so 3 steps an epoch.
  private func withRun(_ body: (_ settings: RunSettings, _ folder: String) throws -> Void) throws {
    try withScratch { folder in
      func numbers(_ count: Int, _ step: Int) -> [Float] { (0..<count).map { Float($0 * step % 11) / 5 - 1 } }
      for (part, count) in [("train", 16), ("test", 5), ("held", 6)] {
        try TensorFile(
          tensors: [
            Tensor("x", shape: [count, 3], values: numbers(count * 3, 7)),
            Tensor("target", shape: [count, 2], values: numbers(count * 2, 5)),
          ]
        ).write(to: "\(folder)/\(part).safetensors")
      }
      var settings = RunSettings(
        modelPath: try buildModels(folder), dataFolder: folder, task: .files, loss: .mse, out: folder + "/run")
      settings.modelName = "network"
      settings.batch = 4
      settings.schedule.rate = 0.2
      settings.length = .steps(60)
      settings.evaluateEvery = 2
      settings.data.validation = .part(0.25)
      try body(settings, folder)
    }
  }

  private func losses(_ folder: String) throws -> [Double] {
    try RunRecord(reading: folder).metrics.map { try #require(Double($0["validation_loss"] ?? "")) }
  }

  @Test func theBestIsKeptBesideTheLast() throws {
    try withRun { settings, folder in
      try train(settings, progress: silent)
      let losses = try losses(settings.out)
      let least = try #require(losses.min())
      let best = try #require(losses.firstIndex(of: least))
      // Rows are of steps 0, 2, 4, …; a rate this large does not end at its best.
      #expect(losses.count == 31 && best > 0 && best < 30)
      let kept = try TensorFile(reading: settings.out + "/best.safetensors")
      #expect(kept.metadata["step"] == "\(2 * best)")
      // A run that ends there has these parameters.
      var shorter = settings
      (shorter.out, shorter.length) = (folder + "/shorter", .steps(2 * best))
      try train(shorter, progress: silent)
      let last = try TensorFile(reading: shorter.out + "/model.safetensors")
      #expect(zip(kept.tensors, last.tensors).allSatisfy { $0.name == $1.name && $0.bytes == $1.bytes })
    }
  }

  @Test func noSampleIsLearntFromAndChosenBy() throws {
    try withRun { settings, _ in
      let library = try ModelLibrary(path: settings.modelPath)
      let model = try library.model(named: "network")
      let loaded = try LoadedSamples<Float>(settings, model, Workers(threads: 1))
      let held = try #require(loaded.validation)
      #expect(loaded.train.count == 12 && held.count == 4)
      func rows(_ samples: Samples<Float>) -> [[Float]] { (0..<samples.count).map { samples.inputs[0].reals([$0]) } }
      let all = try #require(
        try loadSamples(
          .files, DataSource(settings.data.path), .train, model, limit: nil, loss: .mse, Workers(threads: 1))
          as Samples<Float>?)
      let together = (rows(loaded.train) + rows(held)).sorted { $0.lexicographicallyPrecedes($1) }
      #expect(together == rows(all).sorted { $0.lexicographicallyPrecedes($1) })
    }
  }

  @Test(arguments: [1, 3]) func patienceEndsARunAndItsResumption(patience: Int) throws {
    try withRun { settings, folder in
      var settings = settings
      settings.patience = patience
      try train(settings, progress: silent)
      let losses = try losses(settings.out)
      let least = try #require(losses.min())
      let best = try #require(losses.firstIndex(of: least))
      #expect(losses.count == best + 1 + patience && losses.count < 31)
      let weights = contents(settings.out + "/model.safetensors")
      #expect(weights != nil)
      settings.resume = true
      try train(settings, progress: silent)
      #expect(contents(settings.out + "/model.safetensors") == weights)
      #expect(try self.losses(settings.out).count == losses.count)
    }
  }

  @Test func aRunThatWasInterruptedComesToTheSame() throws {
    try withRun { settings, folder in
      var settings = settings
      settings.data.validation = .file(folder + "/held.safetensors")
      settings.optimizer.weightDecay = 0.01
      settings.schedule.kind = .cosine
      settings.schedule.warmup = 5
      try train(settings, progress: silent)
      for step in [1, 17, 40] {
        var other = settings
        other.out = "\(folder)/run-\(step)"
        other.checkpointEvery = 4
        #expect(throws: StoppedRun.self) {
          try train(other, progress: silent, stop: stopping(after: step))
        }
        other.resume = true
        try train(other, progress: silent)
        try expectSame(settings.out, other.out)
        #expect(contents(settings.out + "/best.safetensors") == contents(other.out + "/best.safetensors"))
      }
    }
  }

  /// A process that is killed leaves the best of a later step than its checkpoint's.
  @Test func theBestIsThatOfTheStepsDone() throws {
    try withRun { settings, folder in
      var settings = settings
      settings.checkpointEvery = 1000
      try train(settings, progress: silent)
      let later = try TensorFile(reading: settings.out + "/best.safetensors")
      var short = settings
      (short.out, short.length) = (folder + "/short", .steps(2))
      try train(short, progress: silent)
      let own = contents(short.out + "/best.safetensors")
      try later.write(to: short.out + "/best.safetensors")
      short.resume = true
      try train(short, progress: silent)
      #expect(contents(short.out + "/best.safetensors") == own)
    }
  }

  @Test func whereNoLossIsFiniteThereIsNoBest() throws {
    try withRun { settings, folder in
      var settings = settings
      // Squares of the differences are no doubles.
      let huge = TensorFile(
        tensors: [
          Tensor("x", shape: [1, 3], values: [1, 2, 3] as [Double]),
          Tensor("target", shape: [1, 2], values: [1e300, 1] as [Double]),
        ])
      try huge.write(to: folder + "/huge.safetensors")
      settings.modelPath = try buildModels(folder, ["-DREAL=double"], name: "double.so")
      settings.data.validation = .file(folder + "/huge.safetensors")
      settings.length = .steps(4)
      nonisolated(unsafe) var lines: [String] = []
      try train(settings, progress: Progress(isTerminal: false) { lines.append($0) })
      #expect(lines.contains { $0.hasPrefix("no best.safetensors: the validation loss was never finite") })
      #expect(contents(settings.out + "/best.safetensors") == nil)
    }
  }

  @Test func theBestOfARunIsPartOfIt() throws {
    try withRun { settings, folder in
      // What a run has left is not mixed with another's.
      try FileManager.default.createDirectory(atPath: folder + "/probe", withIntermediateDirectories: true)
      try write([1], to: folder + "/probe/best.safetensors")
      var settings = settings
      settings.out = folder + "/probe"
      expectFailure("already holds a run") { try train(settings, progress: silent) }
    }
  }

  @Test func anotherScheduleIsAnotherRun() throws {
    try withRun { settings, folder in
      var settings = settings
      settings.length = .steps(4)
      try train(settings, progress: silent)
      settings.resume = true
      settings.schedule.kind = .cosine
      settings.length = .steps(8)
      expectFailure("schedule was constant and is cosine over 8 steps") { try train(settings, progress: silent) }
      settings.schedule.kind = .constant
      settings.optimizer.kind = .sgd
      expectFailure("optimizer was adam and is sgd") { try train(settings, progress: silent) }
      settings.optimizer.kind = .adam
      settings.data.testPath = folder + "/held.safetensors"
      expectFailure("test-data was ") { try train(settings, progress: silent) }
      settings.data.testPath = nil
      settings.data.validation = .none
      expectFailure("validation was 0.25 and is none") { try train(settings, progress: silent) }
    }
  }

  @Test func refusedValidations() throws {
    try withRun { settings, folder in
      var settings = settings
      settings.data.validation = .part(0.01)
      expectFailure("--validation 0.01 of 16 training samples leaves none on one side") {
        try train(settings, progress: silent)
      }
      settings.data = DataSource(folder + "/train.safetensors")
      expectFailure("there are no test samples beside \(folder)/train.safetensors: name their file (--test)") {
        try train(settings, progress: silent)
      }
      // With a validation its samples stand in for them.
      settings.data.validation = .part(0.25)
      settings.length = .steps(2)
      try train(settings, progress: silent)
      try write(Array("x[0]\n".utf8), to: folder + "/train.csv")
      (settings.data, settings.out) = (DataSource(folder), folder + "/other")
      expectFailure("train.safetensors and \(folder)/train.csv: keep one of them") {
        try train(settings, progress: silent)
      }
    }
  }
}
