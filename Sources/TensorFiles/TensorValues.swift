/// A tensor that a file has to hold.
public struct ExpectedTensor: Sendable {
  public let name: String
  public let shape: [Int]

  public init(name: String, shape: [Int]) {
    self.name = name
    self.shape = shape
  }
}

extension TensorFile {
  /// Throws one error that lists every tensor that is missing, unknown, or has another shape or type than `dtype`.
  public func check(holdsExactly expected: [ExpectedTensor], dtype: DType) throws {
    try check(holdsExactly: expected, dtypes: [dtype])
  }

  /// The same, where each tensor may have any of several types.
  public func check(holdsExactly expected: [ExpectedTensor], dtypes: [DType]) throws {
    var problems: [String] = []
    for tensor in expected {
      guard let found = self[tensor.name] else {
        problems.append("\(quoted(tensor.name)) of shape \(shapeText(tensor.shape)) is missing")
        continue
      }
      if found.shape != tensor.shape {
        problems.append(
          "\(quoted(tensor.name)) has the shape \(shapeText(found.shape)) instead of \(shapeText(tensor.shape))")
      }
      if !dtypes.contains(found.dtype) {
        let allowed = dtypes.map(\.rawValue).joined(separator: " or ")
        problems.append("\(quoted(tensor.name)) has the type \(found.dtype.rawValue) instead of \(allowed)")
      }
    }
    let known = Set(expected.map { Array($0.name.utf8) })
    for tensor in tensors where !known.contains(Array(tensor.name.utf8)) {
      problems.append("\(quoted(tensor.name)) of shape \(shapeText(tensor.shape)) is unknown")
    }
    guard problems.isEmpty else {
      throw problem("does not hold the tensors that are needed:\n  " + problems.joined(separator: "\n  "))
    }
  }

  /// The values of a tensor, row-major; `shape` nil takes any.
  public func values<Element: TensorElement>(
    named name: String, shape: [Int]? = nil, as element: Element.Type = Element.self
  ) throws -> [Element] {
    let tensor = try tensor(named: name, shape: shape, Element.dtype)
    return [Element](unsafeUninitializedCapacity: tensor.count) { buffer, count in
      if let base = buffer.baseAddress { tensor.copyValues(to: base) }
      count = tensor.count
    }
  }

  /// Copies the values of a tensor to `to`, which has room for as many as `shape` says.
  public func copyValues<Element: TensorElement>(
    named name: String, shape: [Int], to: UnsafeMutablePointer<Element>
  ) throws {
    try tensor(named: name, shape: shape, Element.dtype).copyValues(to: to)
  }

  private func tensor(named name: String, shape: [Int]?, _ dtype: DType) throws -> Tensor {
    guard let tensor = self[name] else {
      let there = tensors.isEmpty ? "no tensor" : tensors.prefix(20).map { quoted($0.name) }.joined(separator: ", ")
      throw problem("has no tensor \(quoted(name)); it has \(there)")
    }
    if let shape, tensor.shape != shape {
      throw problem(
        "the tensor \(quoted(name)) has the shape \(shapeText(tensor.shape)) instead of \(shapeText(shape))")
    }
    guard tensor.dtype == dtype else {
      throw problem("the tensor \(quoted(name)) has the type \(tensor.dtype.rawValue) instead of \(dtype.rawValue)")
    }
    return tensor
  }
}
