/// One tensor of a file: row-major, its elements as little-endian bytes.
public struct Tensor: Sendable {
  public let name: String
  public let dtype: DType
  public let shape: [Int]
  public let bytes: [UInt8]

  /// A tensor of values; their number is the product of the shape.
  public init<Element: TensorElement>(_ name: String, shape: [Int], values: UnsafeBufferPointer<Element>) {
    precondition(values.count == shape.reduce(1, *), "a tensor's shape and its number of values differ")
    self.init(unchecked: name, Element.dtype, shape, Array(UnsafeRawBufferPointer(values)))
  }

  public init<Element: TensorElement>(_ name: String, shape: [Int], values: [Element]) {
    self = values.withUnsafeBufferPointer { Tensor(name, shape: shape, values: $0) }
  }

  /// `bytes` has as many as the type and the shape say.
  init(unchecked name: String, _ dtype: DType, _ shape: [Int], _ bytes: [UInt8]) {
    self.name = name
    self.dtype = dtype
    self.shape = shape
    self.bytes = bytes
  }

  public var count: Int { shape.reduce(1, *) }

  /// Copies the values to `to`, which has room for `count` of them.
  ///
  /// The caller has checked that `dtype` is the element's.
  func copyValues<Element: TensorElement>(to: UnsafeMutablePointer<Element>) {
    precondition(dtype == Element.dtype)
    UnsafeMutableRawBufferPointer(start: to, count: bytes.count).copyBytes(from: bytes)
  }
}
