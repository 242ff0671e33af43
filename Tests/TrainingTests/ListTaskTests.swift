import Foundation
import TensorFiles
import TestSupport
import Testing

@testable import Training

/// Tasks of lists of images.
@Suite struct ListTaskTests: SmallRuns {
  /// 60 images of 1 by 2 pixels, the first of which is their number; class 0 has each third.
  private let dataset = Dataset(
    rows: 1, columns: 2, pixels: (0..<60).flatMap { [UInt8($0), 200] },
    labels: (0..<60).map { $0 % 3 == 0 ? 0 : UInt8($0 % 9 + 1) })

  private func samples(
    _ task: String, part: Dataset.Part = .train, model: Model? = nil, of dataset: Dataset? = nil
  ) throws -> Samples<Double> {
    try Samples(
      dataset ?? self.dataset, lists: #require(ListTask(name: task)), part: part, model: model,
      workers: Workers(threads: 2))
  }

  /// The rows of a sample that count.
  private func countedRows(_ samples: Samples<Double>, _ sample: Int, row size: Int) -> [[Double]] {
    let count = Int(samples.inputs[1].nodes([sample])[0])
    let values = samples.inputs[0].reals([sample])
    #expect(values[(count * size)...].allSatisfy { $0 == 0 })
    return (0..<count).map { Array(values[$0 * size..<($0 + 1) * size]) }
  }

  private func image(_ pixel: Double) -> Int { Int((pixel * 255).rounded()) }

  private func target(_ samples: Samples<Double>, _ sample: Int) -> [Double] { samples.target.values(of: [sample]) }

  @Test func names() {
    for name in ["sum:1", "sum:64", "carry:4", "formula:7"] {
      #expect(LearningTask(name: name)?.name == name)
    }
    for name in ["sum", "sum:", "sum:0", "sum:65", "sum:x", "sum:02", "sum:+2", "sum:1:2", "add:2", ":2"] {
      #expect(LearningTask(name: name) == nil)
    }
    #expect(LearningTask.names.contains("sum:K") && LearningTask(name: "sum:K") == nil)
    #expect(LearningTask(name: "sum:2")?.usualLoss == .nll && LearningTask(name: "formula:2")?.usualLoss == .mse)
  }

  @Test(arguments: [1, 2, 7]) func sums(size: Int) throws {
    let samples = try samples("sum:\(size)")
    #expect(samples.count == 60 / size && samples.target.shape == [9 * size + 1] && samples.answer == .choices(1))
    #expect(samples.inputs[0].shape == [size + 1, 4] && samples.inputs[1].shape == [1])
    var seen: Set<Int> = []
    for sample in 0..<samples.count {
      let rows = countedRows(samples, sample, row: 4)
      #expect(rows.count == size + 1 && rows.last == [1, 0, 0, 0])
      let images = rows.dropLast().map { image($0[2]) }
      #expect(rows.dropLast().allSatisfy { $0[0] == 0 && $0[1] == 1 && $0[3] == 200.0 / 255 })
      seen.formUnion(images)
      let sum = images.reduce(0) { $0 + Int(dataset.labels[$1]) }
      #expect(target(samples, sample) == (0...9 * size).map { $0 == sum ? 1 : 0 })
    }
    // No image is there twice.
    #expect(seen.count == samples.count * size)
    // The parts have orders of their own.
    let test = try self.samples("sum:\(size)", part: .test)
    #expect(samples.inputs[0].reals([0, 1, 2]) != test.inputs[0].reals([0, 1, 2]))
  }

  @Test(arguments: [1, 3]) func additions(size: Int) throws {
    let samples = try samples("carry:\(size)")
    #expect(samples.count == 30 / size && samples.target.shape == [size + 1, 10])
    #expect(samples.answer == .choices(size + 1))
    for sample in 0..<samples.count {
      let rows = countedRows(samples, sample, row: 6)
      #expect(rows.count == size + 1 && rows.last == [1, 0, 0, 0, 0, 0])
      func number(_ place: Int) -> Int {
        rows.dropLast().reduce(0) { $0 * 10 + Int(dataset.labels[image($1[place])]) }
      }
      let digits = String(number(2) + number(4))
      let padded = (String(repeating: "0", count: size + 1 - digits.count) + digits).map { Int(String($0))! }
      #expect(target(samples, sample) == padded.flatMap { digit in (0..<10).map { $0 == digit ? 1 : 0 } })
    }
  }

