import Foundation
import TensorFiles
import TestSupport
import Testing

@testable import Training

/// What a run leaves in its folder, and how it goes on after it was interrupted.
@Suite struct RunTests: SmallRuns {
  @Test func filesOfARun() throws {
    try withModel { folder, module in
      try train(settings(folder, "run", module: module), progress: silent)
      let run = folder + "/run"
      let steps = try rows(run + "/steps.csv")
      #expect(steps.map { $0[0] } == (1...30).map(String.init))
      let metrics = try rows(run + "/metrics.csv")
      #expect(metrics.map { $0[0] } == ["0", "1", "3", "4", "8", "12", "16", "20", "24", "28", "30"])
      #expect(metrics[0][2].isEmpty && metrics.allSatisfy { $0.count == 15 })
      // The training loss is the mean over the steps since the row before.
      let losses = steps.map { Double($0[1])! }
      #expect(isClose(Double(metrics[4][2])!, (losses[4] + losses[5] + losses[6] + losses[7]) / 4))
      #expect(metrics[4][13] == steps[7][2])
      #expect(Double(metrics.last![4])! < Double(metrics[0][4])! / 2, "the test loss did not fall")
      #expect(metrics[5][1] == "\(12.0 / 7)")

      let names = try FileManager.default.contentsOfDirectory(atPath: run).sorted()
      #expect(
        names == [
          ".lock", "checkpoint.safetensors", "config.json", "metrics.csv", "model.safetensors", "snapshots",
          "steps.csv",
        ])
      let snapshots = try FileManager.default.contentsOfDirectory(atPath: run + "/snapshots").sorted()
      #expect(snapshots == ["0.npy", "10.npy", "input-x.npy", "target.npy"])
      let target = [UInt8](try #require(contents(run + "/snapshots/target.npy")))
      #expect(target.count == 128 + 2 * 12 * 4)
      #expect(String(decoding: target[1..<6], as: UTF8.self) == "NUMPY" && target[127] == UInt8(ascii: "\n"))
      #expect(
        String(decoding: target[10..<127], as: UTF8.self).contains("'<f4', 'fortran_order': False, 'shape': (2, 4, 3,)")
      )

      let config = try JSONSerialization.jsonObject(with: #require(contents(run + "/config.json"))) as? [String: String]
      #expect(config?["batch"] == "6" && config?["task"] == "blur" && config?["steps"] == "30")
      let weights = try TensorFile(reading: run + "/model.safetensors")
      #expect(weights.metadata["step"] == "30" && weights.metadata["model"] == "network")
      #expect(weights["first.weight"]?.shape == [5, 12] && weights.tensors.count == 4)
    }
  }

  @Test(arguments: ["float", "double"]) func theBitsDoNotDependOnTheThreads(real: String) throws {
    try withModel(["-DREAL=\(real)", "-DHIDDEN=5000"]) { folder, module in
      for threads in [1, 2, 3, 8] {
        var settings = settings(folder, "run\(threads)", module: module, steps: 10)
        settings.threads = threads
        try train(settings, progress: silent)
        try expectSame(folder + "/run1", folder + "/run\(threads)")
      }
      var settings = settings(folder, "other", module: module, steps: 10)
      settings.seed = 1
      try train(settings, progress: silent)
      #expect(contents(folder + "/run1/steps.csv") != contents(folder + "/other/steps.csv"))
    }
  }

