import Foundation
import TensorFiles
import TestSupport
import Testing

@testable import Training

/// Models that take tables, and files that hold some.
@Suite struct TableTests: SmallRuns {
  /// Lists of up to four rows with two reals in an element, or such trees.
  private func withTable(
    _ flags: [String] = [], _ body: (_ folder: String, _ model: Model, _ path: String) throws -> Void
  ) throws {
    try withScratch { folder in
      let path = try buildTable(folder, flags)
      let library = try ModelLibrary(path: path)
      try body(folder, try library.model(named: nil), path)
      withExtendedLifetime(library) {}
    }
  }

  private static let list = Tensor(
    "xs", shape: [2, 4, 4], values: (0..<2).flatMap { [0, 1, Float($0), 1, 0, 1, 5, 6, 1, 0, 0, 0, 9, 9, 9, 9] })
  /// A node with two leaves, and a row that does not count; then a leaf.
  private static let trees = Tensor(
    "xs", shape: [2, 16],
    values: [[0, 1, 0, 0, 1, 0, 1, 2, 1, 0, 3, 4, 9, 9, 9, 9], [1, 0, 5, 6] + .init(repeating: 0, count: 12)].joined()
      .map { Float($0) })
  private static let children: [Int32] = [1, 2] + .init(repeating: -1, count: 14)
  private static let target = Tensor("target", shape: [2, 1], values: [1, 2] as [Float])

  private func nodes<Element: TensorElement>(_ shape: [Int], _ values: [Element]) -> Tensor {
    Tensor("xs.nodes", shape: shape, values: values)
  }

  @Test func tablesAsTheyAreDescribed() throws {
    try withTable { _, model, _ in
      let rows = Table.Nodes(rows: 4, arity: 1)
      guard case .table(let table) = model.inputs[0].content else { throw TrainingError("no table") }
      #expect(table.nodes == rows && table.rowSize == 4 && rows.isList && rows.size == 1)
      #expect(table.parts.map(\.name) == ["End", "Image", "Image.1"])
      #expect(table.parts.map(\.range) == [0..<1, 1..<2, 2..<4])
      #expect(model.inputs[1].name == "xs.nodes" && model.inputs[1].content == .nodes(rows))
      #expect(model.output.content == .reals)
    }
    try withTable(["-DARITY=2"]) { _, model, _ in
      #expect(model.inputs[1].content == .nodes(Table.Nodes(rows: 4, arity: 2)) && model.inputs[1].size == 8)
    }
  }

  @Test(arguments: 1...16) func aDamagedTableIsRefused(damage: Int) throws {
    try withScratch { folder in
      let path = try buildTable(folder, ["-DDAMAGE=\(damage)"])
      let error = #expect(throws: TrainingError.self) { try ModelLibrary(path: path) }
      let message =
        switch damage {
        case 1, 3: "the input `xs.nodes` is missing"
        case 2, 4, 5: "does not follow its table"
        case 16: "the result of `table` is a table"
        default: "describes no table that could be"
        }
      #expect(error?.description.contains(message) == true, "\(damage): \(error as Any)")
    }
  }

