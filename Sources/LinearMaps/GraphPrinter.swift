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
    case .loop(let loop): loop.text
    case .output(let index): "output[\(index)]"
    case .compute(let computation): computation.family.text
    }
  }
}
