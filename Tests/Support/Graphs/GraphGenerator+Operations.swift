import LinearMaps

extension GraphGenerator {
  mutating func make(_ piece: GraphProfile.Piece, _ g: GraphBuilder, _ pool: [Value], depth: Int) -> Value {
    let (a, b) = (g.use(pick(pool)), g.use(pick(pool)))
    switch piece {
    case .add: return g.add(a, fit(b, a.space))
    case .scale: return g.scale(one([0, 1, -1, 0.5, 0.25]), a)
    case .product: return product(g, a, b)
    case .shift: return g.shift(by: one(-4...4), a)
    case .fit: return fit(a, space())
    case .constant: return constant(g)
    case .transpose:
      let (rows, columns) = (one(1...5), one(1...5))
      return g.value(
        .transpose(rows: rows, columns: columns), fit(a, .real([rows, columns])), .real([columns, rows]))
    case .convolution: return g.random(random.convolution()) { fit([a, b][$0], $1) }
    case .scaled: return g.scaled(a, by: fit(b, .scalar))
    case .nonlinear: return g.random(random.nonlinear()) { $0.map { fit(a, $0) } ?? a }
    case .nonlinearAdjoint: return nonlinearAdjoint(g, a, b)
    case .pool:
      let pooling = random.pooling()
      let (image, out) = (Space.real(pooling.image), Space.real(pooling.out))
      return isOne(in: 2)
        ? g.value(.averagePool(pooling), [fit(a, image)], out) : g.value(.averageUnpool(pooling), [fit(a, out)], image)
    case .dot: return isOne(in: 2) ? g.dot(a, fit(b, a.space)) : g.times(a, fit(b, a.space))
    case .flat: return flat(a)
    case .scaledSum: return g.add(g.scaled(a, by: fit(b, .scalar)), fit(b, a.space))
    case .counted: return counted(g, a)
    case .row: return row(g, a)
    case .sweep: return sweep(g, a, b)
    case .loop: return loop(g, pool, depth: depth)
    case .dense, .layer, .netTwice, .rowsTimesTensor, .transposedTensor, .tensorOfTensors, .netInLoop, .activation,
      .tensorOfOuter, .denseInside:
      // The newest values, so that nets have several layers.
      return net(piece, a, pool[max(0, pool.count - 1 - random.below(2))])
    case .matrixProduct: return matrixProduct(g, pool)
    case .squashed: return squashed(flat(a))
    case .squashedScale: return g.scaled(squashed(flat(a)), by: g.dot(fit(squashed(b), 3), fit(squashed(a), 3)))
    case .ownMatrix:
      // A matrix of the sample's own, and its transpose.
      let outer = g.product(Product(m: 7, k: 1, n: 9), fit(squashed(a), 7), fit(squashed(b), 9), .real([63]))
      return g.product(Product(m: 7, k: 9, n: 1), outer, fit(squashed(a), 9), .real([7]))
    case .wider: return g.embed(offset: 2, flat(a), .real([a.space.dimension + 3]))
    case .iteration: return iteration(g, pool, depth: depth)
    }
  }

  private mutating func constant(_ g: GraphBuilder) -> Value {
    let space = space()
    let dimension = space.dimension
    switch random.below(5) {
    case 0: return g.unit(random.below(dimension + 1), space)
    case 1: return g.constant(SparseVector(dense: random.vector(dimension)), space)
    case 2: return g.constant(SparseVector(dense: [Double](repeating: 0.5, count: dimension)), space)
    case 3:
      // An identity matrix that is no table.
      let entries = (0..<90).map { SparseVector.Entry(index: $0 * 91, value: 1) }
      return fit(g.constant(SparseVector(entries: entries), .real([90, 90])), space)
    default:
      let entries = (0..<dimension).filter { _ in isOne(in: 3) }
      let values = [1, -1, 0.5, random.real()]
      return g.constant(SparseVector(entries: entries.map { .init(index: $0, value: one(values)) }), space)
    }
  }

  private mutating func nonlinearAdjoint(_ g: GraphBuilder, _ a: Value, _ b: Value) -> Value {
    let map = random.nonlinear()
    switch map {
    case .maximumPool(let pooling):
      return g.value(
        .nonlinearAdjoint(map), [fit(a, .real(pooling.image)), fit(b, .real(pooling.out))], .real(pooling.image))
    case .choice:
      let pair = Space.real([2 * b.space.dimension])
      return g.value(.nonlinearAdjoint(map), [fit(a, pair), b], pair)
    case .activation, .bound, .softmax: return g.value(.nonlinearAdjoint(map), [a, fit(b, a.space)], a.space)
    }
  }

  private mutating func product(_ g: GraphBuilder, _ a: Value, _ b: Value) -> Value {
    var (m, k, n) = (one(1...5), one(1...5), isOne(in: 2) ? 1 : one(1...4))
    switch profile.hasLongProducts ? random.below(6) : 5 {
    case 0: (m, k, n) = (9, 9, 1)
    case 1: (m, k, n) = (1, a.space.dimension, one(1...3))
    case 2: (m, k, n) = (one(1...6), a.space.dimension, 1)
    case 3: (m, k, n) = (a.space.dimension, 1, one(1...5))
    default: break
    }
    let p = Product(m: m, k: k, n: n, transposeLeft: isOne(in: 2), transposeRight: isOne(in: 2))
    let (first, second) = isOne(in: 2) ? (b, a) : (a, b)
    var left = fit(first, .real([m * k]))
    let right = fit(second, .real([k * n]))
    if isOne(in: 4), m > 1, k > 1 {
      // The transposed of what is multiplied, in memory or not.
      let (rows, columns) = p.transposeLeft ? (m, k) : (k, m)
      left = g.value(
        .transpose(rows: rows, columns: columns), g.reshape(left, .real([rows, columns])), .real([columns, rows]))
    }
    let result = g.product(p, left, right, .real([m * n]))
    return isOne(in: 3) ? g.add(fit(a, result.space), result) : result
  }

  // MARK: Matrices

  /// Mostly the same.
  mutating func matrixSize() -> Int { isOne(in: 6) ? one([6, 12]) : 9 }

  /// A matrix, as it is or transposed, times a vector or several.
  mutating func matrixProduct(_ g: GraphBuilder, _ pool: [Value]) -> Value {
    let (value, rows, columns) = one(matrices)
    let (matrix, vector) = (g.use(value), g.use(pick(pool)))
    switch random.below(5) {
    case 0, 1: return g.product(Product(m: rows, k: columns, n: 1), matrix, fit(vector, columns), .real([rows]))
    case 2:
      let p = Product(m: columns, k: rows, n: 1, transposeLeft: true)
      return g.product(p, matrix, fit(vector, rows), .real([columns]))
    case 3: return g.product(Product(m: 2, k: rows, n: columns), fit(vector, 2 * rows), matrix, .real([2 * columns]))
    default:
      let p = Product(m: 1, k: columns, n: rows, transposeRight: true)
      return g.product(p, fit(vector, columns), matrix, .real([rows]))
    }
  }
}
