/// One round of a task's transform of an image; a task applies as many rounds as the image's class says.
public enum ImageTransform: Sendable {
  /// A vertical convolution with (1, 2, 1)/4 and a border of zeros.
  case blur
  /// Vertical dilation by a maximum over three rows with a background of zeros, then `interpolation` of the way there.
  case dilate

  static let interpolation = 0.7

  /// Applies `rounds` rounds to the image in place; `scratch` has room for one image.
  func apply<Real: TrainingReal>(
    rounds: Int, to image: UnsafeMutablePointer<Real>, rows: Int, columns: Int, scratch: UnsafeMutablePointer<Real>
  ) {
    let interpolation = Real(Self.interpolation)
    for _ in 0..<rounds {
      scratch.update(from: image, count: rows * columns)
      for row in 0..<rows {
        let (to, middle) = (image + row * columns, scratch + row * columns)
        let (hasAbove, hasBelow) = (row > 0, row + 1 < rows)
        for column in 0..<columns {
          let here = middle[column]
          let above = hasAbove ? middle[column - columns] : 0
          let below = hasBelow ? middle[column + columns] : 0
          switch self {
          case .blur: to[column] = (above + 2 * here + below) / 4
          case .dilate:
            var largest = above > below ? above : below
            if here > largest { largest = here }
            if largest < 0 { largest = 0 }
            to[column] = here + interpolation * (largest - here)
          }
        }
      }
    }
  }
}
