/// An image where it stands in a list.
struct ListImage: Equatable, Sendable {
  enum Look: Sendable {
    case plain, negative
    /// Left and right exchanged.
    case mirrored, mirroredNegative

    var isNegative: Bool {
      switch self {
      case .plain, .mirrored: false
      case .negative, .mirroredNegative: true
      }
    }

    var isMirrored: Bool {
      switch self {
      case .plain, .negative: false
      case .mirrored, .mirroredNegative: true
      }
    }
  }

  let image: Int
  let look: Look

  /// Writes its pixels; `values` are those of the bytes.
  func write<Real>(_ dataset: Dataset, _ values: [Real], to pixels: UnsafeMutablePointer<Real>) {
    let start = image * dataset.imageSize
    for row in 0..<dataset.rows {
      for column in 0..<dataset.columns {
        let from = look.isMirrored ? dataset.columns - 1 - column : column
        let byte = Int(dataset.pixels[start + row * dataset.columns + from])
        pixels[row * dataset.columns + column] = values[look.isNegative ? 255 - byte : byte]
      }
    }
  }
}

/// Lists of images, before they are tables.
struct ImageLists: Sendable {
  let imagesInElement: Int
  /// Those of all elements of all lists, in order.
  var images: [ListImage] = []
  /// How many elements each list has.
  var lengths: [Int] = []

  init(imagesInElement: Int) { self.imagesInElement = imagesInElement }

  /// A permutation that is the same whatever the seed of a run.
  static func randomOrder(_ count: Int, _ name: String) throws -> [Int] {
    let order = try Buffer<Int32>(count, for: "an order of images")
    RandomStream(seed: 0, name: name).permute(UnsafeMutableBufferPointer(start: order.base, count: count))
    return order.elements.map { Int($0) }
  }

  /// As tables, and how many rows of each count. All share a row for the end, and one of zeros for what is behind it.
  func tables<Real: TrainingReal>(
    _ dataset: Dataset, _ layout: ListLayout, _ workers: Workers
  ) throws -> (Column<Real>, Column<Int32>) {
    let elements = images.count / imagesInElement
    let rows = try Buffer<Real>((elements + 2) * layout.rowSize, for: "\(images.count) images")
    let (end, zeros) = (elements, elements + 1)
    rows[end * layout.rowSize + layout.end] = 1
    let values = (0...255).map { Real($0) / 255 }
    workers.run(elements) { element, _ in
      let row = rows.base + element * layout.rowSize
      row[layout.element] = 1
      for place in 0..<imagesInElement {
        images[element * imagesInElement + place]
          .write(dataset, values, to: row + layout.images + place * dataset.imageSize)
      }
    }
    let index = try Buffer<Int32>(lengths.count * layout.rows, for: "lists of images")
    let counts = try Buffer<Int32>(lengths.count, for: "lists of images")
    var next = 0
    for (list, length) in lengths.enumerated() {
      counts[list] = Int32(length + 1)
      for row in 0..<layout.rows {
        index[list * layout.rows + row] = Int32(row < length ? next + row : row == length ? end : zeros)
      }
      next += length
    }
    let shape = [layout.rows, layout.rowSize]
    return (Column(rows, shape: shape, places: layout.rows, index: index), Column(counts, shape: [1]))
  }
}

/// Where a list of images has what in the rows of its table.
struct ListLayout: Equatable {
  let rows, rowSize: Int
  /// Of the weights of the constructors.
  let end, element: Int
  /// Where the images of an element begin, one after another.
  let images: Int

  /// That of `data Images = End | Image Img Images`.
  init(_ task: ListTask, _ dataset: Dataset) {
    rows = task.elements + 1
    rowSize = 2 + task.imagesInElement * dataset.imageSize
    (end, element, images) = (0, 1, 2)
  }

  /// That of a model; nil where it has no such list.
  init?(_ task: ListTask, _ dataset: Dataset, _ model: Model) {
    guard model.inputs.count == 2, case .table(let table) = model.inputs[0].content, table.nodes.isList,
      table.nodes.rows > task.elements
    else { return nil }
    let weights = table.parts.filter { !$0.name.contains(".") }
    let fields = table.parts.filter { $0.name.contains(".") }
    guard weights.count == 2, weights.allSatisfy({ $0.range.count == 1 }), let first = fields.first,
      let element = weights.firstIndex(where: { weight in
        fields.allSatisfy { $0.name.hasPrefix(weight.name + ".") }
      }),
      zip(fields, fields.dropFirst()).allSatisfy({ $0.range.upperBound == $1.range.lowerBound }),
      fields.reduce(0, { $0 + $1.range.count }) == task.imagesInElement * dataset.imageSize
    else { return nil }
    (rows, rowSize) = (table.nodes.rows, table.rowSize)
    self.element = weights[element].range.lowerBound
    end = weights[1 - element].range.lowerBound
    images = first.range.lowerBound
  }
}