  @Test func carriesGoAllTheWay() {
    #expect(Samples<Float>.digitsOfSum([9, 0, 9, 0, 9, 1]) == [1, 0, 0, 0])
    #expect(Samples<Float>.digitsOfSum([0, 0]) == [0, 0])
    #expect(Samples<Float>.digitsOfSum([9, 9, 9, 9]) == [1, 9, 8])
  }

  @Test func valuesOfFormulas() {
    func value(_ first: Int, _ rest: (FormulaOperator, Int)...) -> Double { Formula(first: first, rest: rest).value }
    #expect(value(7) == 7)
    #expect(value(1, (.plus, 2), (.times, 3)) == 7)
    #expect(value(1, (.minus, 2), (.minus, 3)) == -4)
    #expect(value(8, (.over, 4), (.over, 4), (.times, 3)) == 1.5)
    #expect(value(9, (.minus, 6), (.over, 3), (.times, 2), (.plus, 1)) == 6)
    #expect(value(1, (.minus, 1)) == 0)
  }

  /// Formulas are read back from the images, and their values are what awk says.
  @Test(arguments: [1, 2, 3, 7]) func formulas(size: Int) throws {
    let samples = try samples("formula:\(size)")
    let most = (size + 1) / 2 * 2 - 1
    #expect(
      samples.inputs[0].shape == [most + 1, 4] && samples.target.shape == [] && samples.answer == .number(within: 0.01))
    #expect(size == 1 ? samples.count == 40 : samples.count <= 60 / size && samples.count > 0)
    var lengths: Set<Int> = []
    var (seen, texts): (Set<String>, [String]) = ([], [])
    for sample in 0..<samples.count {
      let rows = countedRows(samples, sample, row: 4)
      #expect(rows.last == [1, 0, 0, 0])
      lengths.insert(rows.count - 1)
      var text = ""
      for (place, row) in rows.dropLast().enumerated() {
        let pixels = row[2...].map(image)
        let symbol: String
        if place % 2 == 0 {
          #expect(pixels[1] == 200 && dataset.labels[pixels[0]] != 0)
          symbol = "\(dataset.labels[pixels[0]]).0"
        } else {
          // Of class 0 and so a multiple of 3; 200 is beside it, or its negative 55.
          let (isMirrored, isNegative) = (
            pixels[0] == 200 || pixels[0] == 55, pixels.contains(55) && !pixels.contains(200)
          )
          let number = pixels[isMirrored ? 1 : 0]
          #expect(dataset.labels[isNegative ? 255 - number : number] == 0)
          symbol = isMirrored ? (isNegative ? "/" : "*") : isNegative ? "-" : "+"
        }
        #expect(seen.insert("\(symbol) \(pixels)").inserted)
        text += symbol
      }
      texts.append(text)
    }
    let program = texts.map { "printf \"%.17g\\n\", \($0)\n" }.joined()
    let values = try run("awk", ["BEGIN { \(program) }"]).output.split(separator: "\n").map { Double($0) ?? .nan }
    #expect(values.count == samples.count)
    for (sample, (text, value)) in zip(texts, values).enumerated() {
      #expect(isClose(target(samples, sample)[0], value), "\(text)")
    }
    #expect(lengths == Set(stride(from: 1, through: most, by: 2)))
  }

  @Test func tooFewImages() throws {
    let three = Dataset(rows: 1, columns: 1, pixels: [1, 2, 3], labels: [0, 0, 0])
    for task in ["sum:4", "carry:2", "formula:4", "formula:1"] {
      expectFailure("the 3 images of the part `test` make no sample of the task `\(task)`") {
        _ = try samples(task, part: .test, of: three)
      }
    }
  }

  /// A model's table may have more rows, and its constructors may stand in another order; its result may be larger.
  @Test(arguments: [[], ["-DSWAPPED"]]) func modelsThatFit(flags: [String]) throws {
    try withScratch { folder in
      let library = try ModelLibrary(path: try buildTable(folder, flags + ["-DOUTPUTS=22", "-DROWS=5"]))
      let model = try library.model(named: nil)
      let (fitted, least) = (try samples("sum:2", model: model), try samples("sum:2"))
      try fitted.check(#require(LearningTask(name: "sum:2")), fit: model)
      #expect(fitted.inputs[0].shape == [5, 4] && fitted.target.shape == [22])
      for sample in 0..<fitted.count {
        let rows = countedRows(least, sample, row: 4).map { flags.isEmpty ? $0 : [$0[1], $0[0]] + $0[2...] }
        #expect(countedRows(fitted, sample, row: 4) == rows)
        #expect(target(fitted, sample) == target(least, sample) + [0, 0, 0])
      }
      expectFailure(
        "the task `carry:2` gives a list of pairs of images, and the model `table` takes xs [5, 4], xs.nodes [1]: a model that fits "
          + "has `type Img = Real[1,2]`, `data Columns = End | Column Img Img Columns` and the one input `xs : Columns[3]`, "
          + "of so many rows or more"
      ) { _ = try samples("carry:2", model: model) }
      // Too few rows; another size of images; a result that is too small.
      expectFailure("the one input `xs : Images[6]`") { _ = try samples("sum:5", model: model) }
      let small = Dataset(rows: 1, columns: 1, pixels: [1, 2], labels: [1, 2])
      expectFailure("`type Img = Real[1,1]`") { _ = try samples("sum:1", model: model, of: small) }
      let three = try #require(LearningTask(name: "sum:3"))
      expectFailure(
        "the target of the task `sum:3` has the shape [28], and the result of the model `table` has the shape [22]"
      ) { try samples("sum:3", model: model).check(three, fit: model) }

      let images = try ModelLibrary(path: try buildModels(folder)).model(named: "linear")
      expectFailure(
        "the task `sum:2` gives a list of images, and the model `linear` takes x [3]: a model that fits has"
      ) {
        _ = try samples("sum:2", model: images)
      }
      let trees = try ModelLibrary(path: try buildTable(folder, ["-DARITY=2"], name: "trees.so")).model(named: nil)
      expectFailure("the model `table` takes xs [4, 4], xs.nodes [8]") { _ = try samples("sum:2", model: trees) }
    }
  }

  /// Runs of each task, with the measures that they are judged by; the samples do not depend on the seed.
  @Test(arguments: [("sum:2", 19, 10), ("carry:2", 30, 5), ("formula:3", 1, 6)])
  func runs(name: String, outputs: Int, testSamples: Int) throws {
    try withScratch { folder in
      try writeDataset(folder)
      let task = try #require(LearningTask(name: name))
      let field = 12 * (name == "carry:2" ? 2 : 1)
      let path = try buildTable(folder, ["-DFIELD=\(field)", "-DOUTPUTS=\(outputs)"])
      var settings = RunSettings(modelPath: path, dataFolder: folder, task: task, loss: .mse, out: folder + "/run")
      settings.length = .steps(40)
      settings.batch = 4
      settings.schedule.rate = 0.01
      settings.threads = 2
      try train(settings, progress: silent)
      let metrics = try rows(settings.out + "/metrics.csv")
      let losses = metrics.map { Double($0[4]) ?? .nan }
      #expect(losses.allSatisfy(\.isFinite) && losses.last! < losses[0])
      // test_l1, psnr and exact are for images.
      #expect(metrics.allSatisfy { $0[5...11].allSatisfy(\.isEmpty) && (0...1).contains(Double($0[12]) ?? -1) })
      for (folderName, threads) in [("again", 1), ("other", 3)] {
        var again = settings
        (again.out, again.threads) = ("\(folder)/\(folderName)", threads)
        try train(again, progress: silent)
        try expectSame(settings.out, again.out)
      }
      var evaluation = EvaluationSettings(modelPath: path, dataFolder: folder, task: task, loss: task.usualLoss)
      evaluation.weightsPath = settings.out + "/model.safetensors"
      evaluation.limit = 20
      #expect(try evaluate(evaluation).count == testSamples)
    }
  }

  @Test func baselines() throws {
    try withScratch { folder in
      try writeDataset(folder, train: 200)
      for (name, count) in [("sum:2", 10), ("carry:1", 10), ("formula:1", 18)] {
        let task = try #require(LearningTask(name: name))
        let found = try task.baselines(folder: folder, trainLimit: nil, testLimit: nil, threads: 1)
        #expect(found.map(\.name) == ["constant"] && found[0].measures.loss.isFinite)
        #expect(name == "formula:1" ? (15...20).contains(found[0].measures.count) : found[0].measures.count == count)
      }
    }
  }
}
