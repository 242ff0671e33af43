extension GraphBuilder {
  public func constant(_ vector: SparseVector, _ space: Space) -> Value { value(.constant(vector), [], space) }
  public func zero(_ space: Space) -> Value { constant(.zero, space) }
  public func unit(_ index: Int, _ space: Space) -> Value {
    constant(index < space.dimension ? .unit(index) : .zero, space)
  }

  public func add(_ a: Value, _ b: Value) -> Value { value(.add, [a, b], a.space) }
  public func scale(_ factor: Double, _ a: Value) -> Value { value(.scale(factor), [a], a.space) }
  public func shift(by distance: Int, _ a: Value) -> Value { value(.shift(by: distance), [a], a.space) }
  public func slice(offset: Int, _ a: Value, _ space: Space) -> Value { value(.slice(offset: offset), [a], space) }
  public func entry(_ index: Int, of a: Value) -> Value { slice(offset: index, a, .scalar) }
  public func embed(offset: Int, _ a: Value, _ space: Space) -> Value { value(.embed(offset: offset), [a], space) }

  /// The same entries in another space; the value itself where the space is the same.
  public func reshape(_ a: Value, _ space: Space) -> Value {
    a.space == space ? a : value(.reshape, [a], space)
  }

  public func transpose(_ a: Value, rows: Int, columns: Int, _ space: Space) -> Value {
    rows == 1 || columns == 1 ? reshape(a, space) : value(.transpose(rows: rows, columns: columns), [a], space)
  }

  public func product(_ product: Product, _ a: Value, _ b: Value, _ space: Space) -> Value {
    value(.product(product), [a, b], space)
  }

  /// scalar · a, in a's space.
  public func scaled(_ a: Value, by scalar: Value) -> Value {
    product(Product(m: a.space.dimension, k: 1, n: 1), a, scalar, a.space)
  }

  /// The matrix applied to the vector.
  public func apply(_ matrix: Value, _ vector: Value, _ space: Space) -> Value {
    product(Product(m: space.dimension, k: vector.space.dimension, n: 1), matrix, vector, space)
  }

  public func dot(_ a: Value, _ b: Value) -> Value {
    product(Product(m: 1, k: a.space.dimension, n: 1), a, b, .scalar)
  }
}