  @Test func evaluationRepeatsTheLastRow() throws {
    try withModel { folder, module in
      try train(settings(folder, "run", module: module), progress: silent)
      var settings = EvaluationSettings(
        modelPath: module, dataFolder: folder, task: .image(.blur, oddOnly: false), loss: .l1)
      settings.modelName = "network"
      expectFailure("`network` has no embedded weights: give some with --weights") { _ = try evaluate(settings) }
      settings.weightsPath = folder + "/run/model.safetensors"
      settings.threads = 3
      settings.outputsPath = folder + "/out.safetensors"
      settings.outputSamples = [3, 0]
      let measures = try evaluate(settings)
      let last = try rows(folder + "/run/metrics.csv").last!
      #expect([measures.loss, measures.l1, measures.psnr].map { "\($0)" } == Array(last[4...6]))
      let outputs = try TensorFile(reading: folder + "/out.safetensors")
      #expect(outputs["output"]?.shape == [2, 4, 3])
      let target: [Float] = try outputs.values(named: "target")
      let snapshot = [UInt8](try #require(contents(folder + "/run/snapshots/target.npy"))).dropFirst(128)
      #expect(target.withUnsafeBytes { Array($0) } == Array(snapshot))
      let inputs: [Float] = try outputs.values(named: "input.x", shape: [2, 4, 3])
      let pixels = try Dataset(folder: folder, part: .test).pixels
      #expect(inputs == (pixels[36..<48] + pixels[0..<12]).map { Float($0) / 255 })
    }
  }

  @Test func goesOnWhereItStopped() throws {
    try withModel { folder, module in
      try train(settings(folder, "whole", module: module), progress: silent)
      // Stops after a checkpoint, between checkpoints, and before the first step.
      for stop in [0, 5, 13, 30] {
        var part = settings(folder, "part\(stop)", module: module, steps: stop)
        try train(part, progress: silent)
        part.length = .steps(30)
        (part.snapshots, part.evaluateAt) = ([0, 10], [1, 3])
        part.resume = true
        part.threads = 2
        try train(part, progress: silent)
        if stop % 30 == 0 {
          try expectSame(folder + "/whole", part.out)
        } else {
          // The end of the shorter run was evaluated too; the training loss of the next row begins there.
          #expect(try rows(part.out + "/metrics.csv").map { $0[0] }.contains("\(stop)"))
          for file in ["model.safetensors", "steps.csv"] {
            #expect(contents("\(part.out)/\(file)") == contents("\(folder)/whole/\(file)"))
          }
        }
      }
    }
  }

  /// Rows and files beyond the checkpoint, as a process leaves them that is killed.
  @Test func whatIsBeyondTheCheckpointIsDoneAgain() throws {
    try withModel { folder, module in
      try train(settings(folder, "whole", module: module), progress: silent)
      var killed = settings(folder, "killed", module: module, steps: 20)
      try train(killed, progress: silent)
      let (run, manager) = (folder + "/killed", FileManager.default)
      try manager.removeItem(atPath: run + "/model.safetensors")
      for (file, rest) in [("steps.csv", "21,0.5,0.5\n22,0.5,0.5\n23,0."), ("metrics.csv", "24,3.4,1,1,1,1,0,,1,9\n2")]
      {
        try write([UInt8](#require(contents("\(run)/\(file)"))) + Array(rest.utf8), to: "\(run)/\(file)")
      }
      try write([1, 2, 3], to: run + "/checkpoint.safetensors.aB3xY9")
      try write([1, 2, 3], to: run + "/notes.safetensors")
      killed.length = .steps(30)
      killed.resume = true
      try train(killed, progress: silent)
      try expectSame(folder + "/whole", run)
      #expect(contents(run + "/checkpoint.safetensors.aB3xY9") == nil && contents(run + "/notes.safetensors") != nil)
    }
  }

  /// A process that is killed again and again comes to the same bits as one that is not.
  @Test func killedAtAnyMoment() throws {
    try withModel { folder, module in
      let steps = 6000
      func arguments(_ out: String) -> [String] {
        [
          module, "--model", "network", "--data", folder, "--task", "blur", "--batch", "6", "--steps", "\(steps)",
          "--eval-every", "250", "--checkpoint-every", "10", "--threads", "2", "--out", "\(folder)/\(out)", "--resume",
        ]
      }
      let whole = try run(trainerPath, arguments("whole"))
      try #require(whole.status == 0, "\(whole.errors)")

      let checkpoint = folder + "/killed/checkpoint.safetensors"
      func checkpointStep() throws -> Int {
        guard FileManager.default.fileExists(atPath: checkpoint) else { return -1 }
        // Never half of one.
        return try #require(Int(TensorFile(reading: checkpoint).metadata["step"] ?? ""))
      }
      var kills = 0
      for moment in [-1, 1, 400, 900, 1300] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: trainerPath)
        process.arguments = arguments("killed")
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        while process.isRunning, try checkpointStep() < moment { usleep(500) }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        if process.terminationReason == .uncaughtSignal { kills += 1 }
      }
      #expect(kills == 5)
      #expect(contents(folder + "/killed/model.safetensors") == nil)
      #expect(try (1300..<steps).contains(checkpointStep()))
      let last = try run(trainerPath, arguments("killed"))
      try #require(last.status == 0, "\(last.errors)")
      #expect(last.output.contains("resumed after "))
      try expectSame(folder + "/whole", folder + "/killed")
    }
  }

  @Test func onlyTheSameRunIsResumed() throws {
    try withModel { folder, module in
      let good = settings(folder, "run", module: module, steps: 10)
      try train(good, progress: silent)
      expectFailure("already holds a run: go on with it (--resume)") { try train(good, progress: silent) }
      let before = contents(good.out + "/checkpoint.safetensors")
      func refused(
        _ message: String, sourceLocation: SourceLocation = #_sourceLocation, _ change: (inout RunSettings) -> Void
      ) {
        var changed = good
        changed.resume = true
        change(&changed)
        expectFailure(message, sourceLocation: sourceLocation) { try train(changed, progress: silent) }
      }
      refused("batch was 6 and is 7") { $0.batch = 7 }
      refused("lr was 0.01 and is 0.02") { $0.schedule.rate = 0.02 }
      refused("seed was 0 and is 1") { $0.seed = 1 }
      refused("clip was 0.2 and is none") { $0.clip = nil }
      refused("pieces was 4 and is 2") { $0.pieces = 2 }
      refused("loss was l1 and is mse") { $0.loss = .mse }
      refused("task was blur and is dilate") { $0.task = .image(.dilate, oddOnly: false) }
      refused("train-images was all and is 30") { $0.trainLimit = 30 }
      refused("model was network and is linear") { $0.modelName = "linear" }
      refused("weights was none and is ") { $0.weightsPath = good.out + "/model.safetensors" }
      refused("has already done 10 steps, and 9 were asked for") { $0.length = .steps(9) }
      let doubled = try buildModels(folder, imageFlags(rows: 4, columns: 3) + ["-DREAL=double"], name: "double.so")
      refused("real was float and is double") { $0.modelPath = doubled }
      let wider = try buildModels(folder, imageFlags(rows: 4, columns: 3) + ["-DHIDDEN=6"], name: "wider.so")
      refused("signature was ") { $0.modelPath = wider }
      #expect(contents(good.out + "/checkpoint.safetensors") == before)

      try write([UInt8](#require(before).prefix(200)), to: good.out + "/checkpoint.safetensors")
      refused("checkpoint.safetensors: is truncated") { _ in }
      try TensorFile(tensors: []).write(to: good.out + "/checkpoint.safetensors")
      refused("is no checkpoint of cajal-train") { _ in }
    }
  }

  @Test func oneProcessAtATime() throws {
    try withModel { folder, module in
      let held = try RunFolder(folder + "/run", resume: true)
      expectFailure("another process is writing to the run") {
        try train(settings(folder, "run", module: module, steps: 1), progress: silent)
      }
      withExtendedLifetime(held) {}
    }
  }

  @Test func otherDataAreAnotherRun() throws {
    try withModel { folder, module in
      var settings = settings(folder, "run", module: module, steps: 2)
      try train(settings, progress: silent)
      var pixels = [UInt8](try #require(contents(folder + "/train-images-idx3-ubyte")))
      pixels[pixels.count - 1] ^= 1
      try write(pixels, to: folder + "/train-images-idx3-ubyte")
      settings.resume = true
      expectFailure("data was ") { try train(settings, progress: silent) }
    }
  }

  /// Weights to start from, and what does not fit them.
  @Test func startsFromWeights() throws {
    try withModel { folder, module in
      let first = settings(folder, "first", module: module, steps: 20)
      try train(first, progress: silent)
      var second = settings(folder, "second", module: module, steps: 0)
      second.weightsPath = first.out + "/model.safetensors"
      try train(second, progress: silent)
      let (a, b) = (
        try TensorFile(reading: first.out + "/model.safetensors"),
        try TensorFile(reading: second.out + "/model.safetensors")
      )
      for tensor in a.tensors { #expect(b[tensor.name]?.bytes == tensor.bytes) }
      #expect(try rows(first.out + "/metrics.csv").last![4] == rows(second.out + "/metrics.csv")[0][4])

      var wrong = settings(folder, "wrong", module: module, steps: 0)
      wrong.modelName = "linear"
      wrong.weightsPath = first.out + "/model.safetensors"
      expectFailure("\"linear.weight\" of shape [12, 12] is missing") { try train(wrong, progress: silent) }
    }
  }

  /// Each kind of NaN and infinity names its step and place, says what to try, and keeps the last good checkpoint.
  @Test func stopsAtNaN() throws {
    try withModel(["-DEXPLODE=1000.0f"]) { folder, module in
      // The gradient of the bias grows by 1000 a step, from about 1/12: 10^38 is passed in the 14th step.
      var growing = settings(folder, "growing", module: module, steps: 100)
      growing.modelName = "linear"
      growing.pieces = 1
      growing.clip = 1
      let error = #expect(throws: TrainingError.self) { try train(growing, progress: silent) }
      let text = try #require(error?.description)
      #expect(text.contains("the gradient of the tensor `linear.bias` holds a NaN or an infinity"), "\(text)")
      for advice in ["--clip", "--lr", "within l1 1"] { #expect(text.contains(advice)) }
      let steps = try rows(growing.out + "/steps.csv")
      #expect(text.hasPrefix("step \(steps.count): "))
      let kept = try #require(Int(TensorFile(reading: growing.out + "/checkpoint.safetensors").metadata["step"] ?? ""))
      #expect(kept == (steps.count - 1) / 5 * 5)
      #expect(text.contains("The checkpoint of step \(kept) is kept in \(growing.out)"))
      #expect(contents(growing.out + "/model.safetensors") == nil)
    }
    try withModel { folder, module in
      func failure(_ name: String, _ change: (inout RunSettings) -> Void) throws -> String {
        var settings = settings(folder, name, module: module, steps: 100)
        settings.modelName = "linear"
        settings.clip = nil
        change(&settings)
        let error = #expect(throws: TrainingError.self) { try train(settings, progress: silent) }
        return error?.description ?? ""
      }
      // Each parameter moves by 3e37, and a result is the sum over thirty pixels.
      let wide = folder + "/wide"
      try FileManager.default.createDirectory(atPath: wide, withIntermediateDirectories: true)
      try writeDataset(wide, rows: 6, columns: 5)
      let wideModule = try buildModels(wide, imageFlags(rows: 6, columns: 5))
      let loss = try failure("loss") {
        ($0.schedule.rate, $0.data.path, $0.modelPath) = (3e37, wide, wideModule)
      }
      #expect(loss.hasPrefix("step 2: the loss is inf: the model's result holds a NaN or an infinity"), "\(loss)")
      let parameters = try failure("parameters") { $0.schedule.rate = 1e39 }
      #expect(parameters.hasPrefix("step 1: the update made the tensor `linear.weight`"), "\(parameters)")
      #expect(parameters.contains("The checkpoint of step 0 is kept"))
      let written = try TensorFile(reading: folder + "/parameters/checkpoint.safetensors").values(
        named: "parameters", as: Float.self)
      #expect(written.allSatisfy { $0.isFinite })
    }
  }

  @Test(arguments: [
    (1, "refused a batch: bad argument"), (2, "step 1: the model found a NaN or an infinity"),
    (3, "was compiled without its adjoint: compile it with --emit-grad"), (77, "unknown status"),
  ]) func whatTheModelAnswers(status: Int, message: String) throws {
    try withModel(["-DSTATUS=\(status)"]) { folder, module in
      var settings = settings(folder, "run", module: module)
      settings.modelName = "linear"
      expectFailure(message) { try train(settings, progress: silent) }
      // A missing adjoint is said before the first evaluation, which may take minutes.
      let metrics = folder + "/run/metrics.csv"
      #expect(FileManager.default.fileExists(atPath: metrics) == (status != 3))
    }
  }

  /// A model that checks its numbers and finds a NaN: what is measured of it is no number.
  @Test func aModelThatStopsAtNaN() throws {
    try withModel(["-DFORWARD_STATUS=2"]) { folder, module in
      var settings = settings(folder, "run", module: module)
      settings.modelName = "linear"
      expectFailure("step 1: the model found a NaN or an infinity") { try train(settings, progress: silent) }
      let metrics = try rows(folder + "/run/metrics.csv")
      #expect(metrics.count == 1 && metrics[0][4] == "nan" && metrics[0][6] == "nan")
    }
    try withModel(["-DFORWARD_STATUS=1"]) { folder, module in
      var settings = settings(folder, "run", module: module)
      settings.modelName = "linear"
      expectFailure("`linear` refused a batch: bad argument") { try train(settings, progress: silent) }
    }
  }

  /// A choice is learnt: the class of images that show it.
  @Test func learnsAChoice() throws {
    try withScratch { folder in
      // The pixel of an image's class is white.
      for (prefix, count) in [("train", 200), ("t10k", 50)] {
        let labels = (0..<count).map { UInt8($0 * 7 % 10) }
        let pixels: [UInt8] = labels.flatMap { label in (0..<10).map { UInt8($0 == label ? 255 : 0) } }
        try write(idx([count, 5, 2], pixels), to: "\(folder)/\(prefix)-images-idx3-ubyte")
        try write(idx([count], labels), to: "\(folder)/\(prefix)-labels-idx1-ubyte")
      }
      let module = try buildModels(folder, ["-DINPUTS=10", "-DOUTPUTS=10"])
      var settings = RunSettings(
        modelPath: module, dataFolder: folder, task: .classes, loss: .crossEntropy, out: folder + "/run")
      settings.modelName = "linear"
      settings.length = .epochs(20)
      settings.batch = 10
      settings.schedule.rate = 0.05
      try train(settings, progress: silent)
      let metrics = try rows(folder + "/run/metrics.csv")
      #expect(metrics.count == 21 && metrics.last![12] == "1.0" && metrics.last![6].isEmpty)
      #expect(Double(metrics.last![4])! < 0.2)
    }
  }

  @Test func progressHasALineAnEpoch() throws {
    try withModel { folder, module in
      nonisolated(unsafe) var lines: [String] = []
      try train(
        settings(folder, "run", module: module, steps: 16), progress: Progress(isTerminal: false) { lines.append($0) })
      #expect(lines.count == 4)
      #expect(lines[0] == "network: 137 parameters, 40 training samples, 20 test samples; 7 steps an epoch, 16 in all")
      #expect(
        zip(lines.dropFirst(), ["epoch 1  step 7 ", "epoch 2  step 14 ", "epoch 2.286  step 16 "]).allSatisfy {
          $0.hasPrefix($1)
        })
    }
  }

  @Test func baselinesByHand() throws {
    try withScratch { folder in
      try writeDataset(folder)
      let baselines = try LearningTask.image(.blur, oddOnly: true)
        .baselines(folder: folder, trainLimit: nil, testLimit: nil, threads: 2)
      #expect(baselines.map(\.name) == ["identity"] + (1...9).map { "rounds-\($0)" })
      let test = try Dataset(folder: folder, part: .test)
      let samples = try Samples<Double>(
        test, task: .image(.blur, oddOnly: true), part: .test, workers: Workers(threads: 1))
      var l1 = 0.0
      for sample in 0..<20 {
        for pixel in 0..<12 {
          l1 += abs(samples.inputs[0].row(sample)[pixel] - samples.target.row(sample)[pixel]) / 240
        }
      }
      #expect(isClose(baselines[0].measures.l1, l1, relative: 1e-6))
      #expect(baselines[0].measures.exact == test.labels.count { $0 % 2 == 0 })
      #expect(baselines[3].measures.exact == test.labels.count { $0 == 3 })
      let constant = try LearningTask.pairs(.or).baselines(folder: folder, trainLimit: nil, testLimit: nil, threads: 1)
      #expect(constant.count == 1 && constant[0].measures.count == 10)
    }
  }
}
