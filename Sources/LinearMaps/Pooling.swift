/// Windows of size × size entries, side by side; an incomplete remainder of the image is dropped.
public struct Pooling: Hashable, Sendable {
  /// Channels, height, width.
  public let image: [Int]
  public let size: Int
  public init(image: [Int], size: Int) {
    self.image = image
    self.size = size
  }

  /// Channels, height, width.
  public var out: [Int] { [image[0], image[1] / size, image[2] / size] }

  var isWellFormed: Bool { image.count == 3 && size >= 1 && image.allSatisfy { $0 >= 1 } }

  /// For every window, in the order of the results, the indices of its entries.
  public var windows: [[Int]] {
    (0..<image[0]).flatMap { c in
      (0..<out[1]).flatMap { i in
        (0..<out[2]).map { j in
          (0..<(size * size)).map { (c * image[1] + i * size + $0 / size) * image[2] + j * size + $0 % size }
        }
      }
    }
  }

  func average(_ x: [Double]) -> [Double] {
    windows.map { $0.reduce(0) { $0 + x[$1] } / Double(size * size) }
  }

  func averageTransposed(_ y: [Double]) -> [Double] {
    var result = [Double](repeating: 0, count: image.reduce(1, *))
    for (window, value) in zip(windows, y) { for index in window { result[index] = value / Double(size * size) } }
    return result
  }

  func maximum(_ x: [Double]) -> [Double] { windows.map { x[firstMaximum(of: $0, x)] } }

  func maximumAdjoint(_ x: [Double], _ w: [Double]) -> [Double] {
    var result = [Double](repeating: 0, count: x.count)
    for (window, value) in zip(windows, w) { result[firstMaximum(of: window, x)] = value }
    return result
  }

  /// The first of equal maxima; a NaN counts as one.
  private func firstMaximum(of window: [Int], _ x: [Double]) -> Int {
    var best = window[0]
    for index in window where x[index] > x[best] || x[index].isNaN && !x[best].isNaN { best = index }
    return best
  }
}
