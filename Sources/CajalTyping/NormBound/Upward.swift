/// Arithmetic on numbers that are not negative, rounded up: a bound stays a bound. What is exact stays exact.
enum Upward {
  /// 0 times infinity is 0: the infinity stands for a number of which nothing is known but that it is finite.
  static func product(_ a: Double, _ b: Double) -> Double {
    if a == 0 || b == 0 { return 0 }
    let product = a * b
    if product.isInfinite { return .infinity }
    // The error of a product that is not tiny is a number, and its sign says on which side the product lies.
    let isTiny = product < 0x1p-960
    return isTiny || (-product).addingProduct(a, b) > 0 ? product.nextUp : product
  }

  static func sum(_ a: Double, _ b: Double) -> Double {
    let sum = a + b
    if sum.isInfinite { return .infinity }
    let (large, small) = a >= b ? (a, b) : (b, a)
    return small - (sum - large) > 0 ? sum.nextUp : sum
  }

  static func sum(_ numbers: some Sequence<Double>) -> Double { numbers.reduce(0, sum) }

  static func root(_ a: Double) -> Double {
    if a == 0 || a.isInfinite { return a }
    let root = a.squareRoot()
    return a < 0x1p-960 || (-a).addingProduct(root, root) < 0 ? root.nextUp : root
  }

  /// √(a² + b²)
  static func hypotenuse(_ a: Double, _ b: Double) -> Double {
    if a == 0 { return b }
    if b == 0 { return a }
    return root(sum(product(a, a), product(b, b)))
  }
}
