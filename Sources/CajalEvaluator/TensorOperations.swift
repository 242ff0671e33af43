import CajalTyping

/// The numbers that the constants of section 5 compute with: plain ones and dual ones.
protocol Scalar: Sendable {
  static var zero: Self { get }
  static func + (a: Self, b: Self) -> Self
  static func * (a: Self, b: Self) -> Self
  static func apply(_ function: Elementwise, _ x: Self) -> Self
  static func choose(_ choice: Choice, _ a: Self, _ b: Self) -> Self
}

extension Double: Scalar {}

extension Primitive {
  /// How many operands the constant takes.
  var arity: Int {
    switch self {
    case .conv2d, .scale, .dot, .apply, .outer, .times, .choice: 2
    case .reshape, .transpose, .widen, .entry, .slice, .elementwise: 1
    }
  }

  /// About how many multiplications or moves an application takes, given the size of the result.
  func work(resultSize: Int) -> Int {
    switch self {
    case .conv2d(let kernel, let image): saturatingProduct(kernel + image)
    case .dot(let shape): saturatingProduct(shape)
    case .apply(let rows, let columns): saturatingProduct([rows, columns])
    case .scale, .outer, .reshape, .transpose, .widen, .times, .entry, .slice, .elementwise, .choice: resultSize
    }
  }

  /// The constant on its operands' entries (LANGUAGE.md, section 5). The operands of `scale` are vectors here.
  func compute<S: Scalar>(_ operands: [[S]]) -> [S] {
    switch self {
    case .conv2d(let kernel, let image): convolve(operands[0], kernel, operands[1], image)
    case .scale: operands[1].map { operands[0][0] * $0 }
    case .dot: [inner(operands[0], operands[1])]
    case .apply(_, let columns): multiply(operands[0], operands[1], columns: columns)
    case .outer: operands[0].flatMap { a in operands[1].map { a * $0 } }
    case .reshape: operands[0]
    case .times: zip(operands[0], operands[1]).map { $0 * $1 }
    case .entry(let index, let shape): part(operands[0], from: index, count: 1, shape)
    case .slice(let lower, let upper, let shape): part(operands[0], from: lower, count: upper - lower, shape)
    case .elementwise(let function, _): operands[0].map { S.apply(function, $0) }
    case .choice(let choice, _): zip(operands[0], operands[1]).map { S.choose(choice, $0, $1) }
    case .widen(let from, let to): operands[0] + [S](repeating: .zero, count: to - from)
    case .transpose(let rows, let columns):
      (0..<rows * columns).map { operands[0][($0 % rows) * columns + $0 / rows] }
    }
  }
}

/// So many entries along the first extent of a tensor.
private func part<S>(_ entries: [S], from index: Int, count: Int, _ shape: [Int]) -> [S] {
  let row = shape.dropFirst().reduce(1, *)
  return Array(entries[index * row..<(index + count) * row])
}

func saturatingProduct(_ factors: [Int]) -> Int {
  factors.reduce(1) { product, factor in
    let (value, overflow) = product.multipliedReportingOverflow(by: factor)
    return overflow ? Int.max : value
  }
}

func inner<S: Scalar>(_ a: [S], _ b: [S]) -> S {
  var sum = S.zero
  for (x, y) in zip(a, b) { sum = sum + x * y }
  return sum
}

/// A row-major matrix on a vector of `columns` entries.
func multiply<S: Scalar>(_ matrix: [S], _ vector: [S], columns: Int) -> [S] {
  (0..<matrix.count / columns).map { row in
    var sum = S.zero
    for column in 0..<columns { sum = sum + matrix[row * columns + column] * vector[column] }
    return sum
  }
}

/// Cross-correlation with zero padding that keeps the image's size; the kernel's sides are odd.
private func convolve<S: Scalar>(_ kernel: [S], _ k: [Int], _ image: [S], _ size: [Int]) -> [S] {
  var result: [S] = []
  result.reserveCapacity(image.count)
  for row in 0..<size[0] {
    for column in 0..<size[1] {
      var sum = S.zero
      for i in 0..<k[0] {
        let y = row + i - k[0] / 2
        guard y >= 0, y < size[0] else { continue }
        for j in 0..<k[1] {
          let x = column + j - k[1] / 2
          guard x >= 0, x < size[1] else { continue }
          sum = sum + kernel[i * k[1] + j] * image[y * size[1] + x]
        }
      }
      result.append(sum)
    }
  }
  return result
}
