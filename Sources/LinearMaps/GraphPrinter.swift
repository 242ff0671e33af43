extension Graph {
  /// The graph as text that `parseGraph` reads back. Origins are comments.
  public func printed(name: String) -> String {
    var lines: [String] = []
    print(header: "graph \(name)", indent: "", into: &lines)
    return lines.joined(separator: "\n") + "\n"
  }

  private func print(header: String, indent: String, into lines: inout [String]) {
    let list = parameters.enumerated().map { "%\($0) \($1.name): \($1.space)" }.joined(separator: ", ")
    lines.append("\(indent)\(header)(\(list)) {")
    for (index, node) in nodes.enumerated().dropFirst(parameters.count) {
      let operands = node.operands.map { "%\($0)" }.joined(separator: ", ")
      let remark = node.origin.map { " ; \($0.line):\($0.column) \($0.text)" } ?? ""
      if case .loop(let loop) = node.operation {
        lines.append("\(indent)  %\(index) = \(node.operation.printed) \(operands) : \(node.space)\(remark)")
        loop.body.print(header: "body ", indent: indent + "  ", into: &lines)
      } else {
        let space = operands.isEmpty ? " : \(node.space)" : " \(operands) : \(node.space)"
        lines.append("\(indent)  %\(index) = \(node.operation.printed)\(space)\(remark)")
      }
    }
    lines.append("\(indent)  return \(results.map { "%\($0)" }.joined(separator: ", "))")
    lines.append("\(indent)}")
  }
}

extension Operation {
  /// The operation's name with its settings in brackets.
  public var printed: String {
    switch self {
    case .parameter(let index): "parameter[\(index)]"
    case .constant(let vector):
      "constant{\(vector.entries.map { "\($0.index): \($0.value)" }.joined(separator: ", "))}"
    case .add: "add"
    case .scale(let factor): "scale[\(factor)]"
    case .product(let p):
      "product[\(p.m), \(p.k), \(p.n)\(p.transposeLeft ? ", left" : "")\(p.transposeRight ? ", right" : "")]"
    case .shift(let distance): "shift[\(distance)]"
    case .slice(let offset): "slice[\(offset)]"
    case .embed(let offset): "embed[\(offset)]"
    case .reshape: "reshape"
    case .transpose(let rows, let columns): "transpose[\(rows), \(columns)]"
    case .conv2d(let c):
      "conv2d[\((c.kernel + c.image + [c.stride] + c.padding).map(String.init).joined(separator: ", ")), "
        + "\(c.role.rawValue)]"
    case .averagePool(let pooling): "averagePool[\(pooling.printed)]"
    case .averageUnpool(let pooling): "averageUnpool[\(pooling.printed)]"
    case .nonlinear(let map): map.printed("")
    case .nonlinearAdjoint(let map): map.printed("Adjoint")
    case .loop(let loop):
      "loop[\(loop.trips), \(loop.descending ? "descending" : "ascending"), states \(loop.stateCount), "
        + "sequences \(loop.sequenceCount)\(loop.basis == nil ? "" : ", basis")]"
    case .output(let index): "output[\(index)]"
    }
  }
}

extension Pooling {
  fileprivate var printed: String { (image + [size]).map(String.init).joined(separator: ", ") }
}

extension Nonlinear {
  fileprivate func printed(_ suffix: String) -> String {
    switch self {
    case .bound(let ball): "bound\(suffix)[\(ball.norm.rawValue), \(ball.radius)]"
    case .activation(let activation): "\(activation.rawValue)\(suffix)"
    case .softmax: "softmax\(suffix)"
    case .maximumPool(let pooling): "maximumPool\(suffix)[\(pooling.printed)]"
    }
  }
}
