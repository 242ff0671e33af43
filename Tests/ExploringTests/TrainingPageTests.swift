import Diagnostics
import Driver
import Foundation
import TensorFiles
import TestSupport
import Testing

@testable import Exploring

/// What a page shows of a run (`--run`).
@Suite struct TrainingPageTests {
  private func page(_ run: SmallRun, weights: TensorFile? = nil) throws -> PageModel {
    try withScratch { folder in
      var options = CompilerOptions()
      options.gradients = true
      if let weights {
        try weights.write(to: folder + "/w.safetensors")
        options.weights = folder + "/w.safetensors"
      }
      let compilation = Compilation(source: Source(name: "m.cajal", text: twoModels), options: options)
      return try #require(try PageModel(compilation, run: try run.write(to: folder)))
    }
  }

  private func training(_ run: SmallRun) throws -> TrainingModel { try #require(try page(run).models[1].training) }

  @Test func curvesAndMeasures() throws {
    let training = try training(SmallRun())
    #expect(training.curves.map(\.name) == ["training", "validation", "test"] && training.loss == "mse")
    #expect(training.curves.map(\.steps) == [[1, 2, 3, 4], [0, 2, 4], [0, 2, 4]])
    #expect(training.curves[0].values == [2, 1, 0.6, 0.4] && training.curves[2].values == [4, 1.75, 1.1235])
    #expect(training.measures.header == ["step", "epoch", "train loss", "validation loss", "test loss"])
    #expect(training.measures.rows[1] == ["2", "1.0", "1.5", "1.25", "1.75"])
    #expect(training.settings.rows.map(\.[0]) == ["loss", "lr", "model", "steps"])
  }

  @Test func theBestWeightsAreThePages() throws {
    let models = try page(SmallRun()).models
    let (other, model) = (models[0], models[1])
    #expect(model.run.whyNot == nil && model.run.inputs[0].value == (0..<18).map { 100 + Double($0) })
    #expect(
      model.training?.notes == [
        "The run has done 4 of 4 steps.", "The parameters on this page are those of `best.safetensors`, of step 2.",
      ])
    // A unit's weights are an image of three rows.
    let kernels = try #require(model.kernels.first)
    #expect(kernels.tensor == "f.0.weight" && kernels.rows == 3 && kernels.columns == 2 && kernels.largest == 117)
    #expect(kernels.pictures.map(\.least) == [100, 106, 112] && kernels.leftOut == 0)
    #expect(other.training == nil && other.kernels.isEmpty && other.run.inputs[0].value == [1])
    var run = SmallRun()
    run.weights["best.safetensors"] = nil
    #expect(try page(run).models[1].run.inputs[0].value?.first == 0)
  }

  @Test func otherWeightsComeBeforeTheRuns() throws {
    var weights = SmallRun.weights(from: 50, step: 0)
    weights.tensors.append(Tensor("a", shape: [], values: [7 as Float]))
    let models = try page(SmallRun(), weights: weights).models
    #expect(models[0].run.inputs[0].value == [7] && models[1].run.inputs[0].value?.first == 50)
    #expect(models[1].kernels[0].pictures[0].least == 50)
    #expect(models[1].training?.notes.last?.contains("`--weights` named others") == true)
  }

  @Test func snapshotsAreInTheOrderOfTheirSteps() throws {
    let training = try training(SmallRun())
    let snapshots = try #require(training.snapshots)
    #expect(snapshots.sampleCount == 2 && training.snapshotNotes.isEmpty)
    #expect(snapshots.columns.map(\.title) == ["x", "step 0", "step 4", "step 10", "target"])
    #expect(snapshots.columns.map(\.role) == [.input, .output, .output, .output, .target])
    #expect(snapshots.columns.map(\.look) == [.picture, .numbers, .numbers, .numbers, .numbers])
    #expect(snapshots.columns[2].cells.map(\.numbers) == [[1, 2], [3, 4]])
    let input = snapshots.columns[0]
    #expect(input.rows == 3 && input.columns == 2 && input.scale == [0, 11] && input.cells[1].picture?.largest == 11)
  }

  @Test func aRunThatGoesOn() throws {
    var run = SmallRun()
    run.weights = [:]
    run.arrays = [:]
    run.steps = "step,loss,grad_norm\n1,2.0,1\n2,1.0,1\n3,0."
    run.metrics = "step,epoch,train_loss,validation_loss,test_loss,accuracy\n0,0.0,,,4.0,\n2,"
    let model = try page(run).models[1]
    let training = try #require(model.training)
    #expect(training.curves.map(\.name) == ["training", "test"] && training.curves.map(\.steps) == [[1, 2], [0]])
    #expect(training.notes[0] == "The run has done 2 of 4 steps." && training.notes[1].contains("--resume"))
    #expect(training.snapshots == nil && training.snapshotNotes[0].contains("--snapshots"))
    #expect(model.run.whyNot?.contains("not known") == true && model.kernels.isEmpty)
  }

