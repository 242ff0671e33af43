import LinearMaps
import Schedule

// A kernel means what the operations of a graph mean that it takes the place of.

extension Kernel {
  func apply(_ operands: [[Double]]) -> [Double] {
    let size = facts.target
    func compute(_ computation: Computation, _ operands: [Double]...) -> [Double] {
      Interpreter().apply(computation, operands, size)
    }
    let relu = Nonlinear.activation(.relu)
    switch self {
    case .product(let p, _): return compute(.product(p), operands[0], operands[1])
    case .middleProduct(let p): return compute(.middleProduct(p), operands[0], operands[1])
    case .convolution(let c): return compute(.conv2d(c), operands[0], operands[1])
    case .layer(let c, let rectified):
      let plane = c.out[1] * c.out[2]
      let sums = compute(.conv2d(c), operands[0], operands[1]).enumerated().map { $1 + operands[2][$0 / plane] }
      return rectified ? compute(.nonlinear(relu), sums) : sums
    case .reluAdjointOfImage(let c):
      return compute(.nonlinearAdjoint(relu), operands[2], compute(.conv2d(c), operands[0], operands[1]))
    case .reluAdjointOfPool(let p):
      let unpooled = compute(.nonlinearAdjoint(.maximumPool(p)), operands[0], operands[1])
      return compute(.nonlinearAdjoint(relu), operands[0], unpooled)
    case .averagePool(let p): return compute(.averagePool(p), operands[0])
    case .averageUnpool(let p): return compute(.averageUnpool(p), operands[0])
    case .counted(let t, let isCotangent):
      return compute(.counted(t, isCotangent: isCotangent), operands[0], operands[1])
    case .gatherRow(let t): return compute(.gatherRow(t), operands[0], operands[1])
    case .scatterRow(let t): return compute(.scatterRow(t), operands[0], operands[1])
    case .nonlinear(let map, _): return compute(.nonlinear(map), operands[0])
    case .nonlinearAdjoint(let map, _): return compute(.nonlinearAdjoint(map), operands[0], operands[1])
    }
  }
}
