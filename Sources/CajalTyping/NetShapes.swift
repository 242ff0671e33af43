import CajalSyntax

/// The shapes of LANGUAGE.md, section 6: `[channels, height, width]` for an image, `[size]` for a vector.
enum LayerResult {
  case shape([Int])
  /// Nothing fits; says what is wrong, and what would fit.
  case misfit(String, help: String)
}

extension Layer.Kind {
  /// What comes out of the layer.
  func output(of input: [Int]) -> LayerResult {
    switch self {
    case .convolution(let channels, let kernel, let stride, let isValid):
      guard input.count == 3 else { return Self.needsImage }
      guard isValid || kernel.allSatisfy({ $0 % 2 == 1 }) else {
        return .misfit(
          "a kernel of even size has no middle", help: "use an odd size, or `valid`, which needs no border")
      }
      var shape = [channels]
      for (extent, size) in zip(input.dropFirst(), kernel) {
        let padded = isValid ? extent : extent + 2 * (size / 2)
        guard padded >= size else {
          return .misfit(
            "the kernel is larger than the image, \(Self.describe(input))",
            help: "use a smaller kernel, or leave out `valid`: then the border is filled with zeros")
        }
        shape.append((padded - size) / stride + 1)
      }
      return .shape(shape)
    case .dense(let size): return .shape([size ?? 1])
    case .pool(_, let size):
      guard input.count == 3 else { return Self.needsImage }
      guard input.dropFirst().allSatisfy({ $0 >= size }) else {
        return .misfit(
          "its squares are larger than the image, \(Self.describe(input))",
          help: "pool smaller squares, or fewer times")
      }
      return .shape([input[0], input[1] / size, input[2] / size])
    case .activation, .within: return .shape(input)
    }
  }

  private static let needsImage = LayerResult.misfit(
    "an image is needed, and a vector comes in",
    help: "put it before `dense`, or give the net one parameter of type Real[h,w] or Real[c,h,w]")

  static func describe(_ shape: [Int]) -> String {
    shape.count == 1 ? "a vector of \(shape[0])" : "[\(shape.map(String.init).joined(separator: ","))]"
  }

  /// How many parameters the layer has; nil beyond `Int`.
  func parameterCount(input: [Int], output: [Int]) -> Int? {
    switch self {
    case .convolution(let channels, let kernel, _, _):
      return product([channels, input[0]] + kernel).flatMap { sum($0, channels) }
    case .dense:
      guard let inputs = product(input) else { return nil }
      return product([inputs, output[0]]).flatMap { sum($0, output[0]) }
    case .pool, .activation, .within: return 0
    }
  }
}

/// nil beyond `Int`.
func product(_ factors: [Int]) -> Int? {
  factors.reduce(1) { product, factor in
    product.flatMap {
      let (value, overflow) = $0.multipliedReportingOverflow(by: factor)
      return overflow ? nil : value
    }
  }
}

/// nil beyond `Int`.
func sum(_ a: Int, _ b: Int) -> Int? {
  let (value, overflow) = a.addingReportingOverflow(b)
  return overflow ? nil : value
}

extension TypedLayer {
  /// Weights and biases.
  public var parameterCount: Int { kind.parameterCount(input: input, output: output)! }
}

extension Net {
  /// Parameters in one net.
  static let maximumParameters = 1 << 31

  public var parameterCount: Int { layers.reduce(0) { $0 + $1.parameterCount } }
}