  @Test func whatIsNotFiniteIsLeftOutAndSaid() throws {
    var run = SmallRun()
    run.steps = "step,loss,grad_norm\n1,2.0,1\n2,inf,1\n3,nan,1\n"
    run.metrics = "step,validation_loss,test_loss\n0,,nan\n2,,1e-320\n"
    run.arrays["4.npy"] = NumpyFile.bytes([Float.nan, 1, 2, .infinity], shape: [2, 2])
    run.arrays["input-x.npy"] = NumpyFile.bytes(
      [Float.nan, -.infinity, 1, 2, 3, 4] + [Float](repeating: .nan, count: 6), shape: [2, 3, 2])
    let training = try training(run)
    #expect(training.curves.map(\.steps) == [[1], [2]])
    #expect(
      training.notes.dropFirst(2) == [
        "2 training losses left out: not a finite number.", "1 test loss left out: not a finite number.",
      ])
    let columns = try #require(training.snapshots?.columns)
    #expect(columns[2].cells[0].numbers?[0].isNaN == true && columns[2].cells[1].numbers?[1] == .infinity)
    let pictures = columns[0].cells.compactMap(\.picture)
    #expect(pictures.map(\.strange) == [2, 6] && pictures[0].least == 1 && pictures[1].largest == nil)
    #expect(Data(base64Encoded: pictures[0].pixels).map(Array.init) == [255, 255, 0, 85, 169, 254])
    _ = try page(run).html()
  }

  @Test func muchIsCutAndSaid() throws {
    var run = SmallRun()
    run.steps = "step,loss,grad_norm\n" + (1...2_500).map { "\($0),1.0,1\n" }.joined()
    run.arrays = ["target.npy": SmallRun.array(15, [2])]
    for step in 0..<30 { run.arrays["\(step * 7).npy"] = SmallRun.array(15, [2]) }
    let training = try training(run)
    #expect(training.curves[0].steps.count == 834)
    #expect(training.notes.contains("Of the training losses 834 of 2500 are drawn, evenly."))
    #expect(
      training.snapshotNotes == ["Of 30 snapshots 12 are shown.", "Of 15 samples the first 10 are shown."])
    let columns = try #require(training.snapshots?.columns)
    #expect(columns.count == 13 && columns[0].title == "step 0" && columns[11].title == "step 203")
    #expect(columns.allSatisfy { $0.cells.count == 10 })
  }

  /// The picture of an image with channels has them beside each other.
  @Test func looks() throws {
    func look(_ shape: [Int]) -> TensorLook? { TensorLayout(shape: shape, dimension: shape.reduce(1, *))?.look }
    #expect(look([28, 28]) == .picture && look([3, 8, 8]) == .picture && look([3, 30, 30]) == nil)
    #expect(look([41]) == .curves && look([101, 2]) == .curves && look([101, 7]) == nil)
    #expect(look([]) == .numbers && look([10]) == .numbers && look([1, 4]) == .numbers && look([65, 65]) == nil)
    let layout = try #require(TensorLayout(shape: [2, 2, 3], dimension: 12))
    #expect(layout.rows == 2 && layout.columns == 6)
    let arranged = layout.arranged((0..<12).map(Double.init), shape: [2, 2, 3])
    #expect(arranged == [0, 1, 2, 6, 7, 8, 3, 4, 5, 9, 10, 11])
  }

  @Test func kernelsOfConvolutions() throws {
    try withScratch { folder in
      let file = folder + "/w.safetensors"
      let weights = [Float](repeating: -2, count: 2 * 9) + [Float](repeating: 1, count: 2 * 9)
      try TensorFile(tensors: [
        Tensor("g.0.weight", shape: [2, 2, 3, 3], values: weights),
        Tensor("g.0.bias", shape: [2], values: [0, 0 as Float]),
        Tensor("g.1.weight", shape: [2, 32], values: [Float](repeating: 0, count: 64)),
        Tensor("g.1.bias", shape: [2], values: [0, 0 as Float]),
      ]).write(to: file)
      var options = CompilerOptions()
      (options.gradients, options.weights) = (true, file)
      let text = "net g (x : Real[2,4,4]) : Real[2] = conv 2 3x3 | dense\nmodel m (x : Real[2,4,4]) : Real[2] = g x"
      let page = try #require(
        try PageModel(Compilation(source: Source(name: "g.cajal", text: text), options: options)))
      let kernels = try #require(page.models[0].kernels.first)
      #expect(kernels.rows == 3 && kernels.columns == 6 && kernels.largest == 2)
      let pixels = kernels.pictures.map { Set(Data(base64Encoded: $0.pixels) ?? Data()) }
      #expect(pixels == [[0], [191]])
    }
  }
}
