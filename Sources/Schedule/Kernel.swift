import LinearMaps

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
  case counted(TableLayout, isCotangent: Bool)
  case gatherRow(RowAccess)
  case scatterRow(RowAccess)
  /// The size is that of the operand.
  case nonlinear(Nonlinear, size: Int)
  case nonlinearAdjoint(Nonlinear, size: Int)
}

/// What is to be known of a kernel wherever it is not told from others.
public struct KernelFacts {
  /// In reals, of what is read from each operand on.
  public let operands: [Int]
  /// In reals, of what is written.
  public let target: Int
  /// Whether it can add to its target; the others only overwrite.
  public let canAdd: Bool
  /// Additions and multiplications, in the model of docs/performance.md.
  let operations: Double
  /// The room that it is given while it runs (cajal_kernels.h); 0 where it is given none.
  public let scratchBytes: Int
  /// For readers of the schedule.
  let text: @Sendable () -> String
}

extension Kernel {
  public var facts: KernelFacts {
    switch self {
    case .product(let p, let blas):
      let sizes = [p.m, p.k, p.n]
      return KernelFacts(
        operands: [p.m * p.k, p.k * p.n], target: p.m * p.n, canAdd: true,
        operations: 2 * Double(p.m) * Double(p.k) * Double(p.n),
        scratchBytes: sizes.min()! <= 1 || sizes.max()! <= 8 ? 0 : Scratch.product(p.k),
        text: {
          "\(blas ? "blas product" : "product") \(p.m)x\(p.k)\(p.transposeLeft ? "^T" : "") "
            + "\(p.k)x\(p.n)\(p.transposeRight ? "^T" : "")"
        })
    case .middleProduct(let p):
      return KernelFacts(
        operands: [p.outer * p.inner * p.columns, p.inner], target: p.outer * p.columns, canAdd: false,
        operations: 2 * p.products, scratchBytes: Scratch.mostProduct, text: { p.text })
    case .convolution(let c):
      return KernelFacts(
        operands: c.operands.map(c.size), target: c.size(of: c.role), canAdd: true, operations: 2 * c.products,
        scratchBytes: c.role == .kernel ? Scratch.kernelAdjoint : Scratch.convolution, text: { c.text })
    case .layer(let c, let rectified):
      let out = c.size(of: .out)
      return KernelFacts(
        operands: c.operands.map(c.size) + [c.out[0]], target: out, canAdd: false,
        operations: 2 * c.products + (rectified ? Double(out) : 0), scratchBytes: Scratch.convolution,
        text: { "\(c.text) with bias\(rectified ? ", relu" : "")" })
    case .reluAdjointOfImage(let c):
      let image = c.size(of: .image)
      return KernelFacts(
        operands: c.operands.map(c.size) + [image], target: image, canAdd: false,
        operations: 2 * c.products + Double(image), scratchBytes: Scratch.convolution,
        text: { "\(c.text), relu adjoint" })
    case .reluAdjointOfPool(let p):
      return KernelFacts(
        operands: [p.imageSize, p.outSize], target: p.imageSize, canAdd: false, operations: 2 * Double(p.imageSize),
        scratchBytes: 0, text: { "\(Nonlinear.maximumPool(p).text) adjoint, relu adjoint" })
    case .averagePool(let p):
      return KernelFacts(
        operands: [p.imageSize], target: p.outSize, canAdd: false, operations: Double(p.imageSize), scratchBytes: 0,
        text: { "average pool \(p.size) of \(p.image)" })
    case .averageUnpool(let p):
      return KernelFacts(
        operands: [p.outSize], target: p.imageSize, canAdd: false, operations: Double(p.outSize), scratchBytes: 0,
        text: { "average pool transposed \(p.size) of \(p.image)" })
    case .counted(let t, let isCotangent):
      return KernelFacts(
        operands: [t.tableSize, t.nodesSize], target: t.tableSize, canAdd: false, operations: 0, scratchBytes: 0,
        text: { "counted rows of \(t.rows)x\(t.row)\(isCotangent ? " transposed" : "")" })
    case .gatherRow(let t):
      return KernelFacts(
        operands: [t.rows * t.size, 1], target: t.size, canAdd: false, operations: 0, scratchBytes: 0,
        text: { "row of \(t.rows)x\(t.size)" })
    case .scatterRow(let t):
      return KernelFacts(
        operands: [t.size, 1], target: t.rows * t.size, canAdd: true, operations: Double(t.size), scratchBytes: 0,
        text: { "row into \(t.rows)x\(t.size)" })
    case .nonlinear(let map, let size):
      return KernelFacts(
        operands: [size], target: map.resultSize(size), canAdd: false, operations: Double(size), scratchBytes: 0,
        text: { "\(map.text) of \(size)" })
    case .nonlinearAdjoint(let map, let size):
      let result = map.resultSize(size)
      let known =
        switch map.adjointReads {
        case .operand: size
        case .result: result
        }
      return KernelFacts(
        operands: [known, result], target: size, canAdd: false, operations: Double(size), scratchBytes: 0,
        text: { "\(map.text) adjoint of \(size)" })
    }
  }
}

extension MiddleProduct {
  var text: String { "middle product \(inner) \(outer)x\(inner)x\(columns)" }

  /// Of an entry of the tensor and one of the vector: one for every entry of the tensor.
  var products: Double { results * Double(inner) }
  var results: Double { Double(outer) * Double(columns) }
}

extension Convolution {
  func size(of role: Role) -> Int { extents(of: role).reduce(1, *) }

  fileprivate var text: String {
    "convolution \(kernel) \(image) stride \(stride) padding \(padding) for \(role.rawValue)"
  }

  /// The products of a kernel's entry with an entry inside of the image.
  fileprivate var products: Double {
    func pairs(_ axis: Int) -> Double {
      (0..<kernel[axis + 2]).reduce(0.0) { total, tap in
        // The places i of the result with 0 ≤ s·i + tap − p < extent.
        let first = max(0, (padding[axis] - tap + stride - 1) / stride)
        let last = min(out[axis + 1] - 1, (image[axis + 1] - 1 + padding[axis] - tap) / stride)
        let reaches = image[axis + 1] - 1 + padding[axis] - tap >= 0
        return total + (reaches && last >= first ? Double(last - first + 1) : 0)
      }
    }
    return Double(kernel[0]) * Double(kernel[1]) * pairs(0) * pairs(1)
  }
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
    case .choice: size / 2
    }
  }

  fileprivate var text: String {
    switch self {
    case .bound(let ball): "bound \(ball.norm.rawValue) \(ball.radius)"
    case .activation(.power(let exponent)): "power \(exponent)"
    case .activation(let activation): activation.name
    case .choice(let choice): choice.rawValue
    case .softmax: "softmax"
    case .maximumPool(let pooling): "maximum pool \(pooling.size) of \(pooling.image)"
    }
  }
}
