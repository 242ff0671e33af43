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

extension Pooling {
  var text: String { (image + [size]).map(String.init).joined(separator: ", ") }

  init(_ text: ComputationText) throws {
    let sizes = try (0..<4).map(text.whole)
    guard sizes[3] >= 1 else { throw text.fail("`\(text.name)` wants windows of at least one entry") }
    try text.checkSize(sizes + [sizes[3]])
    self.init(image: Array(sizes.prefix(3)), size: sizes[3])
  }
}

struct AveragePool: Family {
  let pooling: Pooling
  let isTransposed: Bool

  var text: String { "\(isTransposed ? "averageUnpool" : "averagePool")[\(pooling.text)]" }
  var noun: String { isTransposed ? "pooled_bar" : "pooled" }
  var operandCount: Int { 1 }
  var isCheap: Bool { false }

  static func read(_ text: ComputationText) throws -> Computation? {
    switch text.name {
    case "averagePool": .averagePool(try Pooling(text))
    case "averageUnpool": .averageUnpool(try Pooling(text))
    default: nil
    }
  }

  func violation(_ operands: [Space], _ result: Space) -> String? {
    let (image, out) = isTransposed ? (result, operands[0]) : (operands[0], result)
    return require(
      pooling.isWellFormed && pooling.image.reduce(1, *) == image.dimension
        && pooling.out.reduce(1, *) == out.dimension,
      "does not fit its image")
  }

  func run(_ operands: [[Double]], _ dimension: Int) -> [Double] {
    isTransposed ? pooling.averageTransposed(operands[0]) : pooling.average(operands[0])
  }

  func dependence(_ operands: [Dependence]) -> Dependence { operands[0] }
  func work(_ dimension: Int) -> Double { pooling.image.reduce(1.0) { $0 * Double($1) } }
}
