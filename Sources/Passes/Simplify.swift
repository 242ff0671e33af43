import LinearMaps

extension Pass {
  /// Equal nodes become one, operations on constants are run, and algebra that always pays is done: zeros and ones,
  /// constants of one entry, views of views, transposes into the products that read them. A zero constant is a zero of
  /// the map, whatever it is multiplied with.
  public static let simplify = Pass("simplify") { Simplify().rewrite($0) }
}

final class Simplify: Rewriter {
  /// Slices through sums, so that a shared sum is not walked twice.
  private var slices: [SliceKey: Value] = [:]

  override func make(
    _ computation: Computation, _ operands: [Value], _ space: Space, in builder: GraphBuilder
  ) -> Value {
    let operands = operands.map { builder.use($0) }
    if let constant = FoldConstants.fold(computation, operands, space) { return builder.constant(constant, space) }
    if computation.vanishes(where: operands.map(\.isZero)) { return builder.zero(space) }
    return simplified(computation, operands, space, in: builder) ?? builder.value(computation, operands, space)
  }

  private func make(_ view: View, _ operand: Value, _ space: Space, in builder: GraphBuilder) -> Value {
    make(.view(view), [operand], space, in: builder)
  }

  /// A cheaper equal value; nil where none is known.
  private func simplified(
    _ computation: Computation, _ operands: [Value], _ space: Space, in builder: GraphBuilder
  ) -> Value? {
    switch computation {
    case .add: sum(operands[0], operands[1])
    case .times: entrywise(operands[0], operands[1], space, in: builder)
    case .scale(let factor): scaled(factor, operands[0], space, in: builder)
    case .product(let product): self.product(product, operands[0], operands[1], space, in: builder)
    case .view(let view): viewed(view, operands[0], space, in: builder)
    case .middleProduct, .conv2d, .averagePool, .averageUnpool, .counted, .gatherRow, .scatterRow, .nonlinear,
      .nonlinearAdjoint:
      nil
    }
  }

  private func sum(_ a: Value, _ b: Value) -> Value? {
    if a.isZero { return b }
    if b.isZero { return a }
    return nil
  }

  /// With a constant of equal entries it is a multiple.
  private func entrywise(_ a: Value, _ b: Value, _ space: Space, in builder: GraphBuilder) -> Value? {
    if let factor = a.uniform { return make(.scale(factor), [b], space, in: builder) }
    if let factor = b.uniform { return make(.scale(factor), [a], space, in: builder) }
    return nil
  }

  private func scaled(_ factor: Double, _ a: Value, _ space: Space, in builder: GraphBuilder) -> Value? {
    if factor == 1 { return a }
    if case .scale(let inner)? = a.computation {
      return make(.scale(factor * inner), [a.operands[0]], space, in: builder)
    }
    return nil
  }

  private func viewed(_ view: View, _ a: Value, _ space: Space, in builder: GraphBuilder) -> Value? {
    switch view {
    case .shift(let distance): shifted(distance, a, space, in: builder)
    case .slice(let offset): slice(offset, a, space, in: builder)
    case .embed(let offset): embedded(offset, a, space, in: builder)
    case .reshape: reshaped(a, space, in: builder)
    case .transpose(let rows, let columns): transposed(rows, columns, a, space, in: builder)
    }
  }

  private func shifted(_ distance: Int, _ a: Value, _ space: Space, in builder: GraphBuilder) -> Value? {
    if distance == 0 { return a }
    if abs(distance) >= space.dimension { return builder.zero(space) }
    if case .view(.shift(let inner))? = a.computation, (inner > 0) == (distance > 0) {
      return make(.shift(by: inner + distance), a.operands[0], space, in: builder)
    }
    return nil
  }

  private func embedded(_ offset: Int, _ a: Value, _ space: Space, in builder: GraphBuilder) -> Value? {
    if a.space.dimension == 0 { return builder.zero(space) }
    if a.space.dimension == space.dimension { return make(.reshape, a, space, in: builder) }
    if case .view(.embed(let inner))? = a.computation {
      return make(.embed(offset: offset + inner), a.operands[0], space, in: builder)
    }
    return nil
  }

