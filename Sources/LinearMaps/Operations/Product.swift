/// op(A)·op(B) with op(A) of m × k and op(B) of k × n, row-major.
///
/// One operation is all of: applying a matrix (n = 1), its transpose, the dot product (m = n = 1), the outer
/// product (k = 1), scaling by an entry (k = 1 and m or n = 1), and composition.
public struct Product: Hashable, Sendable {
  public let m: Int
  public let k: Int
  public let n: Int
  /// The left operand is stored as k × m.
  public let transposeLeft: Bool
  /// The right operand is stored as n × k.
  public let transposeRight: Bool

  public init(m: Int, k: Int, n: Int, transposeLeft: Bool = false, transposeRight: Bool = false) {
    self.m = m
    self.k = k
    self.n = n
    self.transposeLeft = transposeLeft && m > 1 && k > 1
    self.transposeRight = transposeRight && k > 1 && n > 1
  }

  /// One operand is a scalar.
  public var isScaling: Bool { k == 1 && (m == 1 || n == 1) }
}

extension Product: Family {
  var text: String {
    "product[\(m), \(k), \(n)\(transposeLeft ? ", left" : "")\(transposeRight ? ", right" : "")]"
  }
  var noun: String { isScaling ? "scaled" : "product" }
  var operandCount: Int { 2 }
  var isCheap: Bool { false }

  static func read(_ text: ComputationText) throws -> Computation? {
    guard text.name == "product" else { return nil }
    let sizes = try (0..<3).map(text.whole)
    for index in 0..<3 { try text.checkSize(sizes.enumerated().filter { $0.offset != index }.map(\.element)) }
    return .product(
      Product(
        m: sizes[0], k: sizes[1], n: sizes[2], transposeLeft: text.settings.contains("left"),
        transposeRight: text.settings.contains("right")))
  }

  func violation(_ operands: [Space], _ result: Space) -> String? {
    let (sizes, size) = (operands.map(\.dimension), result.dimension)
    return require(
      m * k == sizes[0] && k * n == sizes[1] && m * n == size,
      "multiplies \(sizes) to \(size) as \(m) × \(k) × \(n)")
  }

  func run(_ operands: [[Double]], _ dimension: Int) -> [Double] {
    let (a, b) = (operands[0], operands[1])
    var result = [Double](repeating: 0, count: m * n)
    for i in 0..<m {
      for j in 0..<n {
        var sum = 0.0
        for l in 0..<k {
          sum += a[transposeLeft ? l * m + i : i * k + l] * b[transposeRight ? j * k + l : l * n + j]
        }
        result[i * n + j] = sum
      }
    }
    return result
  }

  func dependence(_ operands: [Dependence]) -> Dependence { operands[0].multiplying(operands[1]) }
  func work(_ dimension: Int) -> Double { Double(m) * Double(k) * Double(n) }
}
