/// The values of one input for a batch.
public enum Input<Real: CajalReal>: Sendable, ExpressibleByArrayLiteral {
  /// One sample after another, batch × size reals. An array literal is this.
  case packed([Real])
  /// One sample, `size` reals, for the whole batch. Its gradient is the sum over the batch.
  case shared([Real])

  public init(arrayLiteral elements: Real...) { self = .packed(elements) }

  var reals: [Real] {
    switch self {
    case .packed(let reals), .shared(let reals): reals
    }
  }
}

/// Reals at an address that stays, for as long as somebody has them.
final class Reals<Real: CajalReal>: @unchecked Sendable {  // written only where it is made
  let pointer: UnsafeMutablePointer<Real>
  let count: Int

  init(_ values: [Real]) {
    count = values.count
    pointer = .allocate(capacity: max(count, 1))
    pointer.initialize(from: values, count: count)
  }

  deinit { pointer.deallocate() }
}

/// Aligned memory that a function works in.
final class Workspace {
  private(set) var pointer: UnsafeMutableRawPointer
  private var bytes: Int

  init(bytes: Int) {
    self.bytes = bytes
    pointer = .allocate(byteCount: max(bytes, 1), alignment: workspaceAlignment)
  }

  /// Has at least so many bytes; what was there is there still, perhaps elsewhere.
  func grow(to needed: Int) {
    guard needed > bytes else { return }
    let larger = UnsafeMutableRawPointer.allocate(byteCount: needed, alignment: workspaceAlignment)
    larger.copyMemory(from: pointer, byteCount: bytes)
    pointer.deallocate()
    (pointer, bytes) = (larger, needed)
  }

  deinit { pointer.deallocate() }
}
