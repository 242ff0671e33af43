// The vocabulary of graphs. What a function demands of spaces is not checked here but by `Graph.verify`, which the
// pipeline runs on what it is given and after every pass; a demand that is broken is a bug of the caller.

extension GraphBuilder {
  /// A vector in `space`; its entries' indices ascend, below the space's dimension.
  public func constant(_ vector: SparseVector, _ space: Space) -> Value { value(.constant(vector), [], space) }

  public func zero(_ space: Space) -> Value { constant(.zero, space) }

  /// The unit vector with that index, 0 or more; 0 where the space ends before it.
  public func unit(_ index: Int, _ space: Space) -> Value {
    constant(index < space.dimension ? .unit(index) : .zero, space)
  }

  /// a + b, both of one space, in that space.
  public func add(_ a: Value, _ b: Value) -> Value { value(.add, [a, b], a.space) }

  /// The products of entries in the same place, of two vectors of one space, in that space.
  public func times(_ a: Value, _ b: Value) -> Value { value(.times, [a, b], a.space) }

  /// factor · a, in a's space.
  public func scale(_ factor: Double, _ a: Value) -> Value { value(.scale(factor), [a], a.space) }

  /// Entry i goes to entry i + distance, in a's space; what leaves it is dropped. The distance may be below 0.
  public func shift(by distance: Int, _ a: Value) -> Value { value(.shift(by: distance), a, a.space) }

  /// The entries offset ..< offset + dim space of a, which has so many, as a vector in `space`.
  public func slice(offset: Int, _ a: Value, _ space: Space) -> Value { value(.slice(offset: offset), a, space) }

  /// Entry `index` of a, below its dimension, as a scalar.
  public func entry(_ index: Int, of a: Value) -> Value { slice(offset: index, a, .scalar) }

  /// a at offset ..< offset + dim a of a vector in `space`, which has so many entries, and 0 elsewhere: the transpose
  /// of `slice`.
  public func embed(offset: Int, _ a: Value, _ space: Space) -> Value { value(.embed(offset: offset), a, space) }

  /// The same entries in another space of the same dimension; the value itself where the space is the same.
  public func reshape(_ a: Value, _ space: Space) -> Value {
    a.space == space ? a : value(.reshape, a, space)
  }

  /// The row-major matrix of rows × columns entries, which are all of a, with its rows for columns; in `space`, of the
  /// same dimension.
  public func transpose(_ a: Value, rows: Int, columns: Int, _ space: Space) -> Value {
    rows == 1 || columns == 1 ? reshape(a, space) : value(.transpose(rows: rows, columns: columns), a, space)
  }

  /// The m × k matrix a times the k × n matrix b, each all of its vector, row-major; in `space`, of dimension m · n.
  public func product(_ product: Product, _ a: Value, _ b: Value, _ space: Space) -> Value {
    value(.product(product), [a, b], space)
  }

  /// scalar · a, in a's space; `scalar` has dimension 1.
  public func scaled(_ a: Value, by scalar: Value) -> Value {
    product(Product(m: a.space.dimension, k: 1, n: 1), a, scalar, a.space)
  }

  /// The matrix, of dimension dim space × dim vector, applied to the vector; in `space`.
  public func apply(_ matrix: Value, _ vector: Value, _ space: Space) -> Value {
    product(Product(m: space.dimension, k: vector.space.dimension, n: 1), matrix, vector, space)
  }

  /// ⟨a, b⟩ of two vectors of the same dimension, as a scalar.
  public func dot(_ a: Value, _ b: Value) -> Value {
    product(Product(m: 1, k: a.space.dimension, n: 1), a, b, .scalar)
  }
}