  @Test func listsOfFiles() throws {
    try withTable { folder, model, _ in
      let file = folder + "/train.safetensors"
      func samples(_ tensors: [Tensor], limit: Int? = nil) throws -> Samples<Float> {
        try TensorFile(tensors: tensors).write(to: file)
        return try Samples(file: file, model: model, limit: limit)
      }
      let counts = [
        nodes([2], [3, 0] as [Int32]), nodes([2, 1], [3, 0] as [Int32]), nodes([2], [3, 0] as [Int64]),
      ]
      for tensor in counts {
        let read = try samples([Self.list, tensor, Self.target])
        #expect(read.count == 2 && read.inputs[1].nodes([0, 1]) == [3, 0])
        #expect(read.inputs[0].reals([1]).prefix(4) == [0, 1, 1, 1])
        try read.check(.files, fit: model)
      }
      #expect(try samples([Self.list, Self.target]).inputs[1].nodes([1, 0]) == [4, 4])
      #expect(try samples([Self.list, counts[0], Self.target], limit: 1).inputs[1].nodes([0]) == [3])

      func expect(_ tensors: [Tensor], _ message: String, sourceLocation: SourceLocation = #_sourceLocation) {
        expectFailure(file + message, sourceLocation: sourceLocation) { _ = try samples(tensors + [Self.target]) }
      }
      for (counts, bad, sample) in [([5, 0], 5, 0), ([0, -1], -1, 1), ([3, 1 << 40], 1 << 40, 1)]
        as [([Int64], Int, Int)]
      {
        expect(
          [Self.list, nodes([2], counts)],
          ": the tensor \"xs.nodes\" has in sample \(sample) the count \(bad): a list has 0 to 4 rows")
      }
      expect(
        [Self.list, nodes([3], [1, 1, 1] as [Int32])], ": the tensor \"xs.nodes\" has the shape [3] instead of [2]")
      expect(
        [Self.list, nodes([2], [1, 1] as [Float])], ": the tensor \"xs.nodes\" has the type F32, and only whole numbers"
      )
      expect([nodes([2], [1, 1] as [Int32])], ": there is no tensor \"xs\" of shape [2, 4, 4]")
      expect(
        [Tensor("xs", shape: [2, 3, 4], values: [Float](repeating: 0, count: 24))],
        ": the tensor \"xs\" has the shape [2, 3, 4] instead of [2, 4, 4]")
      var values = [Double](repeating: 0, count: 32)
      values[16 + 9] = .nan
      expect([Tensor("xs", shape: [2, 16], values: values)], ": the tensor \"xs\" holds nan in sample 1, row 2")
      expect(
        [Self.list, Tensor("ys.nodes", shape: [2], values: [1, 1] as [Int32])], ": there is a tensor \"ys.nodes\"")
    }
  }

  @Test func treesOfFiles() throws {
    try withTable(["-DARITY=2"]) { folder, model, _ in
      let file = folder + "/train.safetensors"
      func samples(_ tensors: [Tensor]) throws -> Samples<Float> {
        try TensorFile(tensors: tensors + [Self.target]).write(to: file)
        return try Samples(file: file, model: model, limit: nil)
      }
      for shape in [[2, 4, 2], [2, 8]] {
        let read = try samples([Self.trees, nodes(shape, Self.children)])
        #expect(read.inputs[1].nodes([0, 1]) == Self.children)
        try read.check(.files, fit: model)
      }
      func expect(_ message: String, _ tensors: [Tensor], sourceLocation: SourceLocation = #_sourceLocation) {
        expectFailure(file + message, sourceLocation: sourceLocation) { _ = try samples([Self.trees] + tensors) }
      }
      expect(": there is no tensor \"xs.nodes\" of shape [2, 4, 2]", [])
      expect(": the tensor \"xs.nodes\" has the shape [2] instead of [2, 4, 2]", [nodes([2], [1, 1] as [Int32])])
      // A row itself, one before it, one behind the table, none, and one of the last row, which has none.
      for (place, child, range) in [
        (0, 0, "1 to 3"), (3, 1, "2 to 3"), (4, 1, "3 to 3"), (1, 4, "1 to 3"), (5, -2, "3 to 3"),
      ] {
        var bad = Self.children.map { Int64($0) }
        bad[8 + place] = Int64(child)
        expect(
          ": the tensor \"xs.nodes\" has in sample 1, row \(place / 2), the child \(child): it is -1 for none, or a row "
            + "from \(range)", [nodes([2, 4, 2], bad)])
      }
      var last = Self.children
      last[7] = 3
      expect(
        ": the tensor \"xs.nodes\" has in sample 0, row 3, the child 3: it is -1 for none, as this is the last row",
        [nodes([2, 4, 2], last)])
    }
  }