  private func reshaped(_ a: Value, _ space: Space, in builder: GraphBuilder) -> Value? {
    if a.space == space { return a }
    if case .view(.reshape)? = a.computation { return make(.reshape, a.operands[0], space, in: builder) }
    if case .constant(let vector) = a.operation { return builder.constant(vector, space) }
    return nil
  }

  private func transposed(_ rows: Int, _ columns: Int, _ a: Value, _ space: Space, in builder: GraphBuilder) -> Value? {
    if rows == 1 || columns == 1 { return make(.reshape, a, space, in: builder) }
    let source = a.withoutReshapes
    if case .view(.transpose(columns, rows))? = source.computation {
      return make(.reshape, source.operands[0], space, in: builder)
    }
    return nil
  }

  // MARK: Slices

  private struct SliceKey: Hashable {
    let builder: ObjectIdentifier
    let value: Int
    let offset: Int
    let space: Space
  }

  private func slice(_ offset: Int, _ a: Value, _ space: Space, in builder: GraphBuilder) -> Value? {
    let key = SliceKey(builder: ObjectIdentifier(builder), value: a.id, offset: offset, space: space)
    if let known = slices[key] { return known }
    let result = sliced(offset, a, space, in: builder)
    if let result { slices[key] = result }
    return result
  }

  private func sliced(_ offset: Int, _ a: Value, _ space: Space, in builder: GraphBuilder) -> Value? {
    let count = space.dimension
    if count == a.space.dimension { return make(.reshape, a, space, in: builder) }
    // Entries of small vectors are followed to where they are computed; of large ones only through views.
    let isSmall = a.space.dimension <= 4
    func again(_ operand: Value, _ offset: Int) -> Value { make(.slice(offset: offset), operand, space, in: builder) }
    if let vector = a.vector {
      let inside = vector.entries.filter { $0.index >= offset && $0.index < offset + count }
      return builder.constant(
        SparseVector(entries: inside.map { .init(index: $0.index - offset, value: $0.value) }), space)
    }
    switch a.computation {
    case .view(.slice(let inner)): return again(a.operands[0], offset + inner)
    case .view(.reshape): return again(a.operands[0], offset)
    case .view(.embed(let inner)):
      let source = a.operands[0]
      if offset >= inner && offset + count <= inner + source.space.dimension { return again(source, offset - inner) }
      return offset + count <= inner || offset >= inner + source.space.dimension ? builder.zero(space) : nil
    case .view(.shift(let distance)):
      if offset - distance >= 0 && offset - distance + count <= a.space.dimension {
        return again(a.operands[0], offset - distance)
      }
      return offset + count <= distance || offset >= a.space.dimension + distance ? builder.zero(space) : nil
    case .add where isSmall:
      return make(.add, [again(a.operands[0], offset), again(a.operands[1], offset)], space, in: builder)
    case .times where isSmall:
      return make(.times, [again(a.operands[0], offset), again(a.operands[1], offset)], space, in: builder)
    case .scale(let factor) where isSmall:
      return make(.scale(factor), [again(a.operands[0], offset)], space, in: builder)
    case .product(let p) where isSmall && p.k == 1 && p.n == 1:
      let scaling = Product(m: count, k: 1, n: 1)
      return make(.product(scaling), [again(a.operands[0], offset), a.operands[1]], space, in: builder)
    case .add, .times, .scale, .product, .middleProduct, .view(.transpose), .conv2d, .averagePool, .averageUnpool,
      .counted,
      .gatherRow, .scatterRow, .nonlinear, .nonlinearAdjoint, nil:
      return nil
    }
  }

  // MARK: Products

