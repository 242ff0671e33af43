import LinearMaps
import Schedule

// A kernel means what the operations of a graph mean that it takes the place of.

extension Kernel {
  func apply(_ operands: [[Double]]) -> [Double] {
    func operation(_ operation: Operation, _ operands: [Double]...) -> [Double] {
      Interpreter().apply(operation, operands, sizes.target)
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