  /// The gradients and results are those of the sums that the models are, and what does not count is not read.
  @Test(arguments: [1, 2]) func aRunOnTables(arity: Int) throws {
    try withTable(["-DARITY=\(arity)", "-DREAL=double"]) { folder, _, path in
      let inputs =
        arity == 1 ? [Self.list, nodes([2], [3, 1] as [Int32])] : [Self.trees, nodes([2, 8], Self.children)]
      for part in ["train", "test"] {
        try TensorFile(tensors: inputs + [Self.target]).write(to: "\(folder)/\(part).safetensors")
      }
      try TensorFile(tensors: [
        Tensor("weight", shape: [1, 2], values: [1, 10.0]), Tensor("bias", shape: [1], values: [100.0]),
      ]).write(to: folder + "/weights.safetensors")
      var evaluation = EvaluationSettings(modelPath: path, dataFolder: folder, task: .files, loss: .mse)
      evaluation.weightsPath = folder + "/weights.safetensors"
      evaluation.outputsPath = folder + "/outputs.safetensors"
      evaluation.outputSamples = [1, 0]
      _ = try evaluate(evaluation)
      let saved = try TensorFile(reading: folder + "/outputs.safetensors")
      // Of the lists: the end is the third row of the first, and is missing in the second. Of the trees: two leaves, and one.
      let outputs: [Double] = arity == 1 ? [11, 10 + 5 + 60 + 100] : [65, 21 + 43]
      #expect(try saved.values(named: "output", as: Double.self) == outputs)
      #expect(saved["input.xs"]?.shape == [2, 4, 4] && saved["input.xs.nodes"]?.dtype == .i32)
      let expectedNodes: [Int32] = arity == 1 ? [1, 3] : Array(Self.children[8...] + Self.children[..<8])
      #expect(try saved.values(named: "input.xs.nodes", as: Int32.self) == expectedNodes)

      var settings = RunSettings(modelPath: path, dataFolder: folder, task: .files, loss: .mse, out: folder + "/run")
      settings.length = .steps(600)
      settings.evaluateEvery = 600
      settings.checkpointEvery = 600
      settings.batch = 2
      settings.schedule.rate = 0.05
      settings.snapshots = [600]
      try train(settings, progress: silent)
      let losses = try rows(settings.out + "/metrics.csv").map { Double($0[4]) ?? .nan }
      #expect(losses.count == 2 && losses[1] < losses[0] / 100, "\(losses)")
      let npy = try #require(contents(settings.out + "/snapshots/input-xs.nodes.npy"))
      #expect(npy.count == 128 + 4 * 2 * (arity == 1 ? 1 : 8))
      #expect(String(decoding: npy.prefix(128), as: UTF8.self).contains("'descr': '<i4'"))
    }
  }

  /// The sizes of an image and of a table with its nodes may agree: what they are does not.
  @Test func aTableIsNoImage() throws {
    try withTable(["-DROWS=1", "-DFIELD=1", "-DOUTPUTS=2"]) { _, model, _ in
      #expect(model.inputs.map(\.size) == [3, 1])
      let dataset = Dataset(rows: 1, columns: 1, pixels: [1, 2], labels: [1, 2])
      let samples = try Samples<Float>(dataset, task: .pairs(.xor), part: .train, workers: Workers(threads: 1))
      expectFailure("the model `table` takes xs [1, 3], xs.nodes [1]") { try samples.check(.pairs(.xor), fit: model) }
      let column = try Column(Buffer<Float>(3, for: "a test"), shape: [3])
      let (one, ones) = (InputColumn.reals(column), try Column(Buffer<Float>(1, for: "a test"), shape: [1]))
      #expect(one.fits(model.inputs[0]) && !one.fits(model.inputs[1]))
      #expect(!InputColumn.reals(ones).fits(model.inputs[1]))
    }
  }
}
