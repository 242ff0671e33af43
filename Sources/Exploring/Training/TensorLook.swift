/// How a page shows a tensor of a sample.
enum TensorLook: String, Encodable, Sendable {
  case picture
  /// Lines over the first index, one for each column.
  case curves
  /// A row of numbers, coloured.
  case numbers
}

/// A tensor's look, and the rows and columns that it takes.
struct TensorLayout: Equatable, Sendable {
  let look: TensorLook
  let rows: Int
  let columns: Int

  /// Nil where it is too large for a page.
  init?(shape: [Int], dimension: Int) {
    if shape.count <= 1, Self.isCourse(dimension, 1) {
      self.init(.curves, dimension, 1)
    } else if shape.count == 2, Self.isCourse(shape[0], shape[1]) {
      self.init(.curves, shape[0], shape[1])
    } else if shape.count == 2, Self.isPicture(shape[0], shape[1]) {
      self.init(.picture, shape[0], shape[1])
    } else if shape.count == 3, Self.isPicture(shape[1], shape[0] * shape[2]) {
      self.init(.picture, shape[1], shape[0] * shape[2])
    } else if dimension <= PageLimit.entries {
      self.init(.numbers, 1, dimension)
    } else {
      return nil
    }
  }

  private init(_ look: TensorLook, _ rows: Int, _ columns: Int) {
    (self.look, self.rows, self.columns) = (look, rows, columns)
  }

  /// A state over time has many rows and few columns.
  private static func isCourse(_ rows: Int, _ columns: Int) -> Bool {
    PageLimit.course ~= rows && 1...PageLimit.courseColumns ~= columns
  }

  private static func isPicture(_ rows: Int, _ columns: Int) -> Bool {
    2...PageLimit.extent ~= rows && 2...PageLimit.extent ~= columns
  }

  /// Entries in the order of the rows, the channels of an image beside each other.
  func arranged(_ entries: [Double], shape: [Int]) -> [Double] {
    guard look == .picture, shape.count == 3 else { return entries }
    let (channels, height, width) = (shape[0], shape[1], shape[2])
    return (0..<height).flatMap { row in
      (0..<channels).flatMap { channel in
        let start = (channel * height + row) * width
        return entries[start..<start + width]
      }
    }
  }
}