  private func product(_ p: Product, _ a: Value, _ b: Value, _ space: Space, in builder: GraphBuilder) -> Value? {
    if p.k == 1 {
      // A scalar times a matrix that is stored as it stands.
      if p.n == 1, let factor = b.scalar { return multiple(a, factor, space, in: builder) }
      if p.m == 1, let factor = a.scalar { return multiple(b, factor, space, in: builder) }
      if p.m == 1, p.n > 1 {
        // Scaling is written with the scalar on the right.
        return make(.product(Product(m: p.n, k: 1, n: 1)), [b, a], space, in: builder)
      }
      if let unit = a.unit { return placed(b, at: unit.index * p.n, unit.value, space, in: builder) }
      if p.n == 1, p.m > 1, a.unit == nil { return bypass(p, a, b, space, in: builder) }
    }
    if p.n == 1, let unit = b.unit, p.transposeLeft || p.m == 1 {
      return row(unit, of: a, length: p.m, space, in: builder)
    }
    if p.m == 1, let unit = a.unit, !p.transposeRight {
      return row(unit, of: b, length: p.n, space, in: builder)
    }
    if p.n == 1, a.isIdentity(p.k), p.m == p.k { return make(.reshape, b, space, in: builder) }
    return bypass(p, a, b, space, in: builder)
  }

  private func multiple(_ a: Value, _ factor: Double, _ space: Space, in builder: GraphBuilder) -> Value {
    let value = make(.reshape, a, space, in: builder)
    return make(.scale(factor), [value], space, in: builder)
  }

  private func placed(_ a: Value, at offset: Int, _ factor: Double, _ space: Space, in builder: GraphBuilder) -> Value {
    make(.scale(factor), [make(.embed(offset: offset), a, space, in: builder)], space, in: builder)
  }

  private func row(
    _ unit: SparseVector.Entry, of matrix: Value, length: Int, _ space: Space, in builder: GraphBuilder
  ) -> Value {
    let row = make(.slice(offset: unit.index * length), matrix, space, in: builder)
    return make(.scale(unit.value), [row], space, in: builder)
  }

  /// Reads through reshapes, and turns transposes into flags.
  private func bypass(_ p: Product, _ a: Value, _ b: Value, _ space: Space, in builder: GraphBuilder) -> Value? {
    let (left, right) = (a.withoutReshapes, b.withoutReshapes)
    if case .view(.transpose(let rows, let columns))? = left.computation, (p.transposeLeft ? p.m : p.k) == rows,
      p.m * p.k == rows * columns
    {
      let flipped = Product(
        m: p.m, k: p.k, n: p.n, transposeLeft: !p.transposeLeft, transposeRight: p.transposeRight)
      return make(.product(flipped), [left.operands[0], right], space, in: builder)
    }
    if case .view(.transpose(let rows, let columns))? = right.computation, (p.transposeRight ? p.k : p.n) == rows,
      p.k * p.n == rows * columns
    {
      let flipped = Product(
        m: p.m, k: p.k, n: p.n, transposeLeft: p.transposeLeft, transposeRight: !p.transposeRight)
      return make(.product(flipped), [left, right.operands[0]], space, in: builder)
    }
    if left.id == a.id && right.id == b.id { return nil }
    return builder.value(.product(p), [left, right], space)
  }
}

extension Value {
  fileprivate var computation: Computation? { operation.computation }
  fileprivate var vector: SparseVector? { if case .constant(let vector) = operation { vector } else { nil } }
  fileprivate var isZero: Bool { vector?.entries.isEmpty ?? false }
  /// The value of all entries of a constant, where it is one and not 0.
  fileprivate var uniform: Double? {
    guard let vector, let first = vector.entries.first, vector.entries.count == space.dimension,
      vector.entries.allSatisfy({ $0.value == first.value })
    else { return nil }
    return first.value
  }
  /// The value of a constant of ℝ that is not 0.
  fileprivate var scalar: Double? { space.dimension == 1 ? vector?.entries.first?.value : nil }
  /// The entry of a constant with just one, in a space of more.
  fileprivate var unit: SparseVector.Entry? {
    guard space.dimension > 1, let vector, vector.entries.count == 1 else { return nil }
    return vector.entries[0]
  }
  fileprivate func isIdentity(_ size: Int) -> Bool {
    guard let vector, vector.entries.count == size else { return false }
    return vector.entries.enumerated().allSatisfy { $1.index == $0 * size + $0 && $1.value == 1 }
  }
  fileprivate var withoutReshapes: Value {
    var value = self
    while value.operation == .compute(.view(.reshape)) { value = value.operands[0] }
    return value
  }
}
