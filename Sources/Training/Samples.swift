import Foundation

/// One value a sample, of `shape`: rows of a buffer, one after another; which, an index says, where samples share some.
struct Column<Element: BitwiseCopyable>: Sendable {
  let rows: Buffer<Element>
  let shape: [Int]
  let size: Int
  /// How many rows make a value.
  let places: Int
  let rowSize: Int
  /// For each place of each sample its row; nil: each has its own, in order.
  let index: Buffer<Int32>?

  init(_ rows: Buffer<Element>, shape: [Int], places: Int = 1, index: Buffer<Int32>? = nil) {
    self.rows = rows
    self.shape = shape
    self.places = places
    self.index = index
    size = shape.reduce(1, *)
    rowSize = size / places
  }

  /// Where a value is that one row makes.
  @inline(__always) func row(_ sample: Int) -> UnsafeMutablePointer<Element> {
    assert(places == 1)
    return place(sample)
  }

  @inline(__always) private func place(_ place: Int) -> UnsafeMutablePointer<Element> {
    let row = if let index { Int(index[place]) } else { place }
    return rows.base + row * rowSize
  }

  /// Copies the values of `count` samples, the numbers of which `sample` gives.
  @inline(__always) func gather(_ count: Int, _ sample: (Int) -> Int, to: UnsafeMutablePointer<Element>) {
    for position in 0..<count {
      let first = sample(position) * places
      for i in 0..<places {
        (to + position * size + i * rowSize).update(from: place(first + i), count: rowSize)
      }
    }
  }

  func values(of samples: [Int]) -> [Element] {
    [Element](unsafeUninitializedCapacity: samples.count * size) { buffer, count in
      count = samples.count * size
      if let base = buffer.baseAddress { gather(samples.count, { samples[$0] }, to: base) }
    }
  }
}

/// What samples have for an input of a model.
enum InputColumn<Real: TrainingReal>: Sendable {
  case reals(Column<Real>)
  /// Children or counts.
  case nodes(Column<Int32>)

  var shape: [Int] {
    switch self {
    case .reals(let column): column.shape
    case .nodes(let column): column.shape
    }
  }

  var size: Int { shape.reduce(1, *) }

  func fits(_ port: Port) -> Bool {
    switch (self, port.content) {
    case (.reals, .reals), (.reals, .table), (.nodes, .nodes): size == port.size
    case (.reals, .nodes), (.nodes, .reals), (.nodes, .table): false
    }
  }
}

/// What a model learns from or is tested on: inputs and targets, all there before the first step.
struct Samples<Real: TrainingReal>: Sendable {
  let count: Int
  /// One for each input of the model.
  let inputs: [InputColumn<Real>]
  let target: Column<Real>
  /// When an output is right.
  let answer: Answer
  /// Names of the inputs where the task has some, for messages.
  let inputNames: [String]
  /// A checksum of what they were made from.
  let checksum: UInt
}

extension Samples {
  /// - Parameter model: whose inputs they are checked against, by order, kind and size.
  func check(_ task: LearningTask, fit model: Model) throws {
    func list(_ shapes: [(String, [Int])]) -> String {
      shapes.isEmpty ? "none" : shapes.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
    }
    if inputs.count != model.inputs.count || !zip(inputs, model.inputs).allSatisfy({ $0.fits($1) }) {
      throw TrainingError(
        "the task `\(task.name)` gives the inputs \(list(zip(inputNames, inputs).map { ($0, $1.shape) })), "
          + "and the model `\(model.name)` takes \(list(model.inputs.map { ($0.name, $0.shape) }))")
    }
    if target.size != model.output.size {
      throw TrainingError(
        "the target of the task `\(task.name)` has the shape \(target.shape), "
          + "and the result of the model `\(model.name)` has the shape \(model.output.shape)")
    }
  }
}
