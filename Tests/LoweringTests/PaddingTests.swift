import Diagnostics
import Driver
import LinearMaps
import Lowering
import Testing

/// The padding of `conv` (LANGUAGE.md, section 6): ⌊K/2⌋ zeros on each side at every stride.
@Suite struct PaddingTests {
  private struct Image {
    let size: Int
    let values: [Double]

    init(size: Int, values: [Double]) { (self.size, self.values) = (size, values) }
    /// Whole numbers, so that all sums are exact.
    init(size: Int, _ value: (_ row: Int, _ column: Int) -> Int) {
      self.size = size
      values = (0..<(size * size)).map { Double(value($0 / size, $0 % size)) }
    }

    /// 0 outside.
    subscript(row: Int, column: Int) -> Double {
      (0..<size).contains(row) && (0..<size).contains(column) ? values[row * size + column] : 0
    }
  }

  /// The formula, with so many zeros before the image.
  private func convolution(_ kernel: Image, _ image: Image, stride: Int, before: Int, _ outSize: Int) -> [Double] {
    Image(size: outSize) { i, j in
      var sum = 0.0
      for a in 0..<kernel.size {
        for b in 0..<kernel.size {
          sum += kernel[a, b] * image[stride * i + a - before, stride * j + b - before]
        }
      }
      return Int(sum)
    }.values
  }

  /// What the language makes of `conv 1 KxK stride S`.
  private func compiled(_ kernel: Image, _ image: Image, stride: Int, _ outSize: Int) throws -> [Double] {
    let (k, n) = (kernel.size, image.size)
    let text = """
      net f (x : Real[\(n),\(n)]) : Real[\(outSize),\(outSize)] = conv 1 \(k)x\(k) stride \(stride)
      model m (x : Real[\(n),\(n)]) : Real[\(outSize),\(outSize)] = f x
      """
    let compilation = Compilation(source: Source(name: "m.cajal", text: text), options: CompilerOptions())
    let model = try #require(compilation.models?.first, "\(compilation.diagnostics.items.map(\.message))")
    return Interpreter().run(model.graph, [kernel.values, [0], image.values])[0]
  }

  private func sample(_ size: Int, _ width: Int) -> (kernel: Image, image: Image) {
    (Image(size: width) { ($0 * 7 + $1 * 3) % 11 - 5 }, Image(size: size) { ($0 * 13 + $1 * 5) % 17 - 8 })
  }

  @Test(arguments: [1, 2, 3], [1, 3, 5, 7]) func halfOfTheKernelOnEachSide(stride: Int, width: Int) throws {
    for size in [7, 8, 9, 10, 27, 28] {
      let (kernel, image) = sample(size, width)
      let outSize = (size + stride - 1) / stride
      #expect(
        try compiled(kernel, image, stride: stride, outSize)
          == convolution(kernel, image, stride: stride, before: width / 2, outSize),
        "\(size) pixels, a kernel of \(width), stride \(stride)")
    }
  }

  /// The zeros before the image as onnxruntime 1.32.0, lax 0.10.2 and Keras 3.15.1 put them, printed by
  /// findings/padding-same-shifts-windows.sh: where they are ours the values are, and where they are not, they are not.
  @Test(arguments: [
    (size: 28, width: 5, stride: 1, lower: 2, upper: 2), (size: 28, width: 5, stride: 2, lower: 2, upper: 1),
    (size: 27, width: 5, stride: 2, lower: 2, upper: 2), (size: 27, width: 5, stride: 3, lower: 1, upper: 1),
    (size: 28, width: 5, stride: 3, lower: 2, upper: 2), (size: 29, width: 5, stride: 3, lower: 2, upper: 1),
    (size: 27, width: 3, stride: 3, lower: 0, upper: 0),
  ]) func paddingsOfOthers(case item: (size: Int, width: Int, stride: Int, lower: Int, upper: Int)) throws {
    let (kernel, image) = sample(item.size, item.width)
    let outSize = (item.size + item.stride - 1) / item.stride
    let ours = try compiled(kernel, image, stride: item.stride, outSize)
    // The formula of the table in LANGUAGE.md.
    let zeros = max((outSize - 1) * item.stride + item.width - item.size, 0)
    #expect(((zeros + 1) / 2, zeros / 2) == (item.lower, item.upper))
    for before in [item.lower, item.upper] {
      let theirs = convolution(kernel, image, stride: item.stride, before: before, outSize)
      #expect((ours == theirs) == (before == item.width / 2), "\(before) zeros before the image")
    }
  }
}
