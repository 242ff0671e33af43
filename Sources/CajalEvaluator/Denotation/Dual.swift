/// A number with its derivative in one direction: arithmetic on these computes both, exactly.
public struct Dual: Hashable, Sendable {
  public var value: Double
  public var tangent: Double

  public init(_ value: Double, _ tangent: Double = 0) {
    self.value = value
    self.tangent = tangent
  }

  public static let zero = Dual(0)
  public static let one = Dual(1)

  public static func + (a: Dual, b: Dual) -> Dual { Dual(a.value + b.value, a.tangent + b.tangent) }
  public static func * (a: Dual, b: Dual) -> Dual {
    Dual(a.value * b.value, a.value * b.tangent + a.tangent * b.value)
  }

  /// Neither the number nor its derivative is there: a term weighted with it vanishes from a sum.
  var vanishes: Bool { value == 0 && tangent == 0 }
}

extension Dual: Scalar {}

extension [Dual] {
  /// Constants, or, with a direction, the point with the direction attached.
  public init(_ values: [Double], direction: [Double]? = nil) {
    if let direction {
      self = zip(values, direction).map { Dual($0, $1) }
    } else {
      self = values.map { Dual($0) }
    }
  }

  public var values: [Double] { map(\.value) }
  public var tangents: [Double] { map(\.tangent) }
}
