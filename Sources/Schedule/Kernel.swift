import LinearMaps

/// y[o,j] = Σ tensor[o,i,j] x[i], of a tensor of outer × inner × columns.
public struct MiddleProduct: Hashable, Sendable {
  public let outer: Int
  public let inner: Int
  public let columns: Int
}

/// The operations that are functions of the runtime (cajal_kernels.h).
public enum Kernel: Hashable, Sendable {
  case product(Product, blas: Bool)
  case middleProduct(MiddleProduct)
  case convolution(Convolution)
  /// A convolution's `out`, each channel begun with its entry of the third operand, and then relu if it is rectified.
  case layer(Convolution, rectified: Bool)
  /// A convolution's `image`, and then relu's adjoint where the third operand is what relu gave.
  case reluAdjointOfImage(Convolution)
  /// The adjoint of a maximum pool of what relu gave, which is the first operand, and then relu's.
  case reluAdjointOfPool(Pooling)
  case averagePool(Pooling)
  case averageUnpool(Pooling)
  /// The size is that of the operand.
  case nonlinear(Nonlinear, size: Int)
  case nonlinearAdjoint(Nonlinear, size: Int)
}

extension Kernel {
  /// In reals.
  public var sizes: (operands: [Int], target: Int) {
    switch self {
    case .product(let p, _): ([p.m * p.k, p.k * p.n], p.m * p.n)
    case .middleProduct(let p): ([p.outer * p.inner * p.columns, p.inner], p.outer * p.columns)
    case .convolution(let c): (c.operands.map(c.size), c.size(of: c.role))
    case .layer(let c, _): (c.operands.map(c.size) + [c.out[0]], c.size(of: .out))
    case .reluAdjointOfImage(let c): (c.operands.map(c.size) + [c.size(of: .image)], c.size(of: .image))
    case .reluAdjointOfPool(let p): ([p.imageSize, p.outSize], p.imageSize)
    case .averagePool(let p): ([p.imageSize], p.outSize)
    case .averageUnpool(let p): ([p.outSize], p.imageSize)
    case .nonlinear(let map, let size): ([size], map.resultSize(size))
    case .nonlinearAdjoint(let map, let size):
      switch map.adjointReads {
      case .operand: ([size, map.resultSize(size)], size)
      case .result: ([map.resultSize(size), map.resultSize(size)], size)
      }
    }
  }

  /// Whether it can add to its target; the others only overwrite.
  public var canAdd: Bool {
    switch self {
    case .product, .convolution: true
    case .middleProduct, .layer, .reluAdjointOfImage, .reluAdjointOfPool, .averagePool, .averageUnpool, .nonlinear,
      .nonlinearAdjoint:
      false
    }
  }
}

extension Convolution {
  func size(of role: Role) -> Int { extents(of: role).reduce(1, *) }
}

extension Pooling {
  var imageSize: Int { image.reduce(1, *) }
  var outSize: Int { out.reduce(1, *) }
}

extension Nonlinear {
  /// Of the result for an operand of the size.
  func resultSize(_ size: Int) -> Int {
    switch self {
    case .bound, .activation, .softmax: size
    case .maximumPool(let pooling): pooling.outSize
    }
  }
}
