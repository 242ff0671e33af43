/// The values of one input for a batch.
public indirect enum Input<Real: CajalReal>: Sendable, ExpressibleByArrayLiteral {
  /// One sample after another, batch × size reals. An array literal is this.
  case packed([Real])
  /// One sample, `size` reals, for the whole batch. Its gradient is the sum over the batch.
  case shared([Real])
  /// Lists or trees: their rows, `.packed` or `.shared`, and their nodes. Its gradient is that of the rows.
  case table(Input, nodes: Nodes)

  public init(arrayLiteral elements: Real...) { self = .packed(elements) }

  var reals: [Real] {
    switch self {
    case .packed(let reals), .shared(let reals): reals
    case .table(let rows, nodes: _): rows.reals
    }
  }

  var isShared: Bool {
    switch self {
    case .packed: false
    case .shared: true
    case .table(let rows, nodes: _): rows.isShared
    }
  }

  /// nil of what is no table.
  var nodes: Nodes? {
    switch self {
    case .packed, .shared: nil
    case .table(let rows, let nodes): rows.nodes == nil ? nodes : nil
    }
  }
}

/// The nodes of lists or trees for a batch. Of a tree the children of each row, each above its row and below N, or -1 for
/// none; of a list one number, how many of its rows count.
public enum Nodes: Sendable, ExpressibleByArrayLiteral {
  /// One sample after another. An array literal is this.
  case packed([Int32])
  /// Those of one sample, for the whole batch.
  case shared([Int32])
  /// All rows of all lists count.
  case all

  public init(arrayLiteral elements: Int32...) { self = .packed(elements) }
}

/// Numbers at an address that stays, for as long as somebody has them.
final class Held<Value: BitwiseCopyable & Sendable>: @unchecked Sendable {  // written only where it is made
  let pointer: UnsafeMutablePointer<Value>
  let count: Int

  init(_ values: [Value]) {
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
