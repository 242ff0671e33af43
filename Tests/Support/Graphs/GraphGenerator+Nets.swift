import LinearMaps

extension GraphGenerator {
  mutating func tensor(_ extents: [Int]) -> Value {
    let kind = tensors.count % 2 == 0 ? "weight" : "bias"
    tensors.append(builder.parameter("f.\(tensors.count).\(kind)", .real(extents)))
    return tensors[tensors.count - 1]
  }

  mutating func net(_ piece: GraphProfile.Piece, _ a: Value, _ b: Value) -> Value {
    let g = builder
    switch piece {
    case .layer: return layer(b)
    case .netTwice:
      let (weight, bias) = (tensor([11, 9]), tensor([11]))
      return g.add(dense(a, weight, bias), dense(b, weight, bias))
    case .rowsTimesTensor:
      // Rows, each of them times a matrix; its transpose on the other side.
      let matrix = tensor([7, 9])
      let product = g.product(Product(m: 3, k: 7, n: 9), fit(a, 21), matrix, .real([27]))
      return g.product(Product(m: 3, k: 9, n: 7, transposeRight: true), product, matrix, .real([21]))
    case .transposedTensor:
      let transposed = g.transpose(tensor([9, 12]), rows: 9, columns: 12, .real([12, 9]))
      return g.apply(transposed, fit(a, 9), .real([12]))
    case .tensorOfTensors:
      let square = g.product(Product(m: 9, k: 8, n: 9), tensor([9, 8]), tensor([8, 9]), .real([81]))
      return g.apply(square, fit(b, 9), .real([9]))
    case .netInLoop: return netInLoop(a, b)
    case .activation:
      let map = one([Nonlinear.activation(.tanh), .softmax, .activation(.softplus)])
      return g.value(.nonlinear(map), [a], a.space)
    case .tensorOfOuter:
      let outer = g.product(Product(m: 10, k: 1, n: 8), fit(b, 10), fit(a, 8), .real([80]))
      return g.apply(tensor([9, 80]), outer, .real([9]))
    case .denseInside:
      let size = a.space.dimension + 5
      return g.add(g.embed(offset: 3, a, .real([size])), fit(dense(b), size))
    case .dense: return dense(a)
    case .add, .scale, .product, .shift, .fit, .constant, .transpose, .convolution, .scaled, .nonlinear, .pool, .dot,
      .flat, .scaledSum, .counted, .row, .sweep, .nonlinearAdjoint, .loop, .matrixProduct, .squashed, .squashedScale,
      .ownMatrix, .wider,
      .iteration:
      preconditionFailure("no piece of a net")
    }
  }

  private mutating func dense(_ x: Value) -> Value {
    let (rows, columns) = (one([5, 9, 16]), x.space.dimension)
    // The bias may be left out, or be a result on its own.
    let weight = tensor([rows, columns])
    if isOne(in: 4) { return x.builder.apply(weight, x, .real([rows])) }
    let sum = dense(x, weight, tensor([rows]))
    return isOne(in: 2) ? sum : rectified(sum)
  }

  private mutating func dense(_ x: Value, _ weight: Value, _ bias: Value) -> Value {
    let (g, rows) = (x.builder, bias.space.dimension)
    return g.add(g.apply(weight, fit(x, weight.space.dimension / rows), .real([rows])), g.use(bias))
  }

  private func rectified(_ value: Value) -> Value {
    value.builder.value(.nonlinear(.activation(.relu)), [value], value.space)
  }

  private func maximum(_ value: Value, _ pooling: Pooling) -> Value {
    value.builder.value(.nonlinear(.maximumPool(pooling)), [value], .real([pooling.out.reduce(1, *)]))
  }

  /// A convolution with a bias for each channel.
  private mutating func convolved(_ x: Value, _ c: Convolution) -> Value {
    let (g, size, plane) = (x.builder, c.out.reduce(1, *), c.out[1] * c.out[2])
    let ones = g.constant(SparseVector(dense: [Double](repeating: 1, count: plane)), .real([plane]))
    let bias = g.product(Product(m: c.out[0], k: 1, n: plane), tensor([c.out[0]]), ones, .real([size]))
    return g.add(g.value(.conv2d(c), [tensor(c.kernel), x], .real([size])), bias)
  }

  private mutating func layer(_ x: Value) -> Value {
    let first = Convolution(kernel: [2, 1, 3, 3], image: [1, 6, 6], stride: 1, padding: [1, 1], role: .out)
    let sum = convolved(fit(x, 36), first)
    let pooling = Pooling(image: first.out, size: one(2...3))
    switch random.below(4) {
    case 0: return maximum(sum, pooling)
    case 1: return x.builder.value(.averagePool(pooling), [rectified(sum)], .real([pooling.out.reduce(1, *)]))
    case 2: return maximum(rectified(sum), pooling)
    default:
      // A second layer, with or without a stride.
      let second = Convolution(
        kernel: [3, 2, 3, 3], image: [2, 6, 6], stride: one(1...2), padding: [1, 1], role: .out)
      return maximum(rectified(convolved(rectified(sum), second)), Pooling(image: second.out, size: 2))
    }
  }

  /// A net on the state, or a net's result in every round; in more rounds than are written out.
  private mutating func netInLoop(_ a: Value, _ b: Value) -> Value {
    let (weight, bias) = (tensor([9, 9]), tensor([9]))
    let isInside = isOne(in: 2)
    let known = dense(b, weight, bias)
    let result = builder.loop(
      trips: 6, descending: isOne(in: 2), states: [("s", fit(a, 9))], sequences: [("n", fit(b, 6), .scalar)]
    ) { body, given in
      let state = given.states[0]
      let next = isInside ? dense(state, weight, bias) : body.add(state, body.use(known))
      return ([body.scale(0.5, body.add(next, body.scaled(state, by: given.slices[0])))], [])
    }
    return result.states[0]
  }
}
