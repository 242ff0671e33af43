/// The trilinear form Σ kernel[o,c,a,b] · image[c, s·i + a − p, s·j + b − q] · out[o,i,j] over all o, c, a, b, i, j for
/// which the image has that entry, solved for one of the three: the two operands are the other two, in the order
/// kernel, image, out. Each role's transposes are the other roles.
public struct Convolution: Hashable, Sendable {
  public enum Role: String, Hashable, Sendable, CaseIterable { case out, image, kernel }
  /// Channels of `out`, channels of the image, height, width.
  public let kernel: [Int]
  /// Channels, height, width.
  public let image: [Int]
  /// s.
  public let stride: Int
  /// p and q: rows above and columns left of the image that count as 0.
  public let padding: [Int]
  /// Channels, height, width.
  public let out: [Int]
  public let role: Role

  /// - Parameters:
  ///   - padding: as many zeros after the image as before it.
  public init(kernel: [Int], image: [Int], stride: Int, padding: [Int], role: Role) {
    self.kernel = kernel
    self.image = image
    self.stride = stride
    self.padding = padding
    self.role = role
    out = [kernel[0]] + (0..<2).map { (image[$0 + 1] + 2 * padding[$0] - kernel[$0 + 2]) / stride + 1 }
  }

  /// `conv2d` of LANGUAGE.md, section 5: one channel, zero padding "same", odd extents of the kernel.
  public init(kernel: [Int], image: [Int], role: Role) {
    self.init(
      kernel: [1, 1] + kernel, image: [1] + image, stride: 1, padding: kernel.map { $0 / 2 }, role: role)
  }

  public func with(role: Role) -> Convolution {
    Convolution(kernel: kernel, image: image, stride: stride, padding: padding, role: role)
  }

  /// The multiplications of any role, those with zeros around the image counted.
  public var work: Double { (kernel + out.dropFirst()).reduce(1.0) { $0 * Double($1) } }

  public func extents(of role: Role) -> [Int] {
    switch role {
    case .out: out
    case .image: image
    case .kernel: kernel
    }
  }

  /// The roles of the two operands.
  public var operands: [Role] {
    switch role {
    case .out: [.kernel, .image]
    case .image: [.kernel, .out]
    case .kernel: [.image, .out]
    }
  }

  var isWellFormed: Bool {
    kernel.count == 4 && image.count == 3 && padding.count == 2 && stride >= 1 && kernel[1] == image[0]
      && (kernel + image).allSatisfy { $0 >= 1 } && padding.allSatisfy { $0 >= 0 }
      && (0..<2).allSatisfy { image[$0 + 1] + 2 * padding[$0] >= kernel[$0 + 2] }
  }
}

extension Convolution: Family {
  var text: String {
    let sizes = kernel + image + [stride] + padding
    return "conv2d[\(sizes.map(String.init).joined(separator: ", ")), \(role.rawValue)]"
  }
  var noun: String { "convolved" }
  var operandCount: Int { 2 }
  var isCheap: Bool { false }

  static func read(_ text: ComputationText) throws -> Computation? {
    guard text.name == "conv2d" else { return nil }
    guard text.settings.count == 11, let role = Role(rawValue: text.settings[10]), try text.whole(7) >= 1 else {
      throw text.fail("`conv2d` wants ten sizes and a role")
    }
    let sizes = try (0..<10).map(text.whole)
    try text.checkSize(Array(sizes[0..<4]))
    try text.checkSize(Array(sizes[4..<7]))
    // No less than what comes out, whichever is larger, kernel or image.
    let height: Int = sizes[2] + sizes[5] + 2 * sizes[8] + 1
    let width: Int = sizes[3] + sizes[6] + 2 * sizes[9] + 1
    try text.checkSize([sizes[0], height, width])
    return .conv2d(
      Convolution(
        kernel: Array(sizes[0..<4]), image: Array(sizes[4..<7]), stride: sizes[7], padding: Array(sizes[8..<10]),
        role: role))
  }

  func violation(_ operands: [Space], _ result: Space) -> String? {
    let expected = self.operands.map { extents(of: $0).reduce(1, *) }
    return require(
      isWellFormed && operands.map(\.dimension) == expected && result.dimension == extents(of: role).reduce(1, *),
      "does not fit its kernel and image")
  }

  func dependence(_ operands: [Dependence]) -> Dependence { operands[0].multiplying(operands[1]) }
  func work(_ dimension: Int) -> Double { work }

  /// By the definition.
  func run(_ operands: [[Double]], _ dimension: Int) -> [Double] {
    let (first, second) = (operands[0], operands[1])
    var result = [Double](repeating: 0, count: extents(of: role).reduce(1, *))
    for o in 0..<kernel[0] {
      for c in 0..<kernel[1] {
        for i in 0..<out[1] {
          for j in 0..<out[2] {
            for a in 0..<kernel[2] {
              for b in 0..<kernel[3] {
                let (row, column) = (stride * i + a - padding[0], stride * j + b - padding[1])
                guard row >= 0, row < image[1], column >= 0, column < image[2] else { continue }
                let k = ((o * kernel[1] + c) * kernel[2] + a) * kernel[3] + b
                let x = (c * image[1] + row) * image[2] + column
                let y = (o * out[1] + i) * out[2] + j
                switch role {
                case .out: result[y] += first[k] * second[x]
                case .image: result[x] += first[k] * second[y]
                case .kernel: result[k] += first[x] * second[y]
                }
              }
            }
          }
        }
      }
    }
    return result
  }
}
