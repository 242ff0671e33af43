import LinearMaps
import Schedule

// A kernel means what the operations of a graph mean that it takes the place of.

extension Kernel {
  /// In reals, of what it reads from each operand on.
  var operandSizes: [Int] {
    func sizes(_ c: Convolution) -> [Int] { c.operands.map { c.extents(of: $0).reduce(1, *) } }
    switch self {
    case .product(let p, _): return [p.m * p.k, p.k * p.n]
    case .middleProduct(let p): return [p.outer * p.inner * p.columns, p.inner]
    case .convolution(let c): return sizes(c)
    case .layer(let c, _): return sizes(c) + [c.out[0]]
    case .reluAdjointOfImage(let c): return sizes(c) + [c.image.reduce(1, *)]
    case .reluAdjointOfPool(let p): return [p.image.reduce(1, *), p.out.reduce(1, *)]
    case .averagePool(let p): return [p.image.reduce(1, *)]
    case .averageUnpool(let p): return [p.out.reduce(1, *)]
    case .nonlinear(_, let size): return [size]
    case .nonlinearAdjoint(let map, let size): return [size, map.resultSize(size)]
    }
  }

  /// In reals, of what it writes.
  var targetSize: Int {
    switch self {
    case .product(let p, _): p.m * p.n
    case .middleProduct(let p): p.outer * p.columns
    case .convolution(let c): c.extents(of: c.role).reduce(1, *)
    case .layer(let c, _): c.out.reduce(1, *)
    case .reluAdjointOfImage(let c): c.image.reduce(1, *)
    case .reluAdjointOfPool(let p), .averageUnpool(let p): p.image.reduce(1, *)
    case .averagePool(let p): p.out.reduce(1, *)
    case .nonlinear(let map, let size): map.resultSize(size)
    case .nonlinearAdjoint(_, let size): size
    }
  }

  /// Whether the runtime's function can add to its target.
  var canAccumulate: Bool {
    switch self {
    case .product, .convolution: true
    case .middleProduct, .layer, .reluAdjointOfImage, .reluAdjointOfPool, .averagePool, .averageUnpool, .nonlinear,
      .nonlinearAdjoint:
      false
    }
  }

  func apply(_ operands: [[Double]]) -> [Double] {
    func operation(_ operation: Operation, _ operands: [Double]...) -> [Double] {
      Interpreter().apply(operation, operands, targetSize)
    }
    let relu = Nonlinear.activation(.relu)
    switch self {
    case .product(let p, _): return operation(.product(p), operands[0], operands[1])
    case .middleProduct(let p): return p.apply(tensor: operands[0], operands[1])
    case .convolution(let c): return operation(.conv2d(c), operands[0], operands[1])
    case .layer(let c, let rectified):
      let plane = c.out[1] * c.out[2]
      let sums = operation(.conv2d(c), operands[0], operands[1]).enumerated().map { $1 + operands[2][$0 / plane] }
      return rectified ? operation(.nonlinear(relu), sums) : sums
    case .reluAdjointOfImage(let c):
      return operation(.nonlinearAdjoint(relu), operands[2], operation(.conv2d(c), operands[0], operands[1]))
    case .reluAdjointOfPool(let p):
      let unpooled = operation(.nonlinearAdjoint(.maximumPool(p)), operands[0], operands[1])
      return operation(.nonlinearAdjoint(relu), operands[0], unpooled)
    case .averagePool(let p): return operation(.averagePool(p), operands[0])
    case .averageUnpool(let p): return operation(.averageUnpool(p), operands[0])
    case .nonlinear(let map, _): return operation(.nonlinear(map), operands[0])
    case .nonlinearAdjoint(let map, _): return operation(.nonlinearAdjoint(map), operands[0], operands[1])
    }
  }
}

extension MiddleProduct {
  func apply(tensor: [Double], _ vector: [Double]) -> [Double] {
    (0..<(outer * columns)).map { entry in
      let (o, j) = (entry / columns, entry % columns)
      return (0..<inner).reduce(0) { $0 + tensor[(o * inner + $1) * columns + j] * vector[$1] }
    }
  }
}

extension Nonlinear {
  fileprivate func resultSize(_ size: Int) -> Int {
    if case .maximumPool(let pooling) = self { pooling.out.reduce(1, *) } else { size }
  }
}
