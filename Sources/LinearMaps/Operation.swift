/// A vector by its non-zero entries, in ascending order of index: a unit vector of ℝ^10000 takes one entry.
public struct SparseVector: Hashable, Sendable {
  public struct Entry: Hashable, Sendable {
    public let index: Int
    public let value: Double
    public init(index: Int, value: Double) {
      self.index = index
      self.value = value
    }
  }
  public let entries: [Entry]

  public static let zero = SparseVector(entries: [])
  public static func unit(_ index: Int) -> SparseVector { SparseVector(entries: [Entry(index: index, value: 1)]) }

  public init(dense: [Double]) {
    self.init(entries: dense.enumerated().map { Entry(index: $0, value: $1) })
  }

  /// Entries in ascending order of index; zeros are dropped.
  public init(entries: [Entry]) { self.entries = entries.filter { $0.value != 0 } }

  public func dense(_ dimension: Int) -> [Double] {
    var result = [Double](repeating: 0, count: dimension)
    for entry in entries { result[entry.index] = entry.value }
    return result
  }
}

/// op(A)·op(B) with op(A) of m × k and op(B) of k × n, row-major.
///
/// One operation is all of: applying a matrix (n = 1), its transpose, the dot product (m = n = 1), the outer
/// product (k = 1), scaling by an entry (k = 1 and m or n = 1), and composition.
public struct Product: Hashable, Sendable {
  public let m: Int
  public let k: Int
  public let n: Int
  /// The left operand is stored as k × m.
  public let transposeLeft: Bool
  /// The right operand is stored as n × k.
  public let transposeRight: Bool

  public init(m: Int, k: Int, n: Int, transposeLeft: Bool = false, transposeRight: Bool = false) {
    self.m = m
    self.k = k
    self.n = n
    self.transposeLeft = transposeLeft && m > 1 && k > 1
    self.transposeRight = transposeRight && k > 1 && n > 1
  }
}

/// A scan: `body` is run for k = 0 … trips−1, or for k = trips−1 … 0, and carries states from round to round.
///
/// Operands: the states' initial values; the sequences, whose k-th slice a round reads (a sequence is an operand of at
/// least trips · dim(slice) reals, slices one after another); the invariants.
/// The body's parameters: states, slices, the k-th basis vector of `basis` where there is one, invariants.
/// The body's results: the next states, then what is stacked. The loop's results: the last states, then each stack of
/// trips slices, slice k at k whatever the direction.
public struct Loop: Hashable, Sendable {
  public var trips: Int
  public var descending: Bool
  public var stateCount: Int
  public var sequenceCount: Int
  public var basis: Space?
  public var body: Graph

  public init(trips: Int, descending: Bool, stateCount: Int, sequenceCount: Int, basis: Space?, body: Graph) {
    self.trips = trips
    self.descending = descending
    self.stateCount = stateCount
    self.sequenceCount = sequenceCount
    self.basis = basis
    self.body = body
  }

  /// The index of the body's first invariant parameter.
  public var firstInvariant: Int { stateCount + sequenceCount + (basis == nil ? 0 : 1) }
  public var invariantCount: Int { body.parameters.count - firstInvariant }
  public var stackCount: Int { body.results.count - stateCount }

  /// The space of the loop's results.
  public var resultSpace: Space {
    .tuple(
      body.results.enumerated().map { index, result in
        let space = body.nodes[result].space
        return index < stateCount ? space : Loop.stackSpace(trips: trips, slice: space)
      })
  }

  public static func stackSpace(trips: Int, slice: Space) -> Space { .real([trips, slice.dimension]) }
}

/// What a node computes. Every operation but `nonlinear` and its adjoint is linear in each operand on its own.
public enum Operation: Hashable, Sendable {
  /// The graph's parameter of that index.
  case parameter(Int)
  case constant(SparseVector)
  case add
  case scale(Double)
  case product(Product)
  /// Entry i moves to i + by; what leaves the space is dropped, what enters is 0. `succ` shifts by 1.
  case shift(by: Int)
  /// The entries from an offset on, as many as the result has.
  case slice(offset: Int)
  /// The operand's entries from an offset on, zeros elsewhere: the transpose of `slice`.
  case embed(offset: Int)
  /// The same entries in another space of equal dimension.
  case reshape
  /// A rows × columns matrix becomes a columns × rows matrix.
  case transpose(rows: Int, columns: Int)
  case conv2d(Convolution)
  /// The mean of every window of the image.
  case averagePool(Pooling)
  /// The transpose of `averagePool`.
  case averageUnpool(Pooling)
  /// The one kind of operation that is not multilinear.
  case nonlinear(Nonlinear)
  /// The adjoint of `nonlinear`. Operands: what `Nonlinear.adjointReads` says, then the cotangent of the result; linear
  /// in the second.
  case nonlinearAdjoint(Nonlinear)
  indirect case loop(Loop)
  /// One result of a loop.
  case output(Int)
}
