/// The samples that a task makes of labelled images. Pixels are in [0, 1].
extension Samples {
  init(_ dataset: Dataset, task: LearningTask, part: Dataset.Part, workers: Workers) throws {
    let images = try Self.images(of: dataset, workers)
    checksum = dataset.checksum
    answer = .choices(1)
    switch task {
    case .image(let transform, let oddOnly):
      count = dataset.count
      inputs = [.reals(images)]
      inputNames = ["image"]
      target = try Self.transformed(images, by: transform, dataset, workers) { image in
        LearningTask.rounds(label: dataset.labels[image], oddOnly: oddOnly)
      }
    case .classes:
      count = dataset.count
      inputs = [.reals(images)]
      inputNames = ["image"]
      target = try Self.oneHot(dataset.labels.map { Int32($0) }, dimension: Dataset.classCount)
    case .pairs(let predicate):
      // The same pairs whatever the seed of a run.
      let order = try Buffer<Int32>(dataset.count, for: "pairs of images")
      RandomStream(seed: 0, name: "pairs:\(part.rawValue)").permute(
        UnsafeMutableBufferPointer(start: order.base, count: order.count))
      count = dataset.count / 2
      guard count > 0 else { throw TrainingError("a single image makes no pair") }
      let (first, second) = (try Buffer<Int32>(count, for: "pairs"), try Buffer<Int32>(count, for: "pairs"))
      var truths: [Int32] = []
      for pair in 0..<count {
        (first[pair], second[pair]) = (order[2 * pair], order[2 * pair + 1])
        func isEven(_ image: Int32) -> Bool { dataset.labels[Int(image)] % 2 == 0 }
        truths.append(predicate.holds(isEven(first[pair]), isEven(second[pair])) ? 0 : 1)
      }
      inputs = [first, second].map { .reals(Column(images.rows, shape: images.shape, index: $0)) }
      inputNames = ["first image", "second image"]
      target = try Self.oneHot(truths, dimension: 2)
    case .lists, .files: preconditionFailure("the inputs of this task are no images")
    }
  }

  private static func images(of dataset: Dataset, _ workers: Workers) throws -> Column<Real> {
    let rows = try Buffer<Real>(dataset.pixels.count, for: "\(dataset.count) images")
    let values = (0...255).map { Real($0) / 255 }
    dataset.pixels.withUnsafeBufferPointer { pixels in
      nonisolated(unsafe) let pixels = pixels
      workers.runChunks(of: dataset.pixels.count, size: 1 << 20) { _, range in
        for index in range { rows.base[index] = values[Int(pixels[index])] }
      }
    }
    return Column(rows, shape: [dataset.rows, dataset.columns])
  }

  /// A row for each image: the image after as many rounds of a transform as `rounds` says.
  static func transformed(
    _ images: Column<Real>, by transform: ImageTransform, _ dataset: Dataset, _ workers: Workers,
    rounds: @Sendable (_ image: Int) -> Int
  ) throws -> Column<Real> {
    let rows = try Buffer<Real>(images.rows.count, for: "\(dataset.count) transformed images")
    let scratch = try Buffer<Real>(images.size * workers.threads, for: "a transform")
    workers.run(dataset.count) { image, worker in
      let row = rows.base + image * images.size
      row.update(from: images.row(image), count: images.size)
      transform.apply(
        rounds: rounds(image), to: row, rows: dataset.rows, columns: dataset.columns,
        scratch: scratch.base + worker * images.size)
    }
    return Column(rows, shape: images.shape)
  }

  /// The unit vectors of these positions.
  static func oneHot(_ positions: [Int32], dimension: Int) throws -> Column<Real> {
    let different = Int(positions.max() ?? -1) + 1
    let rows = try Buffer<Real>(different * dimension, for: "classes")
    for position in 0..<different { rows[position * dimension + position] = 1 }
    let index = try Buffer<Int32>(positions.count, for: "classes")
    for (sample, position) in positions.enumerated() { index[sample] = position }
    return Column(rows, shape: [dimension], index: index)
  }
}
