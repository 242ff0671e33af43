/// The samples of tasks with lists of images.
extension Samples {
  /// - Parameter model: what tables and targets are laid out for; nil: the least that fits.
  init(_ dataset: Dataset, lists task: ListTask, part: Dataset.Part, model: Model?, workers: Workers) throws {
    let layout: ListLayout
    if let model {
      guard let its = ListLayout(task, dataset, model) else {
        let inputs = model.inputs.map { "\($0.name) \($0.shape)" }.joined(separator: ", ")
        throw TrainingError(
          "the task `\(task.name)` gives a list of \(task.imagesInElement == 1 ? "images" : "pairs of images"), and the model `\(model.name)` takes "
            + "\(inputs.isEmpty ? "nothing" : inputs): a model that fits has \(task.declaration(dataset))")
      }
      layout = its
    } else {
      layout = ListLayout(task, dataset)
    }
    let lists: ImageLists
    switch task.kind {
    case .sum:
      lists = try ImageLists(dataset, task, part)
      let size = max(9 * task.size + 1, model?.output.size ?? 0)
      target = try Self.oneHot(lists.numbers(dataset).map { Int32($0.reduce(0, +)) }, dimension: size)
    case .carry:
      lists = try ImageLists(dataset, task, part)
      target = try Self.digits(lists.numbers(dataset).map(Self.digitsOfSum), count: task.size + 1)
    case .formula:
      let (formulas, values) = try ImageLists.formulas(dataset, size: task.size, part: part)
      lists = formulas
      let rows = try Buffer<Real>(values.count, for: "the values of formulas")
      for (sample, value) in values.enumerated() { rows[sample] = Real(value) }
      target = Column(rows, shape: [])
    }
    count = lists.lengths.count
    guard count > 0 else {
      throw TrainingError(
        "the \(dataset.count) images of the part `\(part.rawValue)` make no sample of the task `\(task.name)`")
    }
    let (tables, counts): (Column<Real>, Column<Int32>) = try lists.tables(dataset, layout, workers)
    inputs = [.reals(tables), .nodes(counts)]
    inputNames = ["images", "how many rows count"]
    answer = task.answer
    checksum = dataset.checksum
  }

  /// Of an addition, whose columns are pairs of digits, the most significant first; so is the result, a digit longer.
  static func digitsOfSum(_ digits: [Int]) -> [Int] {
    var (sum, carry) = ([Int](), 0)
    for column in stride(from: digits.count - 2, through: 0, by: -2) {
      carry += digits[column] + digits[column + 1]
      sum.append(carry % 10)
      carry /= 10
    }
    return (sum + [carry]).reversed()
  }

  /// So many one-hot vectors a sample.
  private static func digits(_ samples: [[Int]], count: Int) throws -> Column<Real> {
    let rows = try Buffer<Real>(samples.count * count * 10, for: "digits")
    for (sample, digits) in samples.enumerated() {
      for (place, digit) in digits.enumerated() { rows[(sample * count + place) * 10 + digit] = 1 }
    }
    return Column(rows, shape: [count, 10])
  }
}

extension ImageLists {
  /// All images in a random order, as lists of the task's size.
  fileprivate init(_ dataset: Dataset, _ task: ListTask, _ part: Dataset.Part) throws {
    self.init(imagesInElement: task.imagesInElement)
    lengths = Array(repeating: task.size, count: dataset.count / (task.size * imagesInElement))
    images = try Self.randomOrder(dataset.count, "lists:\(part.rawValue)")
      .prefix(lengths.count * task.size * imagesInElement).map { ListImage(image: $0, look: .plain) }
  }

  /// The classes of each list's images; all lists have as many.
  fileprivate func numbers(_ dataset: Dataset) -> [[Int]] {
    let each = lengths.isEmpty ? 0 : images.count / lengths.count
    return lengths.indices.map { list in
      images[list * each..<(list + 1) * each].map { Int(dataset.labels[$0.image]) }
    }
  }
}
