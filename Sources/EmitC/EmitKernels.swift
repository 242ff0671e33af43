import LinearMaps
import Schedule

/// The calls of the runtime's kernels.
extension FunctionEmitter {
  func call(
    _ kernel: Kernel, _ operands: [Place], _ target: Place, _ accumulate: Bool
  ) -> CExpression {
    let suffix = element.isLanes ? "lanes" : realBytes == 4 ? "f32" : "f64"
    let from = operands.map { pointer($0) }
    let to = pointer(target)
    let add = CExpression.integer(accumulate ? 1 : 0)
    let scratch = kernel.facts.scratchBytes == 0 ? CExpression.number("0") : .name("work")
    switch kernel {
    case .product(let p, _) where p.m == 1 && p.n == 1:
      let dot = CExpression.call("cajal_dot_\(suffix)", [.integer(p.k), from[0], from[1]])
      return accumulate ? .binary("+=", entry(target), dot) : .assign(entry(target), dot)
    case .product(let p, let blas):
      let name = blas ? "cajal_blas_product" : "cajal_product"
      return .call(
        "\(name)_\(suffix)",
        [
          .integer(p.m), .integer(p.k), .integer(p.n), from[0], .integer(p.transposeLeft ? 1 : 0), from[1],
          .integer(p.transposeRight ? 1 : 0), to, add, scratch,
        ])
    case .middleProduct(let p):
      return .call(
        "cajal_middle_product_\(suffix)",
        [
          .number("1"), .integer(p.outer), .integer(p.inner), .integer(p.columns), from[0], from[1], .integer(p.inner),
          to, .integer(p.outer * p.columns), scratch,
        ])
    case .convolution(let c):
      let role =
        switch c.role {
        case .out: ""
        case .image: "_image_adjoint"
        case .kernel: "_kernel_adjoint"
        }
      if c.isConv2d {
        return .call(
          "cajal_conv2d\(role)_\(suffix)",
          (c.kernel.suffix(2) + c.image.suffix(2)).map { .integer($0) } + [from[0], from[1], to, add, scratch])
      }
      return .call("cajal_convolution\(role)_\(suffix)", sizes(c) + [from[0], from[1], to, add, scratch])
    case .layer(let c, let rectified):
      return .call(
        "cajal_convolution_layer_\(suffix)",
        sizes(c) + [from[0], from[1], from[2], .integer(rectified ? 1 : 0), to, scratch])
    case .reluAdjointOfImage(let c):
      return .call(
        "cajal_convolution_image_relu_adjoint_\(suffix)", sizes(c) + [from[0], from[1], from[2], to, scratch])
    case .reluAdjointOfPool(let pooling):
      return .call("cajal_maximum_pool_relu_adjoint_\(suffix)", self.pooling(pooling) + [from[0], from[1], to])
    case .averagePool(let pooling):
      return .call("cajal_average_pool_\(suffix)", self.pooling(pooling) + [from[0], to])
    case .averageUnpool(let pooling):
      return .call("cajal_average_pool_adjoint_\(suffix)", self.pooling(pooling) + [from[0], to])
    case .counted(let t, let isCotangent):
      let parts = t.constructors.flatMap { [$0.places, $0.offset, $0.size] }
      return .call(
        "cajal_counted_\(suffix)",
        [t.rows, t.row, t.isChain ? 0 : t.arity, t.constructors.count].map { .integer($0) }
          + [.compound("const size_t[]", parts.map { .integer($0) }), .integer(isCotangent ? 1 : 0)]
          + [from[0], from[1], to])
    case .gatherRow(let t): return .call("cajal_gather_row_\(suffix)", [.integer(t.size), from[0], from[1], to])
    case .scatterRow(let t):
      return .call("cajal_scatter_row_\(suffix)", [.integer(t.rows), .integer(t.size), from[0], from[1], to, add])
    case .nonlinear(let map, let size):
      let (name, settings) = nonlinear(map, size)
      return .call("\(name)_\(suffix)", settings + [from[0], to])
    case .nonlinearAdjoint(let map, let size):
      let (name, settings) = nonlinear(map, size)
      return .call("\(name)_adjoint_\(suffix)", settings + [from[0], from[1], to])
    }
  }

  /// The runtime's function and its arguments before the vectors.
  private func nonlinear(_ map: Nonlinear, _ size: Int) -> (String, [CExpression]) {
    switch map {
    case .bound(let ball): ("cajal_bound", bound(ball) + [.integer(size)])
    case .activation(.power(let exponent)):
      ("cajal_power", [CText.number(exponent, realBytes: 8), .integer(size)])
    case .activation(let activation): ("cajal_\(activation.name)", [.integer(size)])
    case .choice(let choice): ("cajal_\(choice.rawValue)", [.integer(size / 2)])
    case .softmax: ("cajal_softmax", [.integer(size)])
    case .maximumPool(let pooling): ("cajal_maximum_pool", self.pooling(pooling))
    }
  }

  private func sizes(_ c: Convolution) -> [CExpression] {
    (c.kernel + c.image.suffix(2) + [c.stride] + c.padding).map { .integer($0) }
  }

  private func pooling(_ pooling: Pooling) -> [CExpression] {
    (pooling.image + [pooling.size]).map { .integer($0) }
  }

  private func bound(_ ball: Ball) -> [CExpression] {
    let norm =
      switch ball.norm {
      case .l1: "CAJAL_NORM_L1"
      case .l2: "CAJAL_NORM_L2"
      case .linf: "CAJAL_NORM_LINF"
      }
    return [.name(norm), CText.number(ball.radius, realBytes: realBytes)]
  }
}

extension Convolution {
  /// What the runtime's `cajal_conv2d` computes.
  fileprivate var isConv2d: Bool {
    kernel.prefix(2) == [1, 1] && stride == 1 && kernel.suffix(2).allSatisfy { $0 % 2 == 1 }
      && padding == kernel.suffix(2).map { $0 / 2 }
  }
}
